//! An agent has others work for it: within what both may do, on its own budget, and brought back like any agent.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_journal::{Entry, Event, Outcome, Store, Usage};
use baton_runtime::replay::Verdict;
use baton_runtime::{Ending, Silent, verify};
use baton_store::MemoryStore;
use baton_tests::{Desk, Dying, Scratch, guest};
use serde_json::{Value, json};

const WORKFLOW: &str =
    "workflow: w\nsteps:\n  only:\n    agent: boss\n    input: ${{ input }}\noutput: ${{ steps.only.output }}\n";

const STAFF: &str = "agents = [\"writer\", \"reader up to 40%\"]";

fn terms(grants: &str) -> String {
    format!("grants = {{ {grants} }}")
}

/// A boss with these grants, a writer and a reader who may keep values, and whom nobody works for.
fn project(boss: &str) -> Scratch {
    staffed(boss, "state = [\"run\"]")
}

fn staffed(boss: &str, worker: &str) -> Scratch {
    let asks = "[agent]\n[asks]\nagents = [\"writer\", \"reader\", \"boss\"]\nstate = [\"run\", \"agent\", \"shared:clients\"]\n";
    let agent = |scratch: Scratch, name: &str, grants: &str| scratch.plugin(name, &guest("acts"), asks, &terms(grants));
    let scratch = agent(Scratch::new(WORKFLOW), "boss", boss);
    ["writer", "reader"].into_iter().fold(scratch, |scratch, name| agent(scratch, name, worker))
}

fn work(agent: &str, acts: &Value, share: u32) -> Value {
    json!({ "act": "delegate", "agent": agent, "share": share, "input": { "acts": acts } })
}

async fn run(scratch: &Scratch, acts: &Value) -> (Desk, Ending) {
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&json!({ "acts": acts })).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    (desk, ending)
}

/// What came of acts of the boss.
async fn told(scratch: &Scratch, acts: Value) -> Vec<Value> {
    run(scratch, &acts).await.1.output.unwrap().as_array().unwrap().clone()
}

/// Whether a denial or refusal says so.
fn says(told: &Value, text: &str) -> bool {
    told["err"].as_str().is_some_and(|error| error.contains(text))
}

fn usages(entries: &[Entry]) -> BTreeMap<String, Usage> {
    let ended = entries.iter().filter_map(|entry| match &entry.event {
        Event::InvocationEnded { invocation, usage, .. } => Some((invocation.to_string(), *usage)),
        _ => None,
    });
    ended.collect()
}

#[tokio::test]
async fn a_worker_is_an_agent_with_a_name_and_a_tape_of_its_own() {
    let scratch = project(STAFF);
    let acts = json!([{ "act": "random" }, { "act": "now" }, { "act": "log", "message": "working" }]);
    let (desk, ending) = run(&scratch, &json!([{ "act": "staff" }, work("writer", &acts, 50)])).await;
    let told = ending.output.unwrap();
    assert_eq!(told[0], json!([["reader", 40], ["writer", 100]]));
    assert_eq!(told[1]["ok"].as_array().unwrap().len(), 3);
    let story = desk.story(&ending.run).await;
    let components = desk.host.components(&story).await.unwrap();
    let replay = desk.host.replay(&story, &components, |_| {}).await.unwrap();
    let replayed: Vec<_> = replay.invocations.iter().map(|one| (one.invocation.as_str(), &one.verdict)).collect();
    assert_eq!(replayed, [("only#1", &Verdict::Same), ("only#1/1", &Verdict::Same)]);
}

