//! `baton show` of a small recorded story, and what is told at the end of a run.

use baton_cli::ending::{pretty, summary};
use baton_cli::story::{Telling, for_people, for_programs};
use jiff::tz::TimeZone;

use crate::story::{ending, entries};

fn shown(to_the_end: bool, full: bool) -> String {
    let (ending, entries) = (ending(to_the_end), entries(to_the_end));
    let telling = Telling { ending: &ending, entries: &entries, zone: &TimeZone::UTC, full };
    anstream::adapter::strip_str(&for_people(&telling)).to_string()
}

#[test]
fn a_run_that_waits() {
    insta::assert_snapshot!(shown(false, false));
}

#[test]
fn a_run_that_failed() {
    insta::assert_snapshot!(shown(true, false));
}

#[test]
fn in_full_nothing_is_shortened() {
    let (full, short) = (shown(false, true), shown(false, false));
    assert_eq!(full.matches("REPUBLIC OF AUSTRIA").count(), 100);
    assert!(short.ends_with("--full shows them, -o json shows everything") && !full.contains("--full"));
}

#[test]
fn no_text_of_others_reaches_the_terminal() {
    for text in [shown(true, false), shown(true, true)] {
        assert!(!text.chars().any(|c| c == '\u{202e}' || (c.is_control() && c != '\n')));
        assert!(text.contains("\\u{1b}[31m Weiss") && text.contains("\\u{202e}"));
    }
}

#[test]
fn for_programs_everything_is_there_with_payloads_in_place() {
    let (ending, entries) = (ending(true), entries(true));
    let text = pretty(&for_programs(&ending, &entries)).unwrap();
    assert!(!text.contains('\u{202e}'));
    let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(whole["entries"].as_array().unwrap().len(), entries.len());
    assert_eq!(whole["input"]["applicant"]["country"], "AT");
    let mut whole = whole;
    whole["entries"].as_array_mut().unwrap().truncate(3);
    insta::assert_json_snapshot!(whole, {
        ".entries[].digest" => "[digest]", ".entries[].at" => "[at]",
        ".input.documents" => "[documents]", ".entries[0].event.input.documents" => "[documents]",
    });
}

#[test]
fn the_end_of_a_run() {
    let text = [summary(&ending(true), 61_000), summary(&ending(false), 1_240)].join("\n");
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}
