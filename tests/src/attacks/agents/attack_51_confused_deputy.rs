//! A plugin without network that has another one, which has it, ask for it: directly, through a third, and with a grant of
//! its own that is narrower. Only an operator who says so by name lends what the callee may do.

use baton_journal::{Authority, Event};
use serde_json::{Value, json};

use crate::attacks::{Arena, Attack, Verdict};
use crate::{Desk, Scratch, Server, guest};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 51, name: "a confused deputy", run };

const WORKFLOW: &str = "workflow: w
steps:
  only: { agent: acts, input: \"${{ input }}\" }
output: ${{ steps.only.output }}
";

fn run(arena: &Arena) -> Verdict {
    let server = Server::telling("inside");
    let ask = fetch(&server.url("/private"));
    let narrow = format!(", http = [\"GET {}\"]", server.url("/public/*"));
    let direct = denied(arena, &project(&server, "tools = [\"fetcher/*\"]"), &ask);
    let narrower = denied(arena, &project(&server, &format!("tools = [\"fetcher/*\"]{narrow}")), &ask);
    let through =
        json!({ "act": "call", "tool": "deputy/acting.act", "arguments": { "acts": json!([ask]).to_string() } });
    let chained = denied(arena, &project(&server, "tools = [\"deputy/*\", \"fetcher/*\"]"), &through);
    let half = denied(arena, &project(&server, "tools = [\"deputy/* as itself\", \"fetcher/*\"]"), &through);
    assert_eq!(server.requests(), Vec::<String>::new(), "it was reached");
    lent_by_name(arena, &server, &ask);
    Verdict::of([direct, narrower, chained, half])
}

fn fetch(url: &str) -> Value {
    let arguments = json!({ "method": "GET", "url": url, "body": "" });
    json!({ "act": "call", "tool": "fetcher/fetch", "arguments": arguments })
}

/// An agent with these grants, a tool that may ask the server, and one between them that may call it.
fn project(server: &Server, agent: &str) -> Scratch {
    let http = format!("http = [\"GET {}\"]", server.url("/*"));
    let asks = format!("tools = [\"fetcher/*\", \"deputy/*\"]\n{http}\n");
    Scratch::new(WORKFLOW)
        .agent("acts", &format!("grants = {{ {agent} }}"), &asks)
        .plugin("deputy", &guest("deputy"), "[asks]\ntools = [\"fetcher/*\"]\n", "grants = { tools = [\"fetcher/*\"] }")
        .plugin("fetcher", &guest("fetches_wasi"), &format!("[asks]\n{http}\n"), &format!("grants = {{ {http} }}"))
}

fn ran(arena: &Arena, project: &Scratch, act: &Value) -> (Desk, String, String) {
    let (desk, ending) = arena.run(project, &json!({ "acts": [act] }));
    let ending = ending.unwrap();
    let told = ending.output.unwrap_or_else(|| panic!("{:?}", ending.error)).to_string();
    let story = arena.block_on(desk.story(&ending.run));
    let journal: String =
        story.entries().iter().map(|entry| serde_json::to_string(&entry.event).unwrap() + "\n").collect();
    (desk, told, journal)
}

/// The caller is told no, and the journal says in whose name it was asked.
fn denied(arena: &Arena, project: &Scratch, act: &Value) -> Verdict {
    let (_, told, journal) = ran(arena, project, act);
    assert!(told.contains("err") && !told.contains("200 inside"), "{told}");
    let why = journal.lines().find(|line| line.contains("may not")).unwrap_or_else(|| panic!("{journal}"));
    let why = why.split("may not").nth(1).unwrap();
    assert!(why.contains("which called `fetcher/fetch`"), "{why}");
    Verdict::contained("denied in the caller's name", format!("may not{}", why.chars().take(200).collect::<String>()))
}

/// Who delegates by name gets what the callee may do, and the journal says that it acted as itself.
fn lent_by_name(arena: &Arena, server: &Server, act: &Value) {
    let (_, told, journal) = ran(arena, &project(server, "tools = [\"fetcher/* as itself\"]"), act);
    assert!(told.contains("200 inside") && server.requests().len() == 1, "{told}");
    let itself = journal
        .lines()
        .filter_map(|line| serde_json::from_str::<Event>(line).ok())
        .any(|event| matches!(event, Event::InvocationStarted { authority: Some(Authority::Itself), .. }));
    assert!(itself, "the journal does not say so: {journal}");
}
