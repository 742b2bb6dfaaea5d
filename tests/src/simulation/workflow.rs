//! Workflows that follow from a seed: agents that keep, call, emit and fetch, tools, questions, retries with delays, steps for each
//! of some items, each waiting for some of those before it. What they come to does not depend on the order in which they run.

use baton_runtime::Plugins;
use baton_runtime::plan::Plan;

use crate::Scratch;
use crate::seeded::Seeded;

/// The most steps of a workflow.
const STEPS: usize = 6;

/// A project with the plugins that the workflows use.
pub(super) fn project() -> Scratch {
    let facts = "[tools.\"contacts.upsert\"]\neffect = \"write\"\nidempotent = true\n[asks]\nstate = [\"agent\"]\n";
    let grants = "grants = { state = [\"run\"], tools = [\"crm/*\"], events = [\"emit *\"] }";
    Scratch::new("workflow: w\nsteps:\n  a: { agent: acts, input: { acts: [] } }\n")
        .agent("acts", grants, "state = [\"run\"]\ntools = [\"crm/*\"]\nevents = [\"emit *\"]\n")
        .agent(
            "fetches",
            "grants = { http = [\"PUT,GET http://ledger.test/*\"] }",
            "http = [\"PUT,GET http://ledger.test/*\"]\n",
        )
        .tool("crm", "grants = { state = [\"agent\"] }", facts)
}

/// The plan of a seed.
pub(super) fn plan(plugins: &Plugins, seeded: &mut Seeded) -> Plan {
    let text = text(seeded);
    let parsed = Plan::parse("seed", text.as_bytes(), &|_| Err("there is none".to_owned()), &plugins.catalog());
    parsed.unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

fn text(seeded: &mut Seeded) -> String {
    let steps = 1 + seeded.below(STEPS);
    let mut text = String::from("workflow: w\nsteps:\n");
    for step in 0..steps {
        let needs: Vec<String> =
            (0..step).filter(|_| seeded.below(3) == 0).map(|before| format!("s{before}")).collect();
        text.push_str(&format!("  s{step}: {{ needs: [{}], {} }}\n", needs.join(", "), work(step, seeded)));
    }
    let outputs: Vec<String> = (0..steps).map(|step| format!("s{step}: \"${{{{ steps.s{step}.output }}}}\"")).collect();
    text.push_str(&format!("output: {{ {} }}\n", outputs.join(", ")));
    text
}

fn work(step: usize, seeded: &mut Seeded) -> String {
    match seeded.below(6) {
        0 => "approve: { question: Go on? }".to_owned(),
        1 => {
            let retry = "retry: { max: 2, backoff: 0ms }, on_failure: { continue: null }";
            format!(
                "agent: acts, input: {{ acts: [{}, {{ act: fail, case: transient, text: no }}] }}, {retry}",
                keep(step, "r")
            )
        }
        2 => {
            let fetch = put(&format!("{step}/${{{{ item }}}}"));
            format!("for_each: \"${{{{ [1, 2, 3] }}}}\", max_parallel: 2, agent: fetches, input: [{fetch}]")
        }
        3 => format!("tool: crm/contacts.upsert, input: {}", client(step, 0)),
        4 => {
            let requests: Vec<String> = (0..=seeded.below(3)).map(|number| put(&format!("{step}/{number}"))).collect();
            format!("agent: fetches, input: [{}]", requests.join(", "))
        }
        _ => {
            let acts: Vec<String> = (0..=seeded.below(4)).map(|number| act(step, number, seeded)).collect();
            format!("agent: acts, input: {{ acts: [{}] }}", acts.join(", "))
        }
    }
}

fn act(step: usize, number: usize, seeded: &mut Seeded) -> String {
    match seeded.below(5) {
        4 => format!("{{ act: emit, event: s{step}.{number}, data: {number} }}"),
        0 => format!("{{ act: log, message: line {number} }}"),
        1 => keep(step, &number.to_string()),
        2 => format!("{{ act: call, tool: crm/contacts.upsert, arguments: {} }}", client(step, number)),
        _ => {
            let (one, two) = (client(step, number), client(step, number + 100));
            format!("{{ act: call-all, tool: crm/contacts.upsert, arguments: [{one}, {two}] }}")
        }
    }
}

/// A value that only this act touches.
fn keep(step: usize, name: &str) -> String {
    format!("{{ act: increment, scope: run, key: k{step}-{name}, by: 1 }}")
}

fn client(step: usize, number: usize) -> String {
    format!("{{ client: {{ name: \"n{step}-{number}\", kind: person, country: DE }} }}")
}

fn put(path: &str) -> String {
    format!("{{ method: PUT, url: \"http://ledger.test/{path}\", body: x }}")
}
