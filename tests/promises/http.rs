//! Requests go where they were granted to go, through the gate: judged, recorded, replayed without a connection.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use baton_egress::{BoxFuture, Egress, Options, Origin, Resolve, Secret, Secrets};
use baton_journal::{Event, Limit, Outcome, Payload, Tape};
use baton_policy::{Bytes, Grants, Limits};
use baton_tests::{Bench, Call, Server, guest};
use serde_json::{Value, json};

const CANARY: &str = "canary-5d1e77aa";

fn grants(http: &[&str], secrets: &[&str]) -> Grants {
    serde_json::from_value(json!({ "http": http, "secrets": secrets })).unwrap()
}

/// A call of the guest that makes these requests.
fn fetching(http: &[&str], requests: &Value) -> Call {
    Call { grants: grants(http, &[]), input: requests.to_string(), ..Call::default() }
}

fn get(url: &str) -> Value {
    json!([{ "method": "GET", "url": url }])
}

async fn told(bench: &Bench, call: Call) -> Value {
    output(bench.call(&bench.load(&guest("fetches")), call).await.unwrap().outcome)
}

fn output(outcome: Outcome) -> Value {
    match outcome {
        Outcome::Completed { output: Payload::Text(text) } => serde_json::from_str(&text).unwrap(),
        other => panic!("{other}"),
    }
}

async fn journal(bench: &Bench) -> String {
    bench.entries().await.iter().map(|entry| serde_json::to_string(&entry.event).unwrap() + "\n").collect()
}

