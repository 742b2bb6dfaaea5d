//! Budgets of host calls: nobody waits for calls that others may not need, and together nobody makes more than there are, in any
//! mode, across deaths of the host and questions to people.

use std::sync::Arc;

use baton_journal::{Event, Limit, Outcome, RunId, Store, Usage};
use baton_runtime::{Ending, Silent};
use baton_store::MemoryStore;
use baton_tests::{Desk, Dying, Scratch, approval, guest};
use serde_json::{Value, json};

/// A step that has a boss do what each of the items says.
fn project(budget: &str, step: &str) -> Scratch {
    let step = format!("    agent: boss\n    for_each: ${{{{ input.items }}}}\n    input: ${{{{ item }}}}\n{step}");
    staffed(&format!(
        "workflow: w\nbudget: {budget}\nsteps:\n  each:\n{step}    max_parallel: 4\noutput: ${{{{ steps.each.output }}}}\n"
    ))
}

const SETTLED: &str = "    join: all_settled\n";

/// A boss, a writer who works for it, and a tool.
fn staffed(workflow: &str) -> Scratch {
    let asks = "[agent]\n[asks]\nagents = [\"writer\"]\npeople = [\"ask\"]\nstate = [\"run\"]\ntools = [\"crm/*\"]\n";
    let grants = "agents = [\"writer\"], people = [\"ask\"], state = [\"run\"], tools = [\"crm/*\"]";
    let add =
        |scratch: Scratch, name: &str| scratch.plugin(name, &guest("acts"), asks, &format!("grants = {{ {grants} }}"));
    let facts = "[tools.\"contacts.get\"]\neffect = \"read\"\n[asks]\nstate = [\"agent\"]\n";
    let scratch = ["boss", "writer"].into_iter().fold(Scratch::new(workflow), add);
    scratch.tool("crm", "grants = { state = [\"agent\"] }", facts)
}

/// Acts that make so many calls.
fn counts(times: u32) -> Value {
    json!({ "act": "count-up", "scope": "run", "key": "n", "times": times })
}

/// As many items, each with these acts.
fn items(number: usize, acts: &Value) -> Value {
    json!({ "items": vec![json!({ "acts": acts }); number] })
}

/// How each invocation ended, with what it used.
async fn ended(desk: &Desk, run: &RunId) -> Vec<(String, Outcome, Usage)> {
    let story = desk.story(run).await;
    let ended = story.entries().iter().filter_map(|entry| match &entry.event {
        Event::InvocationEnded { invocation, outcome, usage, .. } if *outcome != Outcome::Suspended => {
            Some((invocation.to_string(), outcome.clone(), *usage))
        }
        _ => None,
    });
    ended.collect()
}

/// All host calls that were counted.
async fn made(desk: &Desk, run: &RunId) -> u64 {
    ended(desk, run).await.iter().map(|(_, _, usage)| usage.host_calls).sum()
}

/// How many host calls have a reply in the journal.
async fn recorded(desk: &Desk, run: &RunId) -> u64 {
    let story = desk.story(run).await;
    story.entries().iter().filter(|entry| matches!(entry.event, Event::HostCall { .. })).count() as u64
}

fn is_refused(outcome: &Outcome, says: &str) -> bool {
    matches!(outcome, Outcome::Exhausted { limit: Limit::Calls, message } if message == says)
}

const OF_RUN: &str = "the run used up its calls budget of 50 (`budget.calls`, w.workflow.yaml:2:18)";

#[tokio::test]
async fn items_begin_together_although_each_might_make_all_the_calls() {
    let scratch = project("{ calls: 500 }", "");
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&items(4, &json!([counts(3)]))).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let story = desk.story(&ending.run).await;
    let is_end = |event: &Event| matches!(event, Event::InvocationEnded { .. });
    let before = story.entries().iter().take_while(|entry| !is_end(&entry.event));
    let begun = before.filter(|entry| matches!(entry.event, Event::InvocationStarted { .. })).count();
    assert_eq!(begun, 4);
}

