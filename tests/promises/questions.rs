//! An agent asks people from its own code: the run is parked, and the answer brings the agent back to this very call.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_journal::{BoxFuture, Decision, Event, Outcome, Payload, RunStatus, Store};
use baton_runtime::plan::Ask;
use baton_runtime::{Ending, Observer, Silent, verify, workflow};
use baton_store::MemoryStore;
use baton_tests::{Desk, Dying, Scratch, approval, guest, rejection};
use serde_json::{Value, json};

use super::verify::forged;

const ALONE: &str =
    "workflow: w\nsteps:\n  only:\n    agent: boss\n    input: ${{ input }}\noutput: ${{ steps.only.output }}\n";

fn project(workflow: &str, grants: &str) -> Scratch {
    let asks = "[agent]\n[asks]\nagents = [\"writer\"]\npeople = [\"ask\"]\nstate = [\"run\"]\n";
    let add = |scratch: Scratch, name: &str| {
        scratch.plugin(name, &guest("acts"), asks, &format!("grants = {{ state = [\"run\"], {grants} }}"))
    };
    ["boss", "writer"].into_iter().fold(Scratch::new(workflow), add)
}

const MAY_ASK: &str = "people = [\"ask\"], agents = [\"writer\"]";

/// A question to a partner, who adds a number to a yes.
fn ask() -> Value {
    json!({ "act": "ask", "question": "Ship it?", "show": { "risk": "low" }, "schema": { "type": "integer" },
        "roles": ["partner"], "within_ms": 86_400_000 })
}

fn count() -> Value {
    json!({ "act": "increment", "scope": "run", "key": "n", "by": 1 })
}

fn yes(number: u32) -> Decision {
    approval("partner", Some(&json!(number)))
}

fn asking(ending: &Ending) -> Vec<&str> {
    assert_eq!(ending.outcome, "parked", "{:?}", ending.error);
    ending.waiting.iter().map(|question| question.step.as_str()).collect()
}

fn output(ending: &Ending) -> &Value {
    ending.output.as_ref().unwrap_or_else(|| panic!("{} {:?}", ending.outcome, ending.error))
}

#[tokio::test]
async fn an_answer_brings_an_agent_back_to_the_very_call() {
    let scratch = project(ALONE, MAY_ASK);
    let desk = Desk::new(scratch.path()).unwrap();
    let acts = json!([count(), { "act": "random" }, ask(), count(), ask()]);
    let parked = desk.run(&json!({ "acts": acts })).await.unwrap();
    assert_eq!(asking(&parked), ["only#1/1"]);
    let question = desk.story(&parked.run).await.questions().remove(0);
    assert_eq!(
        (question.show.as_str(), &question.roles[..]),
        (Some("{\"risk\":\"low\"}"), &["partner".to_owned()][..])
    );
    assert!(desk.answer(&parked.run, "only#1/1", approval("clerk", Some(&json!(1)))).await.is_err(), "not for a clerk");
    assert!(desk.answer(&parked.run, "only#1/1", approval("partner", Some(&json!("1")))).await.is_err(), "no number");
    let parked = desk.answer(&parked.run, "only#1/1", yes(7)).await.unwrap();
    assert_eq!(asking(&parked), ["only#1/3"], "one question after the other");
    let ending = desk.answer(&parked.run, "only#1/3", rejection("partner")).await.unwrap();
    let told = output(&ending);
    assert_eq!(told[2], json!({ "ok": ["Ada", "partner", 7] }));
    assert_eq!((&told[0]["ok"], &told[3]["ok"]), (&json!(1), &json!(2)), "nothing was done twice");
    assert!(told[4]["err"].as_str().unwrap().contains("too risky"), "{told}");
    assert!(desk.answer(&parked.run, "only#1/3", yes(1)).await.is_err(), "it was answered");
}

#[tokio::test]
async fn an_answer_that_nobody_gave_is_found() {
    let scratch = project(ALONE, MAY_ASK);
    let desk = Desk::new(scratch.path()).unwrap();
    let parked = desk.run(&json!({ "acts": [ask()] })).await.unwrap();
    let ending = desk.answer(&parked.run, "only#1/0", yes(7)).await.unwrap();
    let story = forged(&desk.story(&ending.run).await, |event| {
        if let Event::HostCall { reply, .. } = event {
            *reply = Payload::text(reply.as_str().unwrap().replace("\"added\":\"7\"", "\"added\":\"8\""));
        }
    });
    let components = desk.host.components(&story).await.unwrap();
    let found = verify(desk.host.sandbox(), &components, &story, |_| {}).await.unwrap();
    let faults: Vec<&str> = found.faults.iter().map(|fault| fault.what.as_str()).collect();
    assert_eq!(faults, ["an agent was told another answer to its question only#1/0 than a person gave"]);
}

