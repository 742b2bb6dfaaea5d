//! A guest with a process of its own behaves as it does beside others, and what happens to the process happens to it
//! alone.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Entry, Event, Limit, Outcome, Tape, Timestamp};
use baton_policy::{Bytes, Fuel, Grants, Isolation, Limits, Wall};
use baton_runtime::Error;
use baton_sandbox::{Ended, Options, Sandbox, Worker};
use baton_tests::{Bench, Call, Copy, Desk, Scratch, Server, guest, shipped, worker};
use serde_json::json;
use tempfile::TempDir;

use crate::panics::Panicking;

const ACTS: &str = r#"{"acts": [
    {"act": "set", "scope": "run", "key": "a", "value": 1}, {"act": "log", "message": "\u0001 one \"two\""},
    {"act": "now"}, {"act": "get", "scope": "run", "key": "a"}, {"act": "random"}, {"act": "tools"},
    {"act": "swap", "scope": "run", "key": "a", "expected": 1, "value": {"b": [2.5, null]}},
    {"act": "get", "scope": "agent", "key": "not granted"}, {"act": "set-text", "scope": "run", "key": "a", "text": "{no"},
    {"act": "keys", "scope": "run", "prefix": ""}, {"act": "call", "tool": "crm/contacts.get", "arguments": {"id": "7"}},
    {"act": "call-all", "tool": "billing/x", "arguments": [1, 2]}, {"act": "log", "message": "the end"}, {"act": "now"}
]}"#;