#[tokio::test]
async fn together_they_make_all_the_calls_that_there_are_and_none_more() {
    for is_apart in [false, true] {
        let scratch = project("{ calls: 50 }", SETTLED);
        if is_apart {
            scratch.isolate();
        }
        let desk = Desk::new(scratch.path()).unwrap();
        let ending = desk.run(&items(4, &json!([counts(20)]))).await.unwrap();
        assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
        assert_eq!((made(&desk, &ending.run).await, recorded(&desk, &ending.run).await), (50, 50));
        let ended = ended(&desk, &ending.run).await;
        assert!(ended.iter().any(|(_, outcome, _)| is_refused(outcome, OF_RUN)), "{ended:?}");
        for (_, outcome, usage) in ended {
            assert!(is_refused(&outcome, OF_RUN) || outcome.name() == "completed", "{outcome}");
            assert!(usage.fuel < 1_000_000_000, "who is refused is charged what it used: {usage:?}");
        }
    }
}

#[tokio::test]
async fn a_run_whose_calls_are_used_up_says_so() {
    let scratch = project("{ calls: 50 }", "");
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&items(4, &json!([counts(20)]))).await.unwrap();
    let error = ending.error.unwrap();
    assert!(error.message.contains(OF_RUN), "{error:?}");
}

#[tokio::test]
async fn a_step_has_calls_of_its_own() {
    let scratch = project("{ calls: 50 }", &format!("    budget: {{ calls: 10 }}\n{SETTLED}"));
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&items(2, &json!([counts(8)]))).await.unwrap();
    assert_eq!((made(&desk, &ending.run).await, recorded(&desk, &ending.run).await), (10, 10));
    let says = "the step used up its calls budget of 10";
    assert!(ended(&desk, &ending.run).await.iter().any(|(_, outcome, _)| is_refused(outcome, says)));
}

#[tokio::test]
async fn what_a_plugin_may_make_is_another_limit() {
    let scratch = project("{ calls: 50 }", SETTLED);
    let scratch = scratch.plugin("few", &guest("acts"), "[agent]\n", "limits = { calls = 5 }");
    let text = std::fs::read_to_string(scratch.path().join("w.workflow.yaml")).unwrap();
    let scratch = scratch.file("w.workflow.yaml", text.replace("agent: boss", "agent: few"));
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&items(1, &json!([{ "act": "now" }, counts(5)]))).await.unwrap();
    let (_, outcome, usage) = ended(&desk, &ending.run).await.remove(0);
    assert!(outcome.to_string().contains("the limit of 5 host calls is reached; to allow more"), "{outcome}");
    assert_eq!(usage.host_calls, 5);
}

/// A boss that makes calls itself, has a writer make some, and calls a tool several times at once.
fn busy() -> Value {
    let get = json!({ "id": "C-0" });
    json!([
        counts(2),
        { "act": "now" },
        { "act": "delegate", "agent": "writer", "share": 100, "input": { "acts": [counts(4), { "act": "now" }] } },
        { "act": "call-all", "tool": "crm/contacts.get", "arguments": [get, get, get, get] },
        { "act": "budget" },
        counts(3),
    ])
}

#[tokio::test]
async fn whatever_is_refused_ends_where_a_replay_of_it_ends() {
    let ample = project("{ calls: 1k }", SETTLED);
    let desk = Desk::new(ample.path()).unwrap();
    let whole = desk.run(&items(2, &busy())).await.unwrap();
    let whole = made(&desk, &whole.run).await;
    for calls in 0..whole {
        let scratch = project(&format!("{{ calls: {calls} }}"), SETTLED);
        let desk = Desk::new(scratch.path()).unwrap();
        let ending = desk.run(&items(2, &busy())).await.unwrap(); // it is verified, to the call and to the unit of fuel
        let ended = ended(&desk, &ending.run).await;
        assert_eq!(made(&desk, &ending.run).await, calls, "{ended:#?}");
        assert!(ended.iter().any(|(_, outcome, _)| outcome.name() == "exhausted"), "{calls} {ended:#?}");
    }
}

/// In a process of its own it tells of calls that need no step with its next one: these may be too many, no others.
#[tokio::test]
async fn the_same_holds_for_guests_in_processes_of_their_own() {
    for calls in [0, 2, 3, 5, 8, 9, 10, 13, 20] {
        let scratch = project(&format!("{{ calls: {calls} }}"), SETTLED);
        scratch.isolate();
        let desk = Desk::new(scratch.path()).unwrap();
        let ending = desk.run(&items(2, &busy())).await.unwrap();
        let ended = ended(&desk, &ending.run).await;
        assert!(recorded(&desk, &ending.run).await <= calls, "{ended:#?}");
        assert!(made(&desk, &ending.run).await <= calls + UNTOLD, "{ended:#?}");
        assert!(ended.iter().any(|(_, outcome, _)| outcome.name() == "exhausted"), "{calls} {ended:#?}");
    }
}