#[tokio::test]
async fn a_granted_request_is_made_once_and_replayed_from_the_journal() {
    let (bench, server) = (Bench::new().await, Server::telling("rates"));
    let call = || fetching(&[&format!("GET {}", server.url("/*"))], &get(&server.url("/v1?q")));
    let loaded = bench.load(&guest("fetches"));
    let live = bench.call(&loaded, call()).await.unwrap();
    assert_eq!(output(live.outcome.clone()), json!([{ "status": 200, "location": null, "body": "rates" }]));
    let tape = Tape::of(&bench.invocation(call()).id, &bench.entries().await);
    let replayed = bench.replay(&loaded, call(), tape).await.unwrap();
    assert_eq!((replayed.outcome, replayed.usage.fuel), (live.outcome, live.usage.fuel));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn what_is_not_granted_is_denied_with_the_line_to_add() {
    let (bench, server) = (Bench::new().await, Server::telling("inside"));
    let denied =
        told(&bench, fetching(&["GET https://api.example.com/v1/*"], &get("https://api.example.com/v2/x?y"))).await;
    insta::assert_snapshot!(denied[0]["err"].as_str().unwrap());
    let inside = told(&bench, fetching(&["GET https://api.example.com/v1/*"], &get(&server.url("/")))).await;
    assert!(inside[0]["err"].as_str().unwrap().starts_with("Denied"), "{inside}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn what_is_malformed_is_said_to_be() {
    let bench = Bench::new().await;
    let urls = json!([
        { "method": "GET", "url": "http://2130706433/" },
        { "method": "GET", "url": "http://api.example.com/a/../b" },
        { "method": "GET", "url": "http://127.0.0.1/", "headers": [["Host", "x"]] },
    ]);
    let told = told(&bench, fetching(&["* http://127.0.0.1/*"], &urls)).await;
    for refused in told.as_array().unwrap() {
        assert!(refused["err"].as_str().unwrap().starts_with("Invalid"), "{told}");
    }
}

/// Every name is at this address.
struct At(&'static str);

impl Resolve for At {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async { Ok(vec![self.0.parse().unwrap()]) })
    }
}

#[tokio::test]
async fn a_host_inside_is_reached_only_where_the_grant_says_so() {
    let (mut bench, server) = (Bench::new().await, Server::telling("inside"));
    let options = Options { resolver: Arc::new(At("127.0.0.1")), ..Options::default() };
    bench.backends.egress = Arc::new(Egress::new(&options).unwrap());
    let url = format!("http://intranet.corp:{}/", server.port());
    let granted = format!("GET {url}*");
    let denied = told(&bench, fetching(&[&granted], &get(&url))).await;
    let text = denied[0]["err"].as_str().unwrap();
    let (why, line) =
        ("a loopback address, which is not granted", format!("add \\\"GET {url} at 127.0.0.1\\\" to http"));
    assert!(text.contains(why) && text.contains(&line), "{text}");
    assert!(server.requests().is_empty());
    let allowed = Call { attempt: 2, ..fetching(&[&format!("{granted} at 127.0.0.0/8")], &get(&url)) };
    assert_eq!(told(&bench, allowed).await[0]["body"], "inside");
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let (bench, aim) = (Bench::new().await, Server::telling("aim"));
    let server =
        Server::answering(format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", aim.url("/")));
    let told = told(&bench, fetching(&[&format!("GET {}", server.url("/*"))], &get(&server.url("/")))).await;
    assert_eq!(told, json!([{ "status": 302, "location": aim.url("/"), "body": "" }]));
    assert!(aim.requests().is_empty());
}

#[tokio::test]
async fn what_writes_is_intended_first_and_has_a_key_that_stays() {
    let server = Server::telling("made");
    let mut keys = Vec::new();
    for attempt in [1, 2] {
        let bench = Bench::new().await;
        let request = json!([{ "method": "POST", "url": server.url("/orders"), "body": "{}" }, { "method": "GET", "url": server.url("/") }]);
        told(&bench, Call { attempt, ..fetching(&[&format!("* {}", server.url("/*"))], &request) }).await;
        let intents =
            bench.entries().await.into_iter().filter(|entry| matches!(entry.event, Event::HostCallStarted { .. }));
        assert_eq!(intents.count(), 1, "only what writes needs an intent");
        let key =
            |request: &String| request.lines().find(|line| line.starts_with("idempotency-key: ")).map(str::to_owned);
        keys.push(server.requests().iter().rev().take(2).map(key).collect::<Vec<_>>());
    }
    assert!(keys[0][0].is_none() && keys[0][1].is_some());
    assert_eq!(keys[0], keys[1]);
}

fn secrets(server: &Server) -> Secrets {
    let origin = Origin::parse(&format!("http://127.0.0.1:{}", server.port())).unwrap();
    let value = CANARY.to_owned().into();
    let mut secrets = Secrets::default();
    secrets.insert(Secret::new("key".parse().unwrap(), origin, "authorization", "Bearer {}", value).unwrap()).unwrap();
    secrets
}

#[tokio::test]
async fn a_secret_reaches_its_origin_and_neither_the_guest_nor_the_journal() {
    let mut bench = Bench::new().await;
    let echo = format!("you said {CANARY}");
    let server = Server::answering(format!(
        "HTTP/1.1 200 OK\r\nlocation: /{CANARY}\r\ncontent-length: {}\r\n\r\n{echo}",
        echo.len()
    ));
    bench.backends.secrets = Arc::new(secrets(&server));
    let granted = grants(&[&format!("* {}", server.url("/*"))], &["key"]);
    let seen = told(&bench, Call { grants: granted, ..fetching(&[], &get(&server.url("/"))) }).await;
    assert!(server.requests()[0].contains(&format!("authorization: Bearer {CANARY}")));
    assert_eq!(seen, json!([{ "status": 200, "location": "/[secret key]", "body": "you said [secret key]" }]));
    assert!(!journal(&bench).await.contains(CANARY));
}

#[tokio::test]
async fn a_secret_that_is_not_granted_is_not_sent() {
    let (mut bench, server) = (Bench::new().await, Server::telling("ok"));
    bench.backends.secrets = Arc::new(secrets(&server));
    told(&bench, fetching(&[&format!("* {}", server.url("/*"))], &get(&server.url("/")))).await;
    assert_eq!(server.requests().len(), 1);
    assert!(!server.requests()[0].contains(CANARY) && !server.requests()[0].contains("authorization"));
}

#[tokio::test]
async fn bodies_are_recorded_as_text_where_they_are_text() {
    let bench = Bench::new().await;
    let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe".to_vec());
    let request = json!([{ "method": "POST", "url": server.url("/"), "body": "pl\u{e4}in" }]);
    told(&bench, fetching(&[&format!("* {}", server.url("/*"))], &request)).await;
    let journal = journal(&bench).await;
    assert!(journal.contains("pl\u{e4}in") && journal.contains("//4="), "{journal}");
}

#[tokio::test]
async fn an_answer_that_its_payload_has_no_room_for_is_an_error() {
    let (bench, server) = (Bench::new().await, Server::telling(&"x".repeat(5_000)));
    let limits = Limits { payload: Bytes(4_096), ..Limits::default() };
    let call = Call { limits, ..fetching(&[&format!("* {}", server.url("/*"))], &get(&server.url("/"))) };
    let told = told(&bench, call).await;
    assert!(told[0]["err"].as_str().unwrap().contains("larger than 2048 bytes"), "{told}");
}

/// A call of the tool that speaks `wasi:http`.
fn by_wasi(http: &[&str], method: &str, url: &str, body: &str) -> Call {
    let input = json!({ "method": method, "url": url, "body": body }).to_string();
    Call { function: Some("fetch"), grants: grants(http, &[]), input, ..Call::default() }
}

async fn told_by_wasi(bench: &Bench, call: Call) -> Outcome {
    bench.call(&bench.load(&guest("fetches_wasi")), call).await.unwrap().outcome
}

#[tokio::test]
async fn wasi_http_goes_through_the_same_gate() {
    let (bench, server) = (Bench::new().await, Server::telling("made"));
    let http = format!("* {}", server.url("/*"));
    let told = told_by_wasi(&bench, by_wasi(&[&http], "POST", &server.url("/orders?x"), "body")).await;
    assert_eq!(output(told), "200 made");
    let sent = server.requests().pop().unwrap();
    assert!(sent.starts_with("POST /orders?x HTTP/1.1\r\n") && sent.ends_with("\r\n\r\nbody"), "{sent}");
    assert!(sent.contains("idempotency-key: ") && sent.contains(&format!("host: 127.0.0.1:{}\r\n", server.port())));
    let entries = bench.entries().await;
    let recorded = |is: fn(&Event) -> bool| entries.iter().filter(|entry| is(&entry.event)).count();
    assert_eq!(recorded(|event| matches!(event, Event::HostCallStarted { .. })), 1);
    assert_eq!(recorded(|event| matches!(event, Event::HostCall { .. })), 1);
}

#[tokio::test]
async fn wasi_http_to_what_is_not_granted_is_denied_and_recorded() {
    let (bench, server) = (Bench::new().await, Server::telling("inside"));
    let call = by_wasi(&["GET https://api.example.com/*"], "GET", &server.url("/"), "");
    let Outcome::Failed { failure } = told_by_wasi(&bench, call).await else { panic!("not denied") };
    assert!(failure.to_string().contains("HttpRequestDenied"), "{failure}");
    assert!(server.requests().is_empty());
    assert!(journal(&bench).await.contains("under [plugins.guest]"));
}

#[tokio::test]
async fn a_secret_is_put_into_requests_by_wasi_http_too_and_taken_out_of_answers() {
    let (mut bench, server) = (Bench::new().await, Server::telling(CANARY));
    bench.backends.secrets = Arc::new(secrets(&server));
    let http = format!("* {}", server.url("/*"));
    let call = Call { grants: grants(&[&http], &["key"]), ..by_wasi(&[], "GET", &server.url("/"), "") };
    assert_eq!(output(told_by_wasi(&bench, call).await), "200 [secret key]");
    assert!(server.requests()[0].contains(CANARY) && !journal(&bench).await.contains(CANARY));
}

#[tokio::test]
async fn bytes_by_wasi_http_are_metered() {
    let (bench, server) = (Bench::new().await, Server::telling(&"x".repeat(3_000)));
    let limits = Limits { bytes: Bytes(2_000), ..Limits::default() };
    let call = Call { limits, ..by_wasi(&[&format!("* {}", server.url("/*"))], "GET", &server.url("/"), "") };
    let outcome = told_by_wasi(&bench, call).await;
    assert!(matches!(outcome, Outcome::Exhausted { limit: Limit::Bytes, .. }), "{outcome}");
}

#[tokio::test]
async fn what_nobody_waits_for_ends_with_its_guest() {
    let (bench, server) = (Bench::new().await, Server::telling("made"));
    let input = json!({ "url": server.url("/"), "times": 50 }).to_string();
    let grants = grants(&[&format!("* {}", server.url("/*"))], &[]);
    let call = Call { function: Some("forget"), grants, input, ..Call::default() };
    let outcome = told_by_wasi(&bench, call).await;
    assert!(matches!(outcome, Outcome::Completed { .. }), "{outcome}");
    let begun = server.requests().len();
    assert!(begun < 50, "{begun}");
}
