//! A tool does nothing for its caller that the caller may not do, unless the operator says so by name.

use std::sync::Arc;

use baton_journal::{Authority, Event, Store};
use baton_runtime::{Ending, Silent};
use baton_store::MemoryStore;
use baton_tests::{Desk, Scratch, guest};
use serde_json::{Value, json};

use super::nested::cut;

const AGENT: &str =
    "workflow: w\nsteps:\n  only:\n    agent: acts\n    input: ${{ input }}\noutput: ${{ steps.only.output }}\n";

const ASKS: &str = "[tools.\"acting.act\"]\neffect = \"read\"\n[asks]\n\
    state = [\"run\", \"agent\", \"shared:clients\"]\ntools = [\"second/*\", \"third/*\"]\nenvironment = [\"REGION\"]\nfiles = [\"read rates\"]\n";

const ALL_STATE: &str = "state = [\"run\", \"agent\", \"shared:clients\"]";

/// An agent with these grants, which asks for tools and the shared room, and tools with theirs.
fn project(agent: &str, tools: &[(&str, &str)]) -> Scratch {
    let asks = "state = [\"shared:clients\", \"run\"]\ntools = [\"first/*\", \"second/*\", \"third/*\"]\nenvironment = [\"REGION\"]\n";
    let scratch = Scratch::new(AGENT).file("rates/a.csv", "1").agent("acts", &grants(agent), asks);
    tools
        .iter()
        .fold(scratch, |scratch, (name, grants_of)| scratch.plugin(name, &guest("deputy"), ASKS, &grants(grants_of)))
}

fn grants(entries: &str) -> String {
    format!("grants = {{ {entries} }}")
}

/// Has a tool do something.
fn call(tool: &str, act: &Value) -> Value {
    json!({ "act": "call", "tool": format!("{tool}/acting.act"), "arguments": { "acts": json!([act]).to_string() } })
}

async fn run(scratch: &Scratch, act: Value) -> (Desk, Ending) {
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&json!({ "acts": [act] })).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    (desk, ending)
}

/// What came of an act, through so many tools: each tells it as a text of JSON.
async fn told(scratch: &Scratch, act: Value, tools: u32) -> Value {
    let mut told = run(scratch, act).await.1.output.unwrap()[0].clone();
    for _ in 0..tools {
        let Some(text) = told["ok"].as_str() else { return told };
        told = serde_json::from_str::<Value>(text).unwrap()[0].clone();
    }
    told
}

fn clients() -> Value {
    json!({ "act": "set", "scope": "clients", "key": "a", "value": 1 })
}

#[tokio::test]
async fn a_tool_does_not_lend_its_caller_a_room_that_is_not_the_callers() {
    let scratch = project("tools = [\"first/*\"]", &[("first", ALL_STATE)]);
    let told = told(&scratch, call("first", &clients()), 1).await;
    insta::assert_snapshot!(told["err"].as_str().unwrap());
}

#[tokio::test]
async fn a_tool_does_for_its_caller_what_both_may() {
    let scratch = project("tools = [\"first/*\"], state = [\"shared:clients\"]", &[("first", ALL_STATE)]);
    assert_eq!(told(&scratch, call("first", &clients()), 1).await, json!({ "ok": null }));
}

#[tokio::test]
async fn a_tool_that_the_operator_delegates_to_acts_as_itself() {
    let scratch = project("tools = [\"first/acting.act as itself\"]", &[("first", ALL_STATE)]);
    assert_eq!(told(&scratch, call("first", &clients()), 1).await, json!({ "ok": null }));
}

#[tokio::test]
async fn a_tools_own_room_is_its_identity_whoever_calls_it() {
    let scratch = project("tools = [\"first/*\"]", &[("first", ALL_STATE)]);
    let own = json!({ "act": "set", "scope": "agent", "key": "a", "value": 1 });
    assert_eq!(told(&scratch, call("first", &own), 1).await, json!({ "ok": null }));
    let of_the_run = json!({ "act": "set", "scope": "run", "key": "a", "value": 1 });
    assert!(told(&scratch, call("first", &of_the_run), 1).await["err"].is_string());
}

#[tokio::test]
async fn a_bound_holds_through_a_chain() {
    let chain = |agent: &str, first: &str| project(agent, &[("first", first), ("second", ALL_STATE)]);
    let through = call("first", &call("second", &clients()));
    let first = "tools = [\"second/* as itself\"], state = [\"shared:clients\"]";

    let no_room = chain("tools = [\"first/*\", \"second/*\"]", first);
    let denial = told(&no_room, through.clone(), 2).await;
    assert!(denial["err"].as_str().unwrap().contains("for `acts`, which called `first/acting.act`"), "{denial}");

    let no_tool = chain("tools = [\"first/*\"], state = [\"shared:clients\"]", first);
    let denial = told(&no_tool, through.clone(), 1).await;
    assert!(
        denial["err"].as_str().unwrap().contains("may not use the tool `second/acting.act` for `acts`"),
        "{denial}"
    );

    let delegated = chain("tools = [\"first/* as itself\"]", first);
    assert_eq!(told(&delegated, through.clone(), 2).await, json!({ "ok": null }), "each delegates to the next");

    let all = chain("tools = [\"first/*\", \"second/*\"], state = [\"shared:clients\"]", first);
    assert_eq!(told(&all, through, 2).await, json!({ "ok": null }));
}

