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
    /// What may come out otherwise.
    pub leeway: Leeway,
    project: Place,
    input: Value,
}

/// The steps that may come out otherwise when a run is killed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Leeway {
    /// Those that make one call each that may not be repeated: if it was in flight at a kill, nobody knows whether it took
    /// effect, and it is declined. The call's effect is entered under the step's name.
    pub once: &'static [&'static str],
    /// Those that time stops: how far they come until then is not compared.
    pub timed: &'static [&'static str],
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
        leeway: Leeway::default(),
        project: Place::Example(folder),
        input,
    }
}

/// Everything that a run can do, with plugins that may post to the ledger.
fn everything(ledger: &Ledger) -> Workload {
    let tools = "tools = [\"pay/*\", \"post/*\", \"deputy/*\"]\nstate = [\"run\"]\nevents = [\"emit account.*\"]\n";
    let http = format!("http = [\"{}\"]", ledger.grant());
    let again = format!("http = [\"{} on unknown retry\"]", ledger.grant());
    let tool =
        |idempotent: bool| format!("[tools.fetch]\neffect = \"write\"\nidempotent = {idempotent}\n[asks]\n{http}\n");
    // What an agent's tool may do is what both may, unless it acts as itself.
    let calls = "grants = { tools = [\"pay/* as itself\", \"post/* as itself\", \"deputy/* as itself\"], state = [\"run\"], \
                 events = [\"emit account.*\"] }";
    let deputy = "[tools.\"acting.act\"]\neffect = \"write\"\nidempotent = true\n\
                  [asks]\ntools = [\"pay/*\", \"post/*\"]\nstate = [\"agent\"]\n";
    let lends = "grants = { tools = [\"pay/* as itself\", \"post/* as itself\"], state = [\"agent\"] }";
    let scratch = Scratch::new(include_str!("everything.workflow.yaml"))
        .agent("acts", calls, tools)
        .agent("fetches", &format!("isolation = \"process\"\ngrants = {{ {again} }}"), &http)
        .plugin("deputy", &guest("deputy"), deputy, lends)
        .plugin("pay", &guest("fetches_wasi"), &tool(true), &format!("grants = {{ {http} }}"))
        .plugin("post", &guest("fetches_wasi"), &tool(false), &format!("grants = {{ {http} }}\non_unknown = \"fail\""));
    Workload {
        name: "everything",
        people: People::Later,
        leeway: Leeway { once: &["chain", "step_once", "agent_once"], timed: &["late"] },
        project: Place::Scratch(Box::new(scratch)),
        input: json!({ "ledger": "" }),
    }
}
