//! A call that was in flight when its host died: nobody knows whether it took effect, so it is made again only where that
//! does no harm, or as the operator or a person says; and always with the same key.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use baton_journal::{BoxFuture, Decision, Event, Outcome, RunStatus, Timestamp};
use baton_runtime::plan::Ask;
use baton_runtime::{Clock, Ending, Error, Forking, Observer, Silent, SystemClock};
use baton_tests::{Died, Scratch, Server, guest};
use serde_json::json;

const STEP: &str = "pay";

fn yes() -> Decision {
    Decision::Approved { by: "Ada".to_owned(), role: None, comment: None, answer: None }
}

fn no() -> Decision {
    Decision::Rejected { by: "Ada".to_owned(), role: None, comment: Some("paid by hand".to_owned()) }
}

/// An agent that makes one request.
fn fetching(server: &Server, method: &str, word: &str) -> Scratch {
    let url = server.url("/orders");
    let step = format!("agent: fetches\n    input: [ {{ method: {method}, url: \"{url}\", body: \"1\" }} ]");
    let http = format!("http = [\"{method} {}", server.url("/*"));
    Scratch::new(&workflow(&step)).agent("fetches", &format!("grants = {{ {http}{word}\"] }}"), &format!("{http}\"]\n"))
}

/// A tool of a stranger that makes one request by `wasi:http`; what is said of it, and what the operator says.
fn with_tool(scratch: Scratch, server: &Server, facts: &str, terms: &str) -> Scratch {
    let http = format!("http = [\"* {}\"]", server.url("/*"));
    let (manifest, terms) = (format!("{facts}\n[asks]\n{http}\n"), format!("grants = {{ {http} }}\n{terms}"));
    scratch.plugin("shop", &guest("fetches_wasi"), &manifest, &terms)
}

fn arguments(server: &Server) -> String {
    format!("{{ method: POST, url: \"{}\", body: \"1\" }}", server.url("/orders"))
}

/// A step that calls the tool.
fn step_calls(server: &Server, facts: &str, terms: &str) -> Scratch {
    let step = format!("tool: shop/fetch\n    input: {}", arguments(server));
    with_tool(Scratch::new(&workflow(&step)), server, facts, terms)
}

/// An agent that calls the tool; `word` is what the agent's grant says.
fn agent_calls(server: &Server, facts: &str, word: &str) -> Scratch {
    let act = format!("{{ act: call, tool: shop/fetch, arguments: {} }}", arguments(server));
    let step = format!("agent: acts\n    input: {{ acts: [ {{ act: now }}, {act} ] }}");
    let http = format!("http = [\"* {}\"]", server.url("/*"));
    let grants = format!("grants = {{ tools = [\"shop/*{word}\"], {http} }}");
    let scratch = Scratch::new(&workflow(&step)).agent("acts", &grants, &format!("tools = [\"shop/*\"]\n{http}\n"));
    with_tool(scratch, server, facts, "")
}

fn workflow(step: &str) -> String {
    format!("workflow: w\nsteps:\n  {STEP}:\n    {step}\noutput: ${{{{ steps.{STEP}.output }}}}\n")
}

fn output(ending: &Ending) -> String {
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    ending.output.clone().unwrap().to_string()
}

#[tokio::test]
async fn what_http_calls_idempotent_is_made_again_with_the_same_key() {
    for method in ["PUT", "DELETE"] {
        let server = Server::telling("done");
        let project = fetching(&server, method, "");
        let died = Died::in_flight(&project, &server).await;
        assert!(output(&died.resume().await).contains("done"));
        died.check_requests(2);
        died.check_evidence().await;
    }
}

#[tokio::test]
async fn a_post_is_asked_about_and_made_again_after_a_yes() {
    let server = Server::telling("done");
    let project = fetching(&server, "POST", "");
    let died = Died::in_flight(&project, &server).await;
    let parked = died.resume().await;
    assert_eq!((parked.outcome, died.status().await), ("parked", RunStatus::Parked));
    assert_eq!((parked.waiting[0].step.as_str(), parked.steps[0].outcome), (STEP, "asking"));
    assert_eq!(died.resume().await.outcome, "parked", "it waits, however often it is resumed");
    died.check_requests(1);
    assert!(output(&died.answer(STEP, yes()).await).contains("done"));
    died.check_requests(2);
    died.check_evidence().await;
}

#[tokio::test]
async fn the_question_says_which_call_it_was() {
    let server = Server::telling("done");
    let project = fetching(&server, "POST", "");
    let died = Died::in_flight(&project, &server).await;
    died.resume().await;
    let ask = died.question().await;
    let shown: serde_json::Value = serde_json::from_str(ask.show.as_str().unwrap()).unwrap();
    let call = &shown["calls"][0];
    assert_eq!(
        (&call["call"], &call["invocation"]),
        (&json!(format!("POST {}", server.url("/orders"))), &json!("pay#1"))
    );
    assert_eq!((&call["arguments"]["body"], &call["idempotency_key"]), (&json!("1"), &json!(died.keys()[0])));
    assert!(call["began"].as_u64().unwrap() > 1_700_000_000_000 && shown["calls"].as_array().unwrap().len() == 1);
    assert!(ask.question.contains("was in flight: nobody knows whether it took effect"), "{}", ask.question);
}