#[tokio::test]
async fn a_worker_that_asks_parks_its_manager_and_what_is_done_stays_done() {
    let scratch = project(ALONE, MAY_ASK);
    let desk = Desk::new(scratch.path()).unwrap();
    let both = json!({ "act": "delegate-all", "agent": "writer", "share": 40,
        "inputs": [{ "acts": [count()] }, { "acts": [{ "act": "log", "message": "I ask" }, ask()] }] });
    let parked = desk.run(&json!({ "acts": [both, { "act": "budget" }] })).await.unwrap();
    assert_eq!(asking(&parked), ["only#1/1/0"]);
    let ending = desk.answer(&parked.run, "only#1/1/0", yes(3)).await.unwrap();
    let told = output(&ending);
    assert_eq!(
        (&told[0][0]["ok"], &told[0][1]["ok"][1]),
        (&json!([{ "ok": 1 }]), &json!({ "ok": ["Ada", "partner", 3] }))
    );
    let mut began = BTreeMap::<String, u32>::new();
    for entry in desk.story(&ending.run).await.entries() {
        if let Event::InvocationStarted { invocation, .. } = &entry.event {
            *began.entry(invocation.to_string()).or_default() += 1;
        }
    }
    let expect = [("only#1", 2), ("only#1/0", 1), ("only#1/1", 2)].map(|(id, times)| (id.to_owned(), times));
    assert_eq!(began, BTreeMap::from(expect), "the worker that was done is not begun again");
}

#[tokio::test]
async fn while_one_item_waits_the_others_go_on() {
    let workflow = "workflow: w\nsteps:\n  each:\n    for_each: ${{ input.items }}\n    agent: boss\n    \
        input: ${{ item }}\n  other:\n    agent: boss\n    input: { acts: [] }\noutput: ${{ steps.each.output }}\n";
    let scratch = project(workflow, MAY_ASK);
    let desk = Desk::new(scratch.path()).unwrap();
    let items = json!([{ "acts": [count()] }, { "acts": [ask()] }, { "acts": [ask()] }]);
    let parked = desk.run(&json!({ "items": items })).await.unwrap();
    assert_eq!(asking(&parked), ["each[1]#1/0", "each[2]#1/0"]);
    assert_eq!(parked.steps.iter().find(|step| step.name == "other").unwrap().outcome, "completed");
    let parked = desk.answer(&parked.run, "each[2]#1/0", yes(2)).await.unwrap();
    assert_eq!(asking(&parked), ["each[1]#1/0"]);
    let ending = desk.answer(&parked.run, "each[1]#1/0", yes(1)).await.unwrap();
    let answers = [1, 2].map(|item| output(&ending)[item][0]["ok"][2].clone());
    assert_eq!(answers, [json!(1), json!(2)]);
}

/// Says yes to whatever is asked, in the process that runs the agent.
struct Obliging;

impl Observer for Obliging {
    fn ask<'a>(&'a self, _: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
        Box::pin(async { Some(yes(5)) })
    }
}

/// Looks at a question until it is over.
struct Hesitant;

impl Observer for Hesitant {
    fn ask<'a>(&'a self, _: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
        Box::pin(std::future::pending())
    }
}

async fn watched(acts: Value, observer: Arc<dyn Observer>) -> Ending {
    let scratch = project(ALONE, MAY_ASK);
    let desk = Desk::new(scratch.path()).unwrap();
    let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
    let ending = desk.host.start(plan, &desk.plugins, &json!({ "acts": acts }), observer).await.unwrap();
    let story = desk.story(&ending.run).await;
    let components = desk.host.components(&story).await.unwrap();
    assert!(verify(desk.host.sandbox(), &components, &story, |_| {}).await.unwrap().holds());
    ending
}

#[tokio::test]
async fn who_looks_on_answers_on_the_spot() {
    let work = json!({ "act": "delegate", "agent": "writer", "share": 50, "input": { "acts": [ask(), count()] } });
    let ending = watched(json!([count(), ask(), work]), Arc::new(Obliging)).await;
    let told = output(&ending);
    assert_eq!((&told[1]["ok"][2], &told[2]["ok"][0]["ok"][2]), (&json!(5), &json!(5)));
    assert_eq!(told[2]["ok"][1]["ok"], 2);
}