fn grants() -> Grants {
    serde_json::from_str(r#"{"state": ["run"], "tools": ["crm/*"]}"#).unwrap()
}

fn acts() -> Call {
    Call { input: ACTS.to_owned(), grants: grants(), ..Call::default() }
}

async fn invoke(bench: &Bench, name: &str, call: Call) -> (Ended, Vec<Entry>) {
    let ended = bench.call(&bench.load(&guest(name)), call).await.unwrap();
    (ended, bench.entries().await)
}

/// What is the same wherever a guest runs: all but the time that it took.
fn comparable(mut ended: Ended) -> Ended {
    ended.usage.wall_ms = 0;
    ended
}

#[tokio::test]
async fn every_guest_ends_and_spends_and_is_recorded_alike_in_both_modes() {
    let limited = |limits| Call { limits, ..Call::default() };
    let chatter = |limits| Call { input: r#"{"lines": 200}"#.to_owned(), limits, ..Call::default() };
    let defaults = Limits::default();
    let cases = [
        ("acts", acts()),
        ("acts", Call { input: r#"{"acts": [{"act": "fail", "case": "declined", "text": "no"}]}"#.into(), ..acts() }),
        ("acts", Call { limits: Limits { bytes: Bytes(1_800), ..defaults }, ..acts() }),
        ("acts", Call { limits: Limits { calls: 7, ..defaults }, ..acts() }),
        ("chatters", chatter(defaults)),
        ("chatters", chatter(Limits { log_bytes: Bytes(2_000), ..defaults })),
        ("chatters", chatter(Limits { calls: 100, ..defaults })),
        ("eats_memory", limited(Limits { memory: Bytes(16 << 20), ..defaults })),
        ("exits", Call::default()),
        ("looks_around", Call::default()),
        ("loops", limited(Limits { fuel: Fuel(20_000_000), ..defaults })),
        ("panics", Call::default()),
        ("recurses", Call::default()),
        ("says_no_json", Call::default()),
        ("sleeps", Call { input: r#"{"ms": 3600000}"#.to_owned(), ..Call::default() }),
    ];
    for (name, call) in cases {
        let (here, journal) = invoke(&Bench::new().await, name, call.clone()).await;
        let (there, other) = invoke(&Bench::isolated().await, name, call).await;
        assert_eq!(comparable(there), comparable(here), "{name}");
        assert_eq!(other, journal, "{name}");
    }
}

#[tokio::test]
async fn a_tool_answers_alike_in_both_modes() {
    let call = Call {
        function: Some("contacts.upsert"),
        input: json!({ "client": { "name": "Ada Lovelace", "kind": "person", "country": "GB" } }).to_string(),
        grants: serde_json::from_str(r#"{"state": ["agent"]}"#).unwrap(),
        ..Call::default()
    };
    let mut ends = Vec::new();
    for bench in [Bench::new().await, Bench::isolated().await] {
        let ended = bench.call(&bench.load(&shipped("crm")), call.clone()).await.unwrap();
        assert!(matches!(ended.outcome, Outcome::Completed { .. }), "{}", ended.outcome);
        ends.push((ended.outcome, ended.usage.host_calls));
    }
    assert_eq!(ends[0], ends[1]);
}

#[tokio::test]
async fn requests_leave_alike_in_both_modes_and_errands_too() {
    let server = Server::telling("made");
    let grants = |methods: &str| -> Grants {
        serde_json::from_value(json!({ "http": [format!("{methods} {}", server.url("/*"))] })).unwrap()
    };
    let body = "\u{1} body".repeat(5_000);
    let fetch = json!([{ "method": "POST", "url": server.url("/a"), "body": body }, { "method": "GET", "url": server.url("/b") }]);
    let send = json!({ "method": "POST", "url": server.url("/c"), "body": body });
    let cases = [
        ("fetches", None, fetch.clone(), grants("*")),
        ("fetches", None, fetch, grants("GET")),
        ("fetches_wasi", Some("fetch"), send.clone(), grants("*")),
        ("fetches_wasi", Some("fetch"), send, grants("GET")),
    ];
    for (name, function, input, grants) in cases {
        let call = Call { function, grants, input: input.to_string(), ..Call::default() };
        let (here, journal) = invoke(&Bench::new().await, name, call.clone()).await;
        let (there, other) = invoke(&Bench::isolated().await, name, call).await;
        let events = |entries: &[Entry]| entries.iter().map(|entry| entry.event.clone()).collect::<Vec<_>>();
        assert_eq!(events(&other), events(&journal), "{name}");
        assert_eq!(there.outcome, here.outcome, "{name}");
        assert_eq!((there.usage.host_calls, there.usage.bytes), (here.usage.host_calls, here.usage.bytes), "{name}");
    }
    assert_eq!(server.requests().len(), 8);
}

#[tokio::test]
async fn a_loop_is_stopped_at_its_deadline_in_a_process_too() {
    let limits = Limits { fuel: Fuel(1_000_000_000_000), wall: Wall(300), ..Limits::default() };
    let (ended, _) = invoke(&Bench::isolated().await, "loops", Call { limits, ..Call::default() }).await;
    assert_eq!(ended.outcome, Outcome::TimedOut { after_ms: 300 });
}

#[tokio::test]
async fn an_agent_that_was_interrupted_goes_on_in_the_other_mode() {
    for (first, then) in [(Isolation::Shared, Isolation::Process), (Isolation::Process, Isolation::Shared)] {
        let mut bench = Bench::new().await;
        bench.isolation = first;
        let (live, journal) = invoke(&bench, "acts", acts()).await;
        bench.isolation = then;
        for known in [journal.len() / 2, journal.len()] {
            let invocation = bench.invocation(acts());
            let mut tape = Tape::of(&invocation.id, &journal[..known]);
            tape.record(Timestamp(invocation.deadline.0 - acts().limits.wall.0));
            let again = bench.replay(&bench.load(&guest("acts")), acts(), tape).await.unwrap();
            if known == journal.len() {
                assert_eq!(comparable(again), comparable(live.clone()));
                continue;
            }
            assert_eq!(again.outcome.name(), "completed");
            assert_eq!((again.usage.fuel, again.usage.host_calls), (live.usage.fuel, live.usage.host_calls));
        }
    }
}

#[tokio::test]
async fn a_divergence_stops_the_run_in_a_process_too() {
    let bench = Bench::isolated().await;
    let (_, journal) = invoke(&bench, "acts", acts()).await;
    let other = Call { input: ACTS.replace("\"a\"", "\"b\""), ..acts() };
    let tape = Tape::of(&bench.invocation(acts()).id, &journal);
    let error = bench.replay(&bench.load(&guest("acts")), other, tape).await.unwrap_err();
    assert!(matches!(error, baton_sandbox::SandboxError::Diverged(_)), "{error}");
}

#[test]
fn what_is_confined_can_do_nothing_but_compute() {
    let told = Command::new(env!("CARGO_BIN_EXE_confined")).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    if cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))) {
        assert_eq!(told, "the end\n");
    }
}

/// A bench whose sandbox has compiled a guest with a real worker, and then calls it in another program.
struct Betrayed {
    bench: Bench,
    folder: TempDir,
}

impl Betrayed {
    /// The worker says these frames and then listens for ever.
    async fn says(frames: &[&str]) -> Self {
        Betrayed::says_bytes(&frames.iter().map(|frame| frame.as_bytes()).collect::<Vec<_>>()).await
    }

    async fn says_bytes(frames: &[&[u8]]) -> Self {
        let folder = TempDir::new().unwrap();
        let said: Vec<u8> = frames.iter().flat_map(|frame| framed(frame)).collect();
        std::fs::write(folder.path().join("said"), said).unwrap();
        let script = format!("cat {}; exec cat > /dev/null", folder.path().join("said").display());
        Betrayed::by(&script, folder).await
    }

    async fn by(script: &str, folder: TempDir) -> Self {
        let options =
            |worker| Options { cache: Some(cache(folder.path())), worker: Some(worker), ..Options::default() };
        Sandbox::new(options(worker())).unwrap().load("guest", &tool()).unwrap();
        let shell = Worker { program: "/bin/sh".into(), arguments: vec!["-c".into(), script.into()] };
        let bench = Bench { sandbox: Sandbox::new(options(shell)).unwrap().into(), ..Bench::isolated().await };
        Betrayed { bench, folder }
    }

    async fn call(&self, limits: Limits) -> Ended {
        let call = Call { function: Some("two"), input: "{}".into(), limits, ..Call::default() };
        assert!(cache(self.folder.path()).exists());
        self.bench.call(&self.bench.load(&tool()), call).await.unwrap()
    }
}

fn cache(folder: &Path) -> PathBuf {
    folder.join("compiled")
}

fn tool() -> Vec<u8> {
    let text = r#"(component (core module $m (func (export "two") (result i32) (i32.const 2)))
        (core instance $i (instantiate $m)) (func (export "two") (result u32) (canon lift (core func $i "two"))))"#;
    wat::parse_str(text).unwrap()
}

fn framed(frame: &[u8]) -> Vec<u8> {
    let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
    [length.as_slice(), frame].concat()
}

#[tokio::test]
async fn a_worker_that_dies_ends_its_invocation_only() {
    for (script, how) in [("exit 3", "exit status: 3"), ("kill -9 $$", "it was killed"), ("kill -6 $$", "SIGABRT")] {
        let betrayed = Betrayed::by(script, TempDir::new().unwrap()).await;
        let Outcome::Trapped { message } = betrayed.call(Limits::default()).await.outcome else { panic!("{script}") };
        assert!(
            message.starts_with("the worker process of the guest was lost: ") && message.contains(how),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_worker_that_is_silent_is_killed_at_the_deadline() {
    let betrayed = Betrayed::by("exec sleep 1000", TempDir::new().unwrap()).await;
    let ended = betrayed.call(Limits { wall: Wall(100), ..Limits::default() }).await;
    assert_eq!(ended.outcome, Outcome::TimedOut { after_ms: 100 });
    assert!(ended.usage.wall_ms < 1_000, "{} ms", ended.usage.wall_ms);
    assert_eq!(ended.usage.fuel, Limits::default().fuel.0, "what it used nobody knows: all that it could");
}

#[tokio::test]
async fn a_worker_is_not_believed_what_no_guest_can_bring_about() {
    let ended = |end: &str| {
        format!(
            r#"{{"Ended": {{"end": {end}, "meanwhile": {{"calls": 0, "bytes": 0, "lines": [], "fuel_left": 0}}, "dropped": 0, "fuel": 0, "memory": 0}}}}"#
        )
    };
    for said in [
        "nonsense".to_owned(),
        ended(r#"{"Answered": {"outcome": "denied", "message": "by whom?"}}"#),
        ended(r#"{"Answered": {"outcome": "suspended"}}"#),
        ended(&format!(
            r#"{{"Answered": {{"outcome": "completed", "output": {{"sha256": "{}", "bytes": 7}}}}}}"#,
            "0".repeat(64)
        )),
        r#"{"Calls": {"number": 0, "calls": [{"operation": "host.exit", "request": {}}], "meanwhile": {"calls": 0, "bytes": 0, "lines": [], "fuel_left": 0}}}"#.to_owned(),
        r#"{"Calls": {"number": 0, "calls": [{"operation": "state.get", "request": {}}], "meanwhile": {"calls": 0, "bytes": 0, "lines": [], "fuel_left": 0}}}"#.to_owned(),
    ] {
        let outcome = Betrayed::says(&[&said]).await.call(Limits::default()).await.outcome;
        assert!(matches!(&outcome, Outcome::Trapped { message } if message.contains("was lost")), "{said}: {outcome}");
    }
    let no_text = Betrayed::says_bytes(&[ended(r#""Completed""#).as_bytes(), b"\xff"]).await;
    let outcome = no_text.call(Limits::default()).await.outcome;
    assert!(matches!(&outcome, Outcome::Trapped { message } if message.contains("was lost")), "{outcome}");
    let large = "x".repeat(2_000);
    let limits = Limits { payload: Bytes(1_000), ..Limits::default() };
    let outcome = Betrayed::says(&[&ended(r#""Completed""#), &large]).await.call(limits).await.outcome;
    assert!(matches!(outcome, Outcome::Exhausted { limit: Limit::Bytes, .. }), "{outcome}");
}

#[tokio::test]
async fn a_worker_gets_what_its_guest_is_granted_and_pays_for_it() {
    let ask = |key: &str, calls: u64| {
        let request = json!({ "scope": "run", "op": "get", "key": key });
        let line = json!(["shout", "of a level that there is not"]);
        json!({ "Calls": { "number": 0, "calls": [{ "operation": "state.get", "request": request }],
            "meanwhile": { "calls": calls, "bytes": 10, "lines": [line, ["info", "kept"]], "fuel_left": 0 } } })
        .to_string()
    };
    let betrayed = Betrayed::says(&[&ask("a", 3), &ask("b", u64::MAX)]).await;
    let ended = betrayed.call(Limits { wall: Wall(5_000), ..Limits::default() }).await;
    assert_eq!(exhausted(&ended), Limit::Calls);
    assert_eq!(ended.usage.host_calls, Limits::default().calls);
    let entries = betrayed.bench.entries().await;
    let denied = entries.iter().any(|entry| {
        matches!(&entry.event, Event::HostCall { operation, reply, .. }
            if operation == "state.get" && reply.as_str().unwrap().contains("denied"))
    });
    assert!(denied, "what is not granted is denied by the host");
    let written = format!("{entries:?}");
    assert!(written.contains("kept") && !written.contains("shout"), "{written}");
}

/// A guest may make the same call as often as any.
fn patient() -> Limits {
    Limits { repeats: Limits::MAX.repeats, ..Limits::default() }
}

/// What it is told is held in the host's memory until it reads it.
#[tokio::test]
async fn a_worker_that_does_not_read_is_heard_no_further() {
    const ASKED: usize = 5_000;
    let request = json!({ "scope": "run", "op": "get", "key": "a" });
    let ask = json!({ "Calls": { "number": 0, "calls": [{ "operation": "state.get", "request": request }],
        "meanwhile": { "calls": 0, "bytes": 0, "lines": [], "fuel_left": 0 } } });
    let folder = TempDir::new().unwrap();
    let said = folder.path().join("said");
    std::fs::write(&said, framed(ask.to_string().as_bytes()).repeat(ASKED)).unwrap();
    let betrayed = Betrayed::by(&format!("cat {}; exec sleep 1000", said.display()), folder).await;
    let ended = betrayed.call(Limits { wall: Wall(1_500), ..patient() }).await;
    assert_eq!(ended.outcome, Outcome::TimedOut { after_ms: 1_500 });
    assert!((1..1_000).contains(&ended.usage.host_calls), "{} of {ASKED} were answered", ended.usage.host_calls);
}

fn exhausted(ended: &Ended) -> Limit {
    match &ended.outcome {
        Outcome::Exhausted { limit, .. } => *limit,
        other => panic!("expected exhaustion, found {other}"),
    }
}

#[tokio::test]
async fn no_process_is_left_behind() {
    let betrayed = Betrayed::by("exec sleep 1234.5", TempDir::new().unwrap()).await;
    let limits = Limits { wall: Wall(100), ..Limits::default() };
    let started = betrayed.call(limits);
    // One is cancelled, the other times out.
    assert!(tokio::time::timeout(Duration::from_millis(30), started).await.is_err());
    betrayed.call(limits).await;
    let gone = || !processes().iter().any(|process| process.contains("sleep\u{0}1234.5"));
    for _ in 0..500 {
        if gone() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await; // the system takes its time to bury them
    }
    panic!("a worker outlived its invocation");
}

fn processes() -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("cmdline")).ok()).collect()
}

#[tokio::test]
async fn a_panic_of_the_host_is_told_with_its_call_in_a_process_too() {
    let mut bench = Bench::isolated().await;
    bench.backends.tools = Arc::new(Panicking);
    let input = r#"{"acts": [{"act": "call", "tool": "crm/contacts.get", "arguments": {}}]}"#.to_owned();
    let error = bench.call(&bench.load(&guest("acts")), Call { input, ..acts() }).await.unwrap_err();
    assert!(error.to_string().contains("host call tools.call of step#1"), "{error}");
    assert_eq!(bench.sandbox.panics(), 1);
}

const WORKFLOW: &str = "
workflow: alone
steps:
  act: { agent: acts, input: { acts: [{ act: set, scope: run, key: a, value: 1 }, { act: get, scope: run, key: a }] } }
output: ${{ steps.act.output }}
";

fn alone() -> Scratch {
    let terms = "isolation = \"process\"\ngrants = { state = [\"run\"] }";
    Scratch::new(WORKFLOW).agent("acts", terms, "state = [\"run\"]")
}

#[tokio::test]
async fn a_project_gives_a_plugin_a_process_of_its_own() {
    let ending = Desk::new(alone().path()).unwrap().run(&json!(null)).await.unwrap();
    assert_eq!(ending.output.unwrap(), json!([{ "ok": null }, { "ok": "1" }]));
}

#[test]
fn without_a_worker_such_a_plugin_is_refused() {
    let scratch = alone();
    let project = baton_runtime::bundle::Project::load(scratch.path()).unwrap();
    let sandbox = Sandbox::new(Options { cache: Some(baton_tests::compiled()), ..Options::default() }).unwrap();
    let Err(Error::Sandbox(error)) = baton_runtime::Plugins::load(&project, &sandbox, |_| {}) else { panic!("loaded") };
    insta::assert_snapshot!(format!("{error}\nhint: {}", error.hint().unwrap()));
}

#[test]
fn a_plugin_with_files_has_no_process_of_its_own() {
    let terms = "isolation = \"process\"\ngrants = { files = [\"read rates at data\"] }";
    let scratch =
        Scratch::new(WORKFLOW).tool("crm", terms, "[asks]\nfiles = [\"read rates\"]").file("data/eu.txt", "1");
    let Err(error) = Desk::new(scratch.path()) else { panic!("it was loaded") };
    insta::assert_snapshot!(format!("{error}\nhint: {}", error.hint().unwrap()));
}

#[test]
fn the_program_is_its_own_worker() {
    let copy = Copy::of("client-onboarding");
    let file = copy.path().join("baton.toml");
    let text = std::fs::read_to_string(&file).unwrap().replace("\npath =", "\nisolation = \"process\"\npath =");
    std::fs::write(&file, text).unwrap();
    let parked = copy.baton(&["run", ".", "-o", "json"]);
    assert_eq!(parked.status.code(), Some(3), "{}", String::from_utf8_lossy(&parked.stderr));
}
