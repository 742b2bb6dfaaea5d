//! What fails again and again is left alone by all runs, and tried by one; what may be called so often is called so often.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use baton_journal::{Entry, Event, RunId, Store, Timestamp};
use baton_runtime::bundle::Project;
use baton_runtime::{
    CircuitChange, Clock, Ending, Host, Observer, Plugins, Sandbox, Silent, SystemClock, verify, workflow,
};
use baton_store::MemoryStore;
use baton_tests::{Scratch, guest, sandbox};
use serde_json::{Value, json};

const AGENT: &str = "workflow: w
steps:
  only:
    agent: acts
    input: { acts: \"${{ input }}\" }
output: ${{ steps.only.output }}
";

const STEP: &str = "workflow: w
steps:
  only:
    tool: falters/acting.act
    input: { acts: \"${{ input }}\" }
    retry: { max: 2, backoff: 1ms, jitter: false }
output: ${{ steps.only.output }}
";

const READS: &str = "[tools.\"acting.act\"]\neffect = \"read\"\n";
const WRITES: &str = "[tools.\"acting.act\"]\neffect = \"write\"\n";

/// A clock that moves by a millisecond whenever it is asked, and when it is moved.
struct Hands(AtomicU64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// Writes down what became of circuits.
#[derive(Default)]
struct Changes(Mutex<Vec<String>>);

impl Observer for Changes {
    fn circuit(&self, _: Timestamp, change: &CircuitChange) {
        self.0.lock().unwrap().push(change.to_string());
    }
}

/// A host with a project whose agent and step call a tool that goes as it is told.
struct World {
    host: Host,
    project: Project,
    plugins: Plugins,
    store: Arc<dyn Store>,
    sandbox: Arc<Sandbox>,
    hands: Arc<Hands>,
    changes: Arc<Changes>,
    _scratch: Scratch,
}

/// `terms` are lines of the tool's table, `facts` of its manifest.
fn world(workflow: &str, terms: &str, facts: &str) -> World {
    let hands = Arc::new(Hands(AtomicU64::new(1_767_225_600_000)));
    world_at(workflow, terms, facts, Arc::clone(&hands), hands)
}

fn world_at(workflow: &str, terms: &str, facts: &str, hands: Arc<Hands>, clock: Arc<dyn Clock>) -> World {
    let tools = "tools = [\"falters/*\"]";
    let scratch = Scratch::new(workflow)
        .agent("acts", &format!("grants = {{ {tools} }}"), &format!("{tools}\n"))
        .plugin("falters", &guest("falters"), facts, terms);
    let project = Project::load(scratch.path()).unwrap();
    let sandbox = Arc::new(sandbox().unwrap());
    let plugins = Plugins::load(&project, &sandbox, |_| {}).unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let host = Host::of(Arc::clone(&sandbox), Arc::clone(&store), clock).unwrap();
    World { host, project, plugins, store, sandbox, hands, changes: Arc::default(), _scratch: scratch }
}

fn call(how: &str) -> Value {
    json!({ "act": "call", "tool": "falters/acting.act", "arguments": { "acts": how } })
}

fn call_all(hows: &[&str]) -> Value {
    let arguments: Vec<Value> = hows.iter().map(|how| json!({ "acts": how })).collect();
    json!({ "act": "call-all", "tool": "falters/acting.act", "arguments": arguments })
}

impl World {
    async fn run(&self, input: &Value) -> Ending {
        let plan = workflow::plan(&self.project, &self.plugins).unwrap();
        let ending = self.host.start(plan, &self.plugins, input, self.changes.clone()).await.unwrap();
        self.verify(&ending.run).await;
        ending
    }

    /// What the agent was told of each of these calls.
    async fn told(&self, hows: &[&str]) -> Vec<String> {
        let ending = self.run(&hows.iter().map(|how| call(how)).collect()).await;
        let output = ending.output.unwrap_or_else(|| panic!("{:?}", ending.error));
        output.as_array().unwrap().iter().map(ToString::to_string).collect()
    }

    async fn verify(&self, run: &RunId) {
        let story = self.host.story(run).await.unwrap();
        let components = self.host.components(&story).await.unwrap();
        let found = verify(self.host.sandbox(), &components, &story, |_| {}).await.unwrap();
        assert!(found.holds() && found.is_whole(), "{found:#?}");
    }

    async fn entries(&self, run: &RunId) -> Vec<Entry> {
        self.store.entries(run.clone()).await.unwrap()
    }

    fn pass(&self, seconds: u64) {
        self.hands.0.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    fn changes(&self) -> Vec<String> {
        std::mem::take(&mut *self.changes.0.lock().unwrap())
    }
}

fn count(entries: &[Entry], is: impl Fn(&Event) -> bool) -> usize {
    entries.iter().filter(|entry| is(&entry.event)).count()
}

#[tokio::test]
async fn what_fails_again_and_again_is_left_alone_by_all_runs_and_tried_by_one() {
    let world = world(AGENT, "", WRITES);
    let told = world.told(&["transient"; 7]).await;
    assert!(told[4].contains("come back later") && told[5] == told[6], "{told:?}");
    insta::assert_snapshot!(told[5]);
    insta::assert_snapshot!(world.changes().join("\n"));

    let ending = world.run(&json!([call("well"), call("well")])).await;
    let entries = world.entries(&ending.run).await;
    let begun = |event: &Event| {
        matches!(event, Event::HostCallStarted { .. } | Event::InvocationStarted { caller: Some(_), .. })
    };
    assert_eq!(count(&entries, begun), 0, "another run is refused before anything is begun");
    assert_eq!(count(&entries, |event| matches!(event, Event::HostCall { .. })), 2, "and that is recorded");

    world.pass(30);
    assert_eq!(world.told(&["well"]).await, ["{\"ok\":\"well\"}"]);
    assert_eq!(world.changes(), [""; 0]);
    assert_eq!(world.told(&["well"]).await, ["{\"ok\":\"well\"}"]);
    assert_eq!(world.changes(), ["falters/acting.act is back"]);
}

#[tokio::test]
async fn a_host_that_begins_leaves_alone_what_another_one_of_its_store_does() {
    let mut world = world(AGENT, "", WRITES);
    world.told(&["transient"; 5]).await;
    let sandbox = Arc::clone(&world.sandbox);
    world.host = Host::of(sandbox, Arc::clone(&world.store), Arc::clone(&world.hands) as _).unwrap();
    let ending = world.run(&json!([call("well")])).await;
    let begun = |event: &Event| matches!(event, Event::HostCallStarted { .. });
    assert_eq!(count(&world.entries(&ending.run).await, begun), 0, "it knows before anything is begun");
    world.pass(30);
    assert_eq!(world.told(&["well", "well"]).await.len(), 2);
    assert_eq!(world.changes().last().map(String::as_str), Some("falters/acting.act is back"));
}

#[tokio::test]
async fn while_one_call_is_on_trial_the_others_have_to_wait() {
    let terms = "circuit = { failures = 1 }\nlimits = { wall = \"300ms\", fuel = \"100G\" }";
    let world = world(AGENT, terms, READS);
    world.told(&["transient"]).await;
    world.pass(30);
    let told = world.run(&json!([call_all(&["late", "well", "well"])])).await.output.unwrap();
    assert!(told[0][0]["err"].as_str().unwrap().contains("timed out"), "{told}");
    for other in [&told[0][1], &told[0][2]] {
        assert!(other["err"].as_str().unwrap().contains("one call is trying it"), "{told}");
    }
}

#[tokio::test]
async fn a_trial_that_fails_makes_the_wait_longer() {
    let world = world(AGENT, "circuit = { failures = 2, open = \"10s\" }", READS);
    world.told(&["trap", "trap"]).await;
    world.pass(10);
    world.told(&["transient"]).await;
    let opened: Vec<String> = world.changes().iter().map(|told| told.split(',').next().unwrap().to_owned()).collect();
    assert_eq!(opened, ["falters/acting.act is left alone for 10s", "falters/acting.act is left alone for 20s"]);
}

#[tokio::test]
async fn what_says_nothing_of_the_tool_does_not_open_its_circuit() {
    let world = world(AGENT, "", READS);
    world.told(&["invalid", "declined", "permanent"].repeat(5)).await;
    assert_eq!(world.changes(), [""; 0]);
    world.told(&["transient", "well"].repeat(10)).await;
    assert_eq!(world.changes(), [""; 0], "a call that goes well makes one good that did not");
    let off = self::world(AGENT, "circuit = \"off\"", READS);
    off.told(&["transient"; 10]).await;
    assert_eq!(off.changes(), [""; 0]);
}

#[tokio::test]
async fn a_deadline_that_is_missed_opens_it() {
    let world = world(AGENT, "circuit = { failures = 1 }\nlimits = { wall = \"50ms\", fuel = \"1T\" }", READS);
    world.told(&["late"]).await;
    assert_eq!(world.changes().len(), 1);
}

#[tokio::test]
async fn a_step_of_a_workflow_goes_the_same_way_and_is_tried_again() {
    let world = world(STEP, "circuit = { failures = 2 }", READS);
    let failed = world.run(&json!("transient")).await;
    let outcomes: Vec<String> = world.entries(&failed.run).await.iter().filter_map(ended).collect();
    assert!(outcomes[1].contains("come back later"), "{outcomes:?}");
    assert!(outcomes[2].contains("try again in 30s"), "the third attempt is refused: {outcomes:?}");
    world.pass(30);
    assert_eq!(world.run(&json!("well")).await.output, Some(json!("well")));
}

fn ended(entry: &Entry) -> Option<String> {
    match &entry.event {
        Event::InvocationEnded { outcome, .. } => Some(outcome.to_string()),
        _ => None,
    }
}

#[tokio::test]
async fn what_was_answered_is_answered_although_the_circuit_is_open() {
    let world = world(AGENT, "circuit = { failures = 1 }", READS);
    let run = world.run(&json!([call("well"), { "act": "random" }])).await.run;
    let entries = world.entries(&run).await;
    let replied = entries.iter().position(|entry| matches!(entry.event, Event::HostCall { .. })).unwrap();
    world.told(&["transient"]).await;
    world.verify(&run).await;
    for length in [replied, replied + 1] {
        let again = super::nested::cut(world.store.as_ref(), &entries[..length], world.store.as_ref()).await;
        let ending = world.host.resume(&again, &world.project, Arc::new(Silent)).await.unwrap();
        assert_eq!(ending.output.unwrap()[0], json!({ "ok": "well" }), "{length} entries");
        world.store.remove(again).await.unwrap();
    }
}

#[tokio::test]
async fn a_call_whose_turn_comes_too_late_is_told_the_rate_and_the_line() {
    let world = world(AGENT, "rate = \"1/h\"", WRITES);
    let told = world.told(&["well", "well"]).await;
    assert_eq!(told[0], "{\"ok\":\"well\"}");
    insta::assert_snapshot!(told[1]);
    world.pass(3_600);
    assert_eq!(world.told(&["well"]).await, ["{\"ok\":\"well\"}"]);

    let own = "rate = \"1000/s\"\ntools.\"acting.act\".rate = \"1/h burst 2\"";
    let told = self::world(AGENT, own, READS).told(&["well"; 3]).await;
    assert!(
        told[1].contains("well") && told[2].contains("[plugins.falters.tools.\\\\\\\"acting.act\\\\\\\"]"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_step_whose_turn_comes_too_late_fails_for_now() {
    let world = world(STEP, "rate = \"1/h\"", WRITES);
    assert_eq!(world.run(&json!("well")).await.outcome, "completed");
    let ending = world.run(&json!("well")).await;
    let outcomes: Vec<String> = world.entries(&ending.run).await.iter().filter_map(ended).collect();
    assert_eq!(outcomes.len(), 3, "each attempt asks for a turn: {outcomes:?}");
    assert!(outcomes.iter().all(|outcome| outcome.contains("transient") && outcome.contains("may be called 1/h")));
}

/// When each of the events happened.
fn moments(entries: &[Entry], is: impl Fn(&Event) -> bool) -> Vec<u64> {
    entries.iter().filter(|entry| is(&entry.event)).map(|entry| entry.at.0).collect()
}

#[tokio::test]
async fn calls_wait_for_their_turns_before_anything_of_them_is_written() {
    let (hands, clock) = (Arc::new(Hands(AtomicU64::new(0))), Arc::new(SystemClock));
    let world = world_at(AGENT, "rate = \"20/s\"", WRITES, Arc::clone(&hands), clock.clone());
    let ending = world.run(&json!([call_all(&["a", "b", "c"])])).await;
    assert_eq!(ending.output, Some(json!([[{ "ok": "a" }, { "ok": "b" }, { "ok": "c" }]])));
    let entries = world.entries(&ending.run).await;
    assert_spaced(&moments(&entries, |event| matches!(event, Event::HostCallStarted { .. })));

    let each = STEP
        .replace("  only:\n", "  only:\n    for_each: ${{ input }}\n")
        .replace("input: { acts: \"${{ input }}\" }", "input: { acts: \"${{ item }}\" }");
    let world = world_at(&each, "rate = \"20/s\"", WRITES, hands, clock);
    let ending = world.run(&json!(["a", "b", "c"])).await;
    assert_eq!(ending.output, Some(json!(["a", "b", "c"])), "{:?}", ending.error);
    assert_spaced(&moments(&world.entries(&ending.run).await, |event| {
        matches!(event, Event::InvocationStarted { .. })
    }));
}

/// A turn comes each 50 ms, as the clock counts them: in whole milliseconds.
fn assert_spaced(moments: &[u64]) {
    assert_eq!(moments.len(), 3);
    assert!(moments.windows(2).all(|pair| pair[1] >= pair[0]) && moments[2] - moments[0] >= 95, "{moments:?}");
}

#[test]
fn terms_of_a_function_that_is_not_there_are_refused() {
    let terms = "tools.\"acting.atc\".rate = \"1/s\"";
    let scratch = Scratch::new(STEP).plugin("falters", &guest("falters"), READS, terms);
    let project = Project::load(scratch.path()).unwrap();
    let error = Plugins::load(&project, &sandbox().unwrap(), |_| {}).err().unwrap();
    assert!(error.to_string().contains("says `tools` of `acting.atc`"), "{error}");
}