#[tokio::test]
async fn a_question_that_nobody_answers_is_an_error_of_its_own_kind() {
    let mut brief = ask();
    brief["within_ms"] = json!(1_000);
    let ending = watched(json!([brief]), Arc::new(Hesitant)).await;
    assert_eq!(output(&ending)[0]["err"], "Expired");
}

#[tokio::test]
async fn what_is_no_question_is_refused_and_nobody_is_asked() {
    let scratch = project(ALONE, "people = [\"ask partner\"]");
    let desk = Desk::new(scratch.path()).unwrap();
    let with = |key: &str, value: Value| {
        let mut question = ask();
        question[key] = value;
        question
    };
    let acts = json!([
        with("roles", json!(["partner", "clerk"])),
        with("roles", json!([])),
        with("question", json!("two\nlines")),
        with("within_ms", json!(0)),
        with("schema", json!({ "type": 7 })),
    ]);
    let ending = desk.run(&json!({ "acts": acts })).await.unwrap();
    let told: Vec<&str> = (0..5).map(|at| output(&ending)[at]["err"].as_str().unwrap()).collect();
    assert!(told[0].contains("ask clerk") && told[1].contains("people = [\\\"ask\\\"]"), "{told:#?}");
    assert!(told[2].contains("one line") && told[3].contains("a second to 30 days"), "{told:#?}");
    assert!(told[4].contains("the schema is none"), "{told:#?}");
    let asked = desk.story(&ending.run).await.entries().iter().any(|entry| {
        matches!(entry.event, Event::ApprovalRequested { .. })
            || matches!(&entry.event, Event::InvocationEnded { outcome: Outcome::Suspended, .. })
    });
    assert!(!asked);
}

#[tokio::test]
async fn a_tool_asks_nobody() {
    let asks = "[tools.\"acting.act\"]\n[asks]\npeople = [\"ask\"]\n";
    let scratch = project(ALONE, MAY_ASK).plugin("deputy", &guest("deputy"), asks, "grants = { people = [\"ask\"] }");
    let error = Desk::new(scratch.path()).err().unwrap();
    assert!(error.to_string().contains("asks for people, and is a tool"), "{error}");
}

/// Brings a run to its end over a store: what is asked is answered with yes.
async fn to_the_end(desk: &Desk, store: &dyn Store) -> Result<Ending, baton_runtime::Error> {
    let run = store.runs(1).await.unwrap()[0].run.clone();
    let mut ending = desk.host.resume(&run, &desk.project, Arc::new(Silent)).await?;
    while let Some(question) = ending.waiting.first() {
        desk.host.decide(&run, &question.step.clone(), yes(1)).await?;
        ending = desk.host.resume(&run, &desk.project, Arc::new(Silent)).await?;
    }
    Ok(ending)
}

#[tokio::test]
async fn a_host_that_dies_at_any_write_asks_no_question_twice() {
    let scratch = project(ALONE, MAY_ASK);
    let work =
        json!({ "act": "delegate", "agent": "writer", "share": 50, "input": { "acts": [count(), ask(), count()] } });
    let input = json!({ "acts": [count(), ask(), work] });
    let mut deaths = 0;
    for writes in 0.. {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let desk = Desk::over(scratch.path(), Arc::new(Dying::after(writes, Arc::clone(&store)))).unwrap();
        let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
        let begun = desk.host.start(plan, &desk.plugins, &input, Arc::new(Silent)).await;
        let ended = if begun.is_ok() { to_the_end(&desk, store.as_ref()).await } else { begun };
        let undisturbed = ended.is_ok();
        deaths += u32::from(!undisturbed);
        let next = Desk::over(scratch.path(), Arc::clone(&store)).unwrap();
        let ending = to_the_end(&next, store.as_ref()).await.unwrap();
        assert_eq!(output(&ending)[2]["ok"][2]["ok"], 3, "died at write {writes}");
        let story = next.story(&ending.run).await;
        let asked = story.entries().iter().filter(|entry| matches!(entry.event, Event::ApprovalRequested { .. }));
        assert_eq!(asked.count(), 2, "died at write {writes}");
        let components = next.host.components(&story).await.unwrap();
        assert!(verify(next.host.sandbox(), &components, &story, |_| {}).await.unwrap().holds(), "write {writes}");
        assert_eq!(store.runs(1).await.unwrap()[0].status, RunStatus::Completed);
        if undisturbed {
            break;
        }
    }
    assert!(deaths > 20, "only {deaths} places to die at");
}