/// The calls of the time and of the budget that two bosses and two writers make.
const UNTOLD: u64 = 6;

#[tokio::test]
async fn a_person_allows_more_and_the_item_is_made_again() {
    let step = "    on_exhausted: { ask: { to: [finance] } }\n";
    let scratch = project("{ calls: 15 }", step);
    let desk = Desk::new(scratch.path()).unwrap();
    let parked = desk.run(&items(2, &json!([counts(10)]))).await.unwrap();
    assert_eq!((parked.outcome, made(&desk, &parked.run).await), ("parked", 15));
    let question = parked.waiting.first().unwrap();
    let short = "the run used up its calls budget of 15 (`budget.calls`, w.workflow.yaml:2:18)";
    assert!(question.question.contains(&format!("cannot go on: {short}. Allow 15 more?")), "{}", question.question);

    let ending = desk.answer(&parked.run, &question.step, approval("finance", None)).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    assert_eq!(made(&desk, &ending.run).await, 25);
}

#[tokio::test]
async fn whoever_waits_for_a_person_keeps_the_calls_that_it_has_made() {
    let ask = json!({ "act": "ask", "question": "Go on?", "show": null, "schema": null, "roles": ["partner"],
        "within_ms": 86_400_000 });
    let scratch = project("{ calls: 17 }", SETTLED);
    let desk = Desk::new(scratch.path()).unwrap();
    let items =
        json!({ "items": [{ "acts": [counts(5), { "act": "now" }, ask, counts(5)] }, { "acts": [counts(9)] }] });
    let parked = desk.run(&items).await.unwrap();
    assert_eq!((parked.outcome, made(&desk, &parked.run).await), ("parked", 9));
    let ending = desk.answer(&parked.run, &parked.waiting[0].step, approval("partner", None)).await.unwrap();
    assert_eq!(made(&desk, &ending.run).await, 17, "nothing is counted twice");
    let ended = ended(&desk, &ending.run).await;
    assert_eq!((ended[1].2.host_calls, ended[1].1.name()), (8, "exhausted"), "{ended:?}");
}

#[tokio::test]
async fn what_cleans_up_does_not_need_what_is_used_up() {
    let scratch = staffed(&format!(
        "workflow: w\nbudget: {{ calls: 5 }}\nsteps:\n  only: {{ agent: boss, input: {} }}\nfinally:\n  last: {{ agent: writer, input: {} }}\n",
        json!({ "acts": [counts(9)] }),
        json!({ "acts": [counts(3)] }),
    ));
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&json!({})).await.unwrap();
    let ended = ended(&desk, &ending.run).await;
    let told: Vec<_> = ended.iter().map(|(_, outcome, usage)| (outcome.name(), usage.host_calls)).collect();
    assert_eq!((ending.outcome, told), ("failed", vec![("exhausted", 5), ("completed", 3)]));
}

/// Runs over a store whose host dies at each write in turn, and has another host go on.
async fn died_everywhere(scratch: &Scratch, input: &Value, check: impl AsyncFn(&Desk, &Ending, i64)) {
    for writes in 0.. {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let dying: Arc<dyn Store> = Arc::new(Dying::after(writes, Arc::clone(&store)));
        if Desk::over(scratch.path(), dying).unwrap().run(input).await.is_ok() {
            assert!(writes > 20, "nobody died");
            return;
        }
        let run = store.runs(1).await.unwrap()[0].run.clone();
        let next = Desk::over(scratch.path(), Arc::clone(&store)).unwrap();
        let ending = next.host.resume(&run, &next.project, Arc::new(Silent)).await.unwrap();
        check(&next, &ending, writes).await;
    }
}

#[tokio::test]
async fn what_a_dead_host_had_made_is_not_counted_again() {
    let scratch = project("{ calls: 12 }", "");
    died_everywhere(&scratch, &items(3, &json!([counts(4)])), async |desk, ending, writes| {
        assert_eq!((ending.outcome, made(desk, &ending.run).await), ("completed", 12), "{writes}: {:?}", ending.error);
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_host_had_made_is_counted() {
    let scratch = project("{ calls: 10 }", SETTLED);
    died_everywhere(&scratch, &items(3, &json!([counts(4)])), async |desk, ending, writes| {
        assert_eq!((made(desk, &ending.run).await, recorded(desk, &ending.run).await), (10, 10), "{writes}");
        assert!(super::verify::verified(desk, &desk.story(&ending.run).await).await.holds(), "{writes}");
    })
    .await;
}
