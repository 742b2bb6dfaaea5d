//! What runs while it is killed: the example, and a workflow that does everything that a run can do. It does not know who
//! kills, and when.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::ledger::Ledger;
use super::observer::People;
use crate::guests::{example, guest};
use crate::scratch::Scratch;

/// A project with an input, and what is known of it.
pub struct Workload {
    /// Its name.
    pub name: &'static str,
    /// When people answer.
    pub people: People,
    /// The steps that make one call each that may not be repeated: if it was in flight at a kill, nobody knows whether it
    /// took effect, and the step may come out otherwise. The call's effect is entered under the step's name.
    pub once: &'static [&'static str],
    /// The steps that time stops: how far they come until then is not compared.
    pub timed: &'static [&'static str],
    project: Place,
    input: Value,
}

enum Place {
    Example(PathBuf),
    Scratch(Box<Scratch>),
}

impl Workload {
    /// All of them, with their outside.
    #[must_use]
    pub fn all(ledger: &Ledger) -> [Workload; 2] {
        [onboarding(), everything(ledger)]
    }

    /// Its folder.
    #[must_use]
    pub fn project(&self) -> &Path {
        match &self.project {
            Place::Example(folder) => folder,
            Place::Scratch(scratch) => scratch.path(),
        }
    }

    /// The input of a run whose outside is at this URL.
    #[must_use]
    pub fn input(&self, outside: &str) -> Value {
        let mut input = self.input.clone();
        if let Some(place) = input.get_mut("ledger") {
            *place = Value::from(outside);
        }
        input
    }
}

/// The example, whose partner answers at once.
fn onboarding() -> Workload {
    let folder = example("client-onboarding");
    let input = std::fs::read(folder.join("clients/sign-off.json")).unwrap();
    let input = serde_json::from_slice(&input).unwrap();
    Workload {
        name: "onboarding",
        people: People::AtHand,
        once: &[],
        timed: &[],
        project: Place::Example(folder),
        input,
    }
}

/// Agents side by side whose tools post side by side, an agent in a process of its own that posts itself, state, another attempt after a delay, a
/// call that is never answered, a person who answers later, and calls that may not be repeated, of a step and of an agent.
const EVERYTHING: &str = r#"
workflow: everything
steps:
  book:
    for_each: "${{ ['ada', 'bob', 'cyd'] }}"
    max_parallel: 2
    agent: acts
    input: { acts: [
      { act: increment, scope: run, key: "${{ item }}", by: 1 },
      { act: log, message: "${{ item }}" },
      { act: call, tool: pay/fetch,
        arguments: { method: POST, url: "${{ input.ledger + '/keyed/tool-' + item }}", body: "1" } },
      { act: set-budget, scope: run, key: left },
      { act: call-all, tool: pay/fetch, arguments: [
        { method: POST, url: "${{ input.ledger + '/plain/all-' + item }}", body: "1" },
        { method: POST, url: "${{ input.ledger + '/keyed/all-' + item }}", body: "2" } ] },
      { act: increment, scope: run, key: "${{ item }}", by: 1 } ] }
  again:
    needs: [book]
    agent: acts
    input: { acts: [ { act: increment, scope: run, key: attempts, by: 1 }, { act: log, message: again } ] }
    check: ["output[0].ok >= 2"]
    retry: { max: 3, backoff: 20ms }
  late:
    needs: [book]
    tool: pay/fetch
    input: { method: POST, url: "${{ input.ledger + '/silent/late' }}", body: "1" }
    timeout: 50ms
    on_failure: { continue: null }
  sure:
    needs: [again]
    approve: { question: Go on?, roles: [partner] }
  itself:
    needs: [sure]
    agent: fetches
    input:
      - { method: GET, url: "${{ input.ledger + '/read/rates' }}" }
      - { method: POST, url: "${{ input.ledger + '/keyed/itself' }}", body: "1" }
      - { method: POST, url: "${{ input.ledger + '/plain/itself' }}", body: "2" }
  step_once:
    needs: [sure]
    tool: post/fetch
    input: { method: POST, url: "${{ input.ledger + '/plain/step_once' }}", body: "1" }
    on_failure: { continue: null }
  agent_once:
    needs: [sure]
    agent: acts
    input: { acts: [ { act: call, tool: post/fetch,
      arguments: { method: POST, url: "${{ input.ledger + '/plain/agent_once' }}", body: "1" } } ] }
output:
  book: "${{ steps.book.output }}"
  again: "${{ steps.again.output }}"
  late: "${{ steps.late.outcome }}"
  sure: "${{ steps.sure.outcome }}"
  itself: "${{ steps.itself.output }}"
  step_once: "${{ steps.step_once.output }}"
  agent_once: "${{ steps.agent_once.output }}"
"#;

fn everything(ledger: &Ledger) -> Workload {
    let tools = "tools = [\"pay/*\", \"post/*\"]\nstate = [\"run\"]\n";
    let http = format!("http = [\"{}\"]", ledger.grant());
    let tool =
        |idempotent: bool| format!("[tools.fetch]\neffect = \"write\"\nidempotent = {idempotent}\n[asks]\n{http}\n");
    // What an agent's tool may do is what both may, unless it acts as itself.
    let calls = "grants = { tools = [\"pay/* as itself\", \"post/* as itself\"], state = [\"run\"] }";
    let scratch = Scratch::new(EVERYTHING)
        .agent("acts", calls, tools)
        .agent("fetches", &format!("isolation = \"process\"\ngrants = {{ {http} }}"), &http)
        .plugin("pay", &guest("fetches_wasi"), &tool(true), &format!("grants = {{ {http} }}"))
        .plugin("post", &guest("fetches_wasi"), &tool(false), &format!("grants = {{ {http} }}"));
    Workload {
        name: "everything",
        people: People::Later,
        once: &["step_once", "agent_once"],
        timed: &["late"],
        project: Place::Scratch(Box::new(scratch)),
        input: json!({ "ledger": "" }),
    }
}
