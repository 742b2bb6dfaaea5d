//! Text that commands the terminal of whoever reads a run: escapes, reversed and invisible characters.

use baton_cli::story::{Telling, for_people};
use serde_json::json;

use crate::Scratch;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 49, name: "commands to the terminal", run };

const HOSTILE: &str =
    "\u{1b}[2J\u{1b}]0;owned\u{7}\r\u{8}\u{9b}31m\u{202e}evil\u{2066}\u{200b}\u{feff}\u{2028}\u{e0041}";

/// A guest says it in a line, in a key, in an answer, and in its failure.
const WORKFLOW: &str = "workflow: w
steps:
  says:
    agent: acts
    input: { acts: [ { act: log, message: \"${{ input.text }}\" },
                     { act: get, scope: \"${{ input.text }}\", key: \"${{ input.text }}\" },
                     { act: call, tool: \"${{ input.text }}\", arguments: \"${{ input.text }}\" } ] }
  fails:
    needs: [says]
    agent: acts
    input: { acts: [ { act: fail, case: permanent, text: \"${{ input.text }}\" } ] }
output: ${{ steps.says.output }}
";

fn run(arena: &Arena) -> Verdict {
    let project = Scratch::new(WORKFLOW).agent("acts", "", "");
    let (desk, ending) = arena.run(&project, &json!({ "text": HOSTILE }));
    let ending = ending.unwrap();
    let story = arena.block_on(desk.story(&ending.run));
    let (spending, zone) = (story.spending(), jiff::tz::TimeZone::UTC);
    let telling = Telling { ending: &ending, spending: &spending, entries: story.entries(), zone: &zone, full: true };
    let page = for_people(&telling);
    assert!(page.contains("u{1b}") && page.contains("evil"), "{page}");
    check(&page);
    Verdict::contained("escaped", ending.error.unwrap().message)
}

/// Colours are ours; nothing else commands.
fn check(page: &str) {
    let plain = baton_cli::escape::escape(page);
    for hostile in
        ["\u{1b}[2J", "\u{1b}]", "\u{7}", "\r", "\u{8}", "\u{9b}", "\u{202e}", "\u{2066}", "\u{200b}", "\u{feff}"]
    {
        assert!(!page.contains(hostile), "{hostile:?} reaches the terminal in {plain}");
    }
}