#[tokio::test]
async fn what_a_worker_spends_is_its_managers_and_counted_once() {
    let scratch = project(STAFF);
    let spins = json!([{ "act": "spin", "rounds": 1_000_000 }]);
    let acts = json!([{ "act": "budget" }, work("writer", &spins, 50), { "act": "budget" }]);
    let (desk, ending) = run(&scratch, &acts).await;
    let told = ending.output.unwrap();
    let left = |at: usize| -> Vec<u64> { serde_json::from_value(told[at].clone()).unwrap() };
    let used = usages(desk.story(&ending.run).await.entries());
    let (boss, writer) = (used["only#1"], used["only#1/0"]);
    assert!(writer.fuel > 1_000_000, "it worked: {writer:?}");
    let gone = left(0)[0] - left(2)[0];
    assert!(gone >= writer.fuel && gone < writer.fuel + 1_000_000, "{gone} {writer:?}");
    assert!(boss.fuel < writer.fuel, "the boss accounts for itself only: {boss:?}");
    assert_eq!(ending.steps[0].usage.fuel, boss.fuel + writer.fuel);
    assert_eq!(ending.steps[0].usage.host_calls, boss.host_calls + writer.host_calls);
}

#[tokio::test]
async fn a_worker_that_runs_out_of_its_share_ends_and_its_manager_goes_on() {
    let scratch = project(&format!("{STAFF} }}\nlimits = {{ fuel = \"1G\", calls = 20"));
    let endless = json!([{ "act": "spin", "rounds": 1_000_000_000_u64 }]);
    let many: Vec<Value> = (0..5).map(|n| json!({ "act": "set", "scope": "run", "key": "n", "value": n })).collect();
    let acts = json!([work("writer", &endless, 10), work("writer", &json!(many), 10), { "act": "budget" }]);
    let told = told(&scratch, acts).await;
    assert!(says(&told[0], "100M fuel is reached") || says(&told[0], "it is what its caller gave it"), "{}", told[0]);
    assert!(says(&told[1], "host calls is reached: it is what its caller gave it"), "{}", told[1]);
    let left: Vec<u64> = serde_json::from_value(told[2].clone()).unwrap();
    assert!((800_000_000..900_000_000).contains(&left[0]), "a tenth is gone, and not much more: {left:?}");
}

#[tokio::test]
async fn shares_are_of_what_is_left_and_no_more_than_all_of_it() {
    let scratch = project(STAFF);
    let budget = json!([{ "act": "budget" }]);
    let all = |share: u32, pieces: usize| {
        let inputs = vec![json!({ "acts": budget }); pieces];
        json!({ "act": "delegate-all", "agent": "writer", "share": share, "inputs": inputs })
    };
    let acts = json!([all(50, 2), all(34, 3), work("writer", &budget, 0), work("writer", &budget, 101)]);
    let (desk, ending) = run(&scratch, &acts).await;
    let told = ending.output.unwrap();
    let fuel = |piece: usize| told[0][piece]["ok"][0][0].as_u64().unwrap();
    assert!(fuel(0) < 5_000_000_000 && fuel(0).abs_diff(fuel(1)) < 1_000, "half each: {told}");
    assert!((0..3).all(|piece| says(&told[1][piece], "the shares add up to 102%")), "{told}");
    assert!(says(&told[2], "1 to 100 percent") && says(&told[3], "101%"), "{told}");
    let began = usages(desk.story(&ending.run).await.entries()).len();
    assert_eq!(began, 3, "of what is refused nothing begins");
}

#[tokio::test]
async fn what_is_not_granted_is_denied_with_the_line_to_add() {
    let scratch = project("agents = [\"reader up to 40%\"]");
    let nothing = json!([]);
    let told =
        told(&scratch, json!([work("writer", &nothing, 10), work("reader", &nothing, 41), work("*", &nothing, 1)]))
            .await;
    assert!(says(&told[0], "agents = [\\\"reader up to 40%\\\", \\\"writer up to 10%\\\"]"), "{}", told[0]);
    assert!(says(&told[1], "the agent `reader` with 41% of what it has left"), "{}", told[1]);
    assert!(says(&told[2], "there is no such thing"), "{}", told[2]);
}