#[tokio::test]
async fn folders_and_variables_are_not_lent_either() {
    let first = "files = [\"read rates at rates\"], environment = [\"REGION=eu-west\"]";
    let seen = async |agent: &str, act: &str| {
        told(&project(agent, &[("first", first)]), call("first", &json!({ "act": act })), 1).await
    };
    let bounded = "tools = [\"first/*\"]";
    assert_eq!(seen(bounded, "root").await, json!([]));
    assert_eq!(seen(bounded, "environment").await, json!({}));
    let scratch = project(bounded, &[("first", first)]);
    let (desk, ending) = run(&scratch, call("first", &json!({ "act": "root" }))).await;
    let told = desk.story(&ending.run).await.entries().iter().any(|entry| {
        matches!(&entry.event, Event::Logged { level, message, .. } if level == "warn" && message.contains("the folder `/rates`"))
    });
    assert!(told, "the reader of the run is told what is missing, and why");
    let itself = "tools = [\"first/* as itself\"]";
    assert_eq!(seen(itself, "root").await, json!(["/rates"]));
    assert_eq!(seen(itself, "environment").await, json!({ "REGION": "eu-west" }));
    let both = "tools = [\"first/*\"], environment = [\"REGION=eu-west\"]";
    assert_eq!(seen(both, "environment").await, json!({ "REGION": "eu-west" }));
}

#[tokio::test]
async fn a_tool_that_changes_more_than_was_granted_cannot_be_called_or_seen() {
    let scratch = project("tools = [\"none first/*\"]", &[("first", ALL_STATE)]);
    let told = told(&scratch, call("first", &clients()), 0).await;
    assert!(told["err"].as_str().unwrap().contains("read first/acting.act"), "{told}");
    let seen = run(&scratch, json!({ "act": "tools" })).await.1.output.unwrap();
    assert_eq!(seen, json!([[]]));
}

#[tokio::test]
async fn a_workflow_delegates_to_its_own_steps() {
    let workflow = "workflow: w\nsteps:\n  only:\n    tool: first/acting.act\n    input: ${{ input }}\noutput: ${{ steps.only.output }}\n";
    let scratch = Scratch::new(workflow).plugin("first", &guest("deputy"), ASKS, &grants(ALL_STATE));
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&json!({ "acts": json!([clients()]).to_string() })).await.unwrap();
    assert_eq!(ending.output, Some(json!(json!([{ "ok": null }]).to_string())), "{:?}", ending.error);
}

#[tokio::test]
async fn a_tool_that_is_begun_again_is_bounded_as_before() {
    let scratch = project("tools = [\"first/*\"]", &[("first", ALL_STATE)]);
    let whole: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let desk = Desk::over(scratch.path(), Arc::clone(&whole)).unwrap();
    let run = desk.run(&json!({ "acts": [call("first", &clients())] })).await.unwrap().run;
    let entries = whole.entries(run).await.unwrap();
    let nested = entries
        .iter()
        .position(|entry| matches!(&entry.event, Event::InvocationStarted { authority: Some(Authority::Bounded), .. }));
    let rest: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let run = cut(whole.as_ref(), &entries[..=nested.unwrap()], rest.as_ref()).await;
    let next = Desk::over(scratch.path(), rest).unwrap();
    let ending = next.host.resume(&run, &next.project, Arc::new(Silent)).await.unwrap();
    let told = ending.output.unwrap_or_else(|| panic!("{:?}", ending.error)).to_string();
    assert!(told.contains("may not use state of scope `shared:clients` to write the key `a` for `acts`"), "{told}");
}

#[tokio::test]
async fn the_journal_says_with_whose_grants_a_tool_acted() {
    for (agent, expected) in
        [("tools = [\"first/*\"]", Authority::Bounded), ("tools = [\"first/* as itself\"]", Authority::Itself)]
    {
        let scratch = project(agent, &[("first", ALL_STATE)]);
        let (desk, ending) = run(&scratch, call("first", &clients())).await;
        let story = desk.story(&ending.run).await;
        let noted = story.entries().iter().filter_map(|entry| match &entry.event {
            Event::InvocationStarted { authority, .. } => Some(*authority),
            _ => None,
        });
        assert_eq!(noted.collect::<Vec<_>>(), [None, Some(expected)]);
    }
}
