//! Headers that are the connection's, and headers that hold a line break: whom a request goes to and where it ends is said
//! by the host alone.

use serde_json::{Value, json};

use super::world::http;
use crate::attacks::{Arena, Attack, Verdict};
use crate::{Call, Server};

pub(in crate::attacks) const ATTACK: Attack =
    Attack { row: 38, name: "forbidden headers and line breaks in them", run };

const FORBIDDEN: [&str; 15] = [
    "Host",
    "HOST",
    "Connection",
    "Content-Length",
    "Transfer-Encoding",
    "Proxy-Authorization",
    "proxy-connection",
    "Proxy-X",
    "Expect",
    "Upgrade",
    "TE",
    "Trailer",
    "Keep-Alive",
    "HTTP2-Settings",
    "X-HTTP-Method-Override",
];

const BROKEN: [(&str, &str); 10] = [
    ("x", "a\r\nhost: evil.example"),
    ("x", "a\r\n\r\nGET /secret HTTP/1.1\r\nhost: evil.example\r\n\r\n"),
    ("x", "a\nb"),
    ("x", "a\rb"),
    ("x", "a\u{0}b"),
    ("x\r\nhost", "a"),
    ("x y", "a"),
    ("x:", "a"),
    ("", "a"),
    ("h\u{f6}st", "a"),
];

fn run(arena: &Arena) -> Verdict {
    let server = Server::telling("friend");
    let headers: Vec<(&str, &str)> = FORBIDDEN.iter().map(|name| (*name, "x")).chain(BROKEN).collect();
    let refused = by_fetch(arena, &server, &headers);
    assert!(server.requests().is_empty(), "one was sent");
    headers.iter().for_each(|header| by_wasi(arena, &server, header));
    // Without a connection's header the same request is made: that is what was refused.
    by_wasi(arena, &server, &("x-own", "1"));
    assert!(server.requests().iter().any(|request| request.contains("x-own: 1\r\n")));
    refused
}

fn by_fetch(arena: &Arena, server: &Server, headers: &[(&str, &str)]) -> Verdict {
    let request = |header: &(&str, &str)| json!({ "method": "GET", "url": server.url("/"), "headers": [header] });
    let methods = ["GET / HTTP/1.1\r\nhost: evil.example\r\nx:", "GET /secret", "get", "", "CONNECT", "TRACE"];
    let method = |method: &&str| json!({ "method": method, "url": server.url("/") });
    let requests: Vec<Value> = headers.iter().map(request).chain(methods[..4].iter().map(method)).collect();
    let grants = http(&[format!("* {}", server.url("/*"))]);
    let call = Call { grants, input: json!(requests).to_string(), ..Call::default() };
    let told = arena.guest("fetches", call).completed();
    for (request, told) in requests.iter().zip(told.as_array().unwrap()) {
        assert!(told["err"].as_str().is_some_and(|error| error.starts_with("Invalid")), "{request}: {told}");
    }
    Verdict::contained(format!("{} refused", requests.len()), told[0]["err"].as_str().unwrap())
}

/// Whatever a guest of `wasi:http` sets: it is refused, or it is not sent.
fn by_wasi(arena: &Arena, server: &Server, (name, value): &(&str, &str)) {
    let input = json!({ "url": server.url("/"), "name": name, "value": value }).to_string();
    let grants = http(&[format!("* {}", server.url("/*"))]);
    let before = server.requests().len();
    let trial = arena.guest("fetches_wasi", Call { function: Some("fetch-with"), grants, input, ..Call::default() });
    let told = trial.outcome().to_string();
    for request in &server.requests()[before..] {
        assert_sound(request, server);
    }
    assert!(server.requests().len() - before <= 1, "{name:?}: {told}");
}

/// One request to whom it was meant for, with nothing that says otherwise.
fn assert_sound(request: &str, server: &Server) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    assert_eq!((lines.next(), body), (Some("POST / HTTP/1.1"), "body"), "{request}");
    let names: Vec<&str> = lines.clone().map(|line| line.split(':').next().unwrap()).collect();
    let host = format!("host: 127.0.0.1:{}", server.port());
    assert_eq!(lines.filter(|line| line.starts_with("host:")).collect::<Vec<_>>(), [host.as_str()], "{request}");
    let known = ["accept-encoding", "content-length", "host", "idempotency-key", "user-agent", "x-own"];
    assert!(names.iter().all(|name| known.contains(name)), "{request}");
    assert_eq!(names.iter().filter(|name| **name == "content-length").count(), 1, "{request}");
}