#[tokio::test]
async fn a_worker_does_no_more_than_its_manager_may_unless_it_acts_as_itself() {
    let clients = json!([{ "act": "set", "scope": "clients", "key": "a", "value": 1 }]);
    let tried = async |boss: &str| {
        let scratch = staffed(boss, "state = [\"shared:clients\"]");
        told(&scratch, json!([work("writer", &clients, 50)])).await[0]["ok"][0].clone()
    };
    assert!(says(&tried("agents = [\"writer\"]").await, "for `boss`, which gave it work"));
    assert_eq!(tried("agents = [\"writer\"], state = [\"shared:clients\"]").await, json!({ "ok": null }));
    assert_eq!(tried("agents = [\"writer as itself\"]").await, json!({ "ok": null }));
}

#[tokio::test]
async fn agents_in_a_circle_end_at_the_depth_that_is_told() {
    let scratch = staffed(STAFF, "agents = [\"boss\", \"writer\"]");
    let file = scratch.path().join("baton.toml");
    let text = std::fs::read_to_string(&file).unwrap() + "\n[limits]\ndepth = 3\n";
    std::fs::write(&file, text.replace(STAFF, "agents = [\"writer\", \"reader\", \"boss\"]")).unwrap();
    let circle = (0..5)
        .fold(json!([]), |inner, round| json!([work(if round % 2 == 0 { "writer" } else { "boss" }, &inner, 90)]));
    let mut told = told(&scratch, circle).await[0].clone();
    for _ in 0..3 {
        told = told["ok"][0].clone();
    }
    let text = "more than 3 invocations wait for each other (limit `depth`): boss -> writer -> boss -> writer";
    assert!(says(&told, text), "{told}");
}

#[tokio::test]
async fn work_that_is_none_is_refused_before_it_begins() {
    let schema = json!({ "type": "object", "required": ["acts"] }).to_string();
    let scratch = Scratch::new(WORKFLOW)
        .plugin(
            "boss",
            &guest("acts"),
            "[agent]\n[asks]\nagents = [\"strict\", \"nobody\"]\n",
            &terms("agents = [\"strict\", \"nobody\"]"),
        )
        .plugin("strict", &guest("acts"), "[agent]\ninput = \"input.json\"\n", "")
        .file("strict/input.json", schema);
    let acts =
        json!([{ "act": "delegate", "agent": "strict", "share": 10, "input": {} }, work("nobody", &json!([]), 10)]);
    let told = told(&scratch, acts).await;
    assert!(says(&told[0], "the input of `strict` does not fit its schema"), "{}", told[0]);
    assert!(says(&told[1], "there is no agent `nobody`"), "{}", told[1]);
}

#[tokio::test]
async fn a_tool_has_no_agents_work_for_it() {
    let asks = "[tools.\"acting.act\"]\n[asks]\nagents = [\"writer\"]\n";
    let scratch = project(STAFF).plugin("deputy", &guest("deputy"), asks, &terms("agents = [\"writer\"]"));
    let error = Desk::new(scratch.path()).err().unwrap();
    assert!(error.to_string().contains("asks for agents, and is a tool"), "{error}");
}

/// A boss with two rounds of work; the second round is of workers who count up, and have a worker of their own.
fn two_rounds() -> (Scratch, Value) {
    let count = |key: &str| json!({ "act": "increment", "scope": "run", "key": key, "by": 1 });
    let deep = json!([
        count("a"),
        work("reader", &json!([count("b"), count("b"), { "act": "log", "message": "twice" }]), 30),
        count("a")
    ]);
    let both = json!({ "act": "delegate-all", "agent": "writer", "share": 40, "inputs": [{ "acts": deep }, { "acts": [count("c")] }] });
    let acts = json!([count("a"), work("reader", &json!([count("b")]), 20), both, { "act": "budget" }]);
    (staffed("agents = [\"writer\", \"reader\"], state = [\"run\"]", "state = [\"run\"], agents = [\"reader\"]"), acts)
}

