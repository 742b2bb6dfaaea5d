//! Header fields: too many, too large, in sets that are kept, in requests and in answers.

use baton_journal::{Limit, Outcome};
use serde_json::{Value, json};

use crate::attacks::network::http;
use crate::attacks::{Arena, Attack, Trial, Verdict};
use crate::{Call, Server};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 16, name: "too many or too large header fields", run };

/// Sets of fields, the fields in each, and the bytes of each.
const KEPT: [(u32, u32, u32); 5] =
    [(1, 1, 1 << 20), (1, 100_000, 1), (1, 100, 10_000), (100_000, 0, 0), (4_000, 6, 10_000)];

fn run(arena: &Arena) -> Verdict {
    let kept = Verdict::of(KEPT.map(|kept| refused(&kept_fields(arena, kept))));
    kept.and(sent(arena)).and(answered(arena))
}

fn kept_fields(arena: &Arena, (sets, fields, bytes): (u32, u32, u32)) -> Trial {
    let input = json!({ "sets": sets, "fields": fields, "bytes": bytes }).to_string();
    arena.guest("fetches_wasi", Call { function: Some("keep-fields"), input, ..Call::default() })
}

/// A set takes no more, or the guest has its host keep more than its memory may be.
fn refused(trial: &Trial) -> Verdict {
    match trial.outcome() {
        Outcome::Exhausted { .. } => trial.exhausted(Limit::Memory),
        _ => trial.trapped(""),
    }
}

/// In a request: nothing is sent.
fn sent(arena: &Arena) -> Verdict {
    let server = Server::telling("");
    let many = vec![("x", "y"); 101];
    let large = [("x", "y".repeat(17 << 10))];
    let told = told(arena, &server, &[json!({ "headers": many }), json!({ "headers": large })]);
    assert!(server.requests().is_empty(), "one was sent");
    Verdict::contained("refused", &told[0])
}

/// In an answer: it is given up.
fn answered(arena: &Arena) -> Verdict {
    let fields = ["x: y\r\n".repeat(100_000), format!("x: {}\r\n", "y".repeat(1 << 20)), "x: y\r\n".repeat(200)];
    let given_up = fields.map(|fields| {
        let server = Server::answering(format!("HTTP/1.1 200 OK\r\n{fields}content-length: 0\r\n\r\n"));
        Verdict::contained("given up", &told(arena, &server, &[json!({})])[0])
    });
    Verdict::of(given_up)
}

/// The errors that a guest is told of requests.
fn told(arena: &Arena, server: &Server, requests: &[Value]) -> Vec<String> {
    let to = |request: &Value| json!({ "method": "GET", "url": server.url("/"), "headers": request["headers"].as_array().unwrap_or(&Vec::new()) });
    let input = Value::from_iter(requests.iter().map(to)).to_string();
    let call = Call { grants: http(&[format!("* {}", server.url("/*"))]), input, ..Call::default() };
    let told = arena.guest("fetches", call).completed();
    let error = |told: &Value| told["err"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned();
    told.as_array()
        .unwrap()
        .iter()
        .map(error)
        .inspect(|error| assert!(error.contains("larger than"), "{error}"))
        .collect()
}