/// Says yes at once.
struct Present;

impl Observer for Present {
    fn ask<'a>(&'a self, _: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
        Box::pin(async { Some(yes()) })
    }
}

#[tokio::test]
async fn who_is_there_is_asked_at_once() {
    let server = Server::telling("done");
    let project = fetching(&server, "POST", "");
    let died = Died::in_flight(&project, &server).await;
    let desk = died.desk();
    let ending = desk.host.resume(&died.run, &desk.project, Arc::new(Present)).await.unwrap();
    assert!(output(&ending).contains("done"));
    died.check_requests(2);
    died.check_evidence().await;
}

#[tokio::test]
async fn after_a_no_the_agent_is_told_that_it_was_declined() {
    let server = Server::telling("done");
    let project = fetching(&server, "POST", "");
    let died = Died::in_flight(&project, &server).await;
    died.resume().await;
    let told = output(&died.answer(STEP, no()).await);
    assert!(told.contains("Declined") && told.contains("rejected by Ada: paid by hand"), "{told}");
    died.check_requests(1);
    died.check_evidence().await;
}

#[tokio::test]
async fn the_grant_of_a_request_says_what_is_done() {
    for (method, word, expect, requests) in [
        ("POST", " on unknown retry", "done", 2),
        ("POST", " on unknown fail", "on unknown fail", 1),
        ("PUT", " on unknown fail", "on unknown fail", 1),
    ] {
        let server = Server::telling("done");
        let project = fetching(&server, method, word);
        let died = Died::in_flight(&project, &server).await;
        let told = output(&died.resume().await);
        assert!(told.contains(expect), "{method}{word}: {told}");
        died.check_requests(requests);
        died.check_evidence().await;
    }
}

#[tokio::test]
async fn a_yes_is_used_once() {
    let server = Server::telling("done");
    let project = fetching(&server, "POST", "");
    let died = Died::in_flight(&project, &server).await;
    died.resume().await;
    let first = died.question().await;
    died.desk().host.decide(&died.run, STEP, yes()).await.unwrap();
    died.die_again().await;
    died.check_requests(2);
    assert_eq!(died.resume().await.outcome, "parked");
    assert_ne!(died.question().await.token, first.token, "it is another question");
    died.check_requests(2);
    assert!(output(&died.answer(STEP, yes()).await).contains("done"));
    died.check_requests(3);
    died.check_evidence().await;
}

/// The clock of the machine, so many milliseconds later.
#[derive(Default)]
struct Moved(AtomicU64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0 + self.0.load(Ordering::Relaxed))
    }
}

#[tokio::test]
async fn what_nobody_answers_in_time_is_not_made_again() {
    let server = Server::telling("done");
    let project = fetching(&server, "POST", "");
    let died = Died::in_flight(&project, &server).await;
    died.resume().await;
    let (mut desk, clock) = (died.desk(), Arc::new(Moved::default()));
    desk.host = died.host_with(Arc::clone(&clock) as _);
    clock.0.store(8 * 86_400_000, Ordering::Relaxed);
    let late = desk.host.decide(&died.run, STEP, yes()).await.unwrap_err();
    assert!(matches!(late, Error::TooLate(_)), "{late}");
    let told = output(&desk.host.resume(&died.run, &desk.project, Arc::new(Silent)).await.unwrap());
    assert!(told.contains("nobody answered within 7d"), "{told}");
    died.check_requests(1);
}

#[tokio::test]
async fn a_tool_of_a_step_is_asked_about_unless_it_is_idempotent_or_the_operator_decides() {
    let declined = "declined: the host died while shop/fetch was in flight: nobody knows whether it took effect; ";
    let check = async |facts: &str, terms: &str, decision: Option<Decision>, expect: &str, requests| {
        let server = Server::telling("done");
        let project = step_calls(&server, facts, terms);
        let died = Died::in_flight(&project, &server).await;
        let mut ending = died.resume().await;
        assert_eq!(ending.outcome == "parked", decision.is_some(), "{facts} {terms}: {:?}", ending.error);
        if let Some(decision) = decision {
            assert_eq!(died.status().await, RunStatus::Parked);
            ending = died.answer(STEP, decision).await;
        }
        let told = ending.error.map_or_else(|| ending.output.unwrap().to_string(), |error| error.message);
        assert!(told.contains(expect), "{facts} {terms}: {told}");
        died.check_requests(requests);
        died.check_evidence().await;
    };
    check("", "", Some(yes()), "done", 2).await;
    check("", "", Some(no()), &format!("{declined}rejected by Ada: paid by hand"), 1).await;
    check("[tools.fetch]\nidempotent = true", "", None, "done", 2).await;
    check("", "on_unknown = \"retry\"", None, "done", 2).await;
    check("", "on_unknown = { fetch = \"fail\" }", None, &format!("{declined}it is not made again"), 1).await;
    check("[tools.fetch]\nidempotent = true", "on_unknown = \"ask\"", Some(yes()), "done", 2).await;
}