#[tokio::test]
async fn a_host_that_dies_at_any_write_is_followed_by_one_that_pays_for_nothing_twice() {
    let (scratch, acts) = two_rounds();
    let (desk, whole) = run(&scratch, &acts).await;
    let account = usages(desk.story(&whole.run).await.entries());
    let counted = |usages: BTreeMap<String, Usage>| -> Vec<_> {
        usages.into_iter().map(|(id, usage)| (id, usage.fuel, usage.host_calls, usage.bytes)).collect()
    };
    let (expected, mut deaths) = (counted(account), 0);
    for writes in 0.. {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let dying: Arc<dyn Store> = Arc::new(Dying::after(writes, Arc::clone(&store)));
        if Desk::over(scratch.path(), dying).unwrap().run(&json!({ "acts": acts })).await.is_ok() {
            break;
        }
        deaths += 1;
        let run = store.runs(1).await.unwrap()[0].run.clone();
        let next = Desk::over(scratch.path(), Arc::clone(&store)).unwrap();
        let ending = next.host.resume(&run, &next.project, Arc::new(Silent)).await.unwrap();
        assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
        let story = next.story(&run).await;
        assert_eq!(counted(usages(story.entries())), expected, "died at write {writes}");
        let mut begun: Vec<_> = begun(story.entries());
        begun.sort();
        assert!(begun.windows(2).all(|two| two[0] != two[1]), "{begun:?}");
        let components = next.host.components(&story).await.unwrap();
        let found = verify(next.host.sandbox(), &components, &story, |_| {}).await.unwrap();
        assert!(found.holds() && found.is_whole(), "died at write {writes}: {found:#?}");
    }
    assert!(deaths > 20, "only {deaths} places to die at");
}

/// The invocations that began, and the host calls that were answered.
fn begun(entries: &[Entry]) -> Vec<String> {
    let began = entries.iter().filter_map(|entry| match &entry.event {
        Event::InvocationStarted { invocation, .. } => Some(invocation.to_string()),
        Event::HostCall { invocation, sequence, .. } => Some(format!("{invocation} {sequence}")),
        _ => None,
    });
    began.collect()
}

/// A boss who has two workers compute for ever, each with that share of a third of a second.
async fn endless(share: u32, pieces: usize) -> (Desk, Ending) {
    let scratch = project(&format!("{STAFF} }}\nlimits = {{ wall = \"300ms\""));
    let file = scratch.path().join("baton.toml");
    let text = std::fs::read_to_string(&file).unwrap() + "\n[limits]\nfuel = \"1T\"\nwall = \"1h\"\n";
    std::fs::write(&file, text).unwrap();
    let inputs = vec![json!({ "acts": [{ "act": "spin", "rounds": u64::MAX }] }); pieces];
    let acts = json!([{ "act": "delegate-all", "agent": "writer", "share": share, "inputs": inputs }]);
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&json!({ "acts": acts })).await.unwrap();
    (desk, ending)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_takes_longer_than_its_share_is_stopped_and_its_manager_told() {
    let (desk, ending) = endless(40, 2).await;
    let told = ending.output.unwrap_or_else(|| panic!("{:?}", ending.error));
    assert!(says(&told[0][0], "Transient") && says(&told[0][1], "timed out after"), "{told}");
    let outcomes = desk.outcomes(&ending.run).await;
    assert!(matches!(&outcomes[..], [(_, Outcome::TimedOut { .. }), (_, Outcome::TimedOut { .. }), _]), "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_that_is_stopped_takes_its_workers_along() {
    let (desk, ending) = endless(100, 1).await; // both are stopped at the same moment: either may be the first
    let outcomes = desk.outcomes(&ending.run).await;
    let ids: Vec<&str> = outcomes.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["only#1/0", "only#1"], "each ends once, the manager last: {outcomes:?}");
    assert!(matches!(outcomes[0].1, Outcome::TimedOut { .. }), "{outcomes:?}");
}

#[tokio::test]
async fn a_manager_in_a_process_of_its_own_pays_the_same() {
    let (scratch, acts) = two_rounds();
    let paid = async || {
        let (desk, ending) = run(&scratch, &acts).await;
        let usages = usages(desk.story(&ending.run).await.entries());
        usages.into_iter().map(|(id, usage)| (id, usage.fuel, usage.host_calls, usage.bytes)).collect::<Vec<_>>()
    };
    let shared = paid().await;
    scratch.isolate();
    assert_eq!(paid().await, shared);
}