#[tokio::test]
async fn a_tool_that_an_agent_calls_is_asked_about_once_for_all_that_it_does() {
    let check = async |facts: &str, word: &str, decision: Option<Decision>, expect: &str, requests| {
        let server = Server::telling("done");
        let project = agent_calls(&server, facts, word);
        let died = Died::in_flight(&project, &server).await;
        let mut ending = died.resume().await;
        assert_eq!(ending.outcome == "parked", decision.is_some(), "{facts}{word}: {:?}", ending.error);
        if let Some(decision) = decision {
            let ask = died.question().await;
            assert!(
                ask.question.contains("shop/fetch") && ask.question.ends_with("Make it again?"),
                "{}",
                ask.question
            );
            assert_eq!(died.status().await, RunStatus::Parked);
            ending = died.answer(STEP, decision).await;
        }
        let told = output(&ending);
        assert!(told.contains(expect), "{facts}{word}: {told}");
        died.check_requests(requests);
        died.check_evidence().await;
    };
    check("", "", Some(yes()), "done", 2).await;
    check("", "", Some(no()), "Declined", 1).await;
    check("[tools.fetch]\nidempotent = true", "", None, "done", 2).await;
    check("", " on unknown retry", None, "done", 2).await;
    check("", " on unknown fail", None, "Declined", 1).await;
}

/// Wherever the hosts die that go on with a run, the request is made once, and once more for each yes at most.
#[tokio::test]
async fn no_request_is_made_that_nobody_allowed() {
    for lives in 2..=7 {
        let server = Server::telling("done");
        let project = fetching(&server, "POST", "");
        let died = Died::in_flight(&project, &server).await;
        let mut yeses = 0;
        let ending = loop {
            let desk = died.dying(lives);
            match desk.host.resume(&died.run, &desk.project, Arc::new(Silent)).await {
                Ok(ending) if ending.outcome == "completed" => break ending,
                Ok(ending) => {
                    assert_eq!(ending.outcome, "parked", "{:?}", ending.error);
                    died.desk().host.decide(&died.run, STEP, yes()).await.unwrap();
                    yeses += 1;
                }
                Err(_) => {}
            }
            assert!(server.requests().len() <= 1 + yeses, "{lives}: {yeses} yeses");
            assert!(yeses < 20, "{lives}: it is asked for ever");
        };
        assert!(output(&ending).contains("done"));
        died.check_evidence().await;
    }
}

/// It waits for an answer of a host that has failed: its deadline of thirty seconds is not waited for.
#[tokio::test]
async fn a_tool_whose_host_fails_ends_at_once() {
    let server = Server::telling("done");
    let project = step_calls(&server, "", "");
    let died = Died::in_flight(&project, &server);
    assert!(tokio::time::timeout(Duration::from_secs(25), died).await.is_ok());
}

#[tokio::test]
async fn what_was_decided_is_taken_over_by_a_fork() {
    let server = Server::telling("done");
    let after = "\n  after:\n    needs: [pay]\n    agent: fetches\n    input: []\noutput:";
    let project = fetching(&server, "POST", "");
    let file = project.path().join("w.workflow.yaml");
    let text = std::fs::read_to_string(&file).unwrap().replace("\noutput:", after);
    std::fs::write(file, text).unwrap();
    let mut died = Died::in_flight(&project, &server).await;
    died.resume().await;
    died.answer(STEP, yes()).await;
    let desk = died.desk();
    let forking = Forking { step: "after".to_owned(), ..Forking::default() };
    let forked = desk.host.fork(&desk.story(&died.run).await, &forking, &desk.plugins).await.unwrap();
    let ending = desk.host.resume(&forked.run, &desk.project, Arc::new(Silent)).await.unwrap();
    assert!(output(&ending).contains("done"));
    died.check_requests(2);
    let decided = desk.story(&forked.run).await;
    let decided = decided.entries().iter().filter(|entry| matches!(entry.event, Event::ApprovalDecided { .. }));
    assert_eq!(decided.count(), 1);
    died.run = forked.run;
    died.check_evidence().await;
}

#[tokio::test]
async fn an_attempt_that_waits_is_suspended_with_all_that_it_called() {
    let server = Server::telling("done");
    let project = agent_calls(&server, "", "");
    let died = Died::in_flight(&project, &server).await;
    died.resume().await;
    let outcomes = died.desk().outcomes(&died.run).await;
    let suspended = |id: &str| (id.to_owned(), Outcome::Suspended);
    assert_eq!(outcomes, [suspended("pay#1/0"), suspended("pay#1")]);
}
