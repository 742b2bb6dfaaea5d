//! `baton show` of a small recorded story, and what is told at the end of a run.

use baton_cli::again::{Again, Program};
use baton_cli::ending::Telling::{Asked, Quiet, Whole};
use baton_cli::ending::{Standing, for_people as output_for_people, pretty};
use baton_cli::story::{Telling, for_people, for_programs};
use baton_cli::trap::last_words;
use baton_runtime::Spending;
use baton_runtime::ending::{Blame, Ending};
use baton_runtime::journal::{Allowance, Entry, Event, Outcome, Timestamp};
use baton_runtime::plan::Ask;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::story::{BACKTRACE, ending, entries};

fn shown(to_the_end: bool, full: bool) -> String {
    let (ending, entries) = (ending(to_the_end), entries(to_the_end));
    let spending = Spending::of("client-onboarding", &entries);
    let telling = Telling { ending: &ending, spending: &spending, entries: &entries, zone: &TimeZone::UTC, full };
    anstream::adapter::strip_str(&for_people(&telling)).to_string()
}

#[test]
fn a_run_that_waits() {
    insta::assert_snapshot!(shown(false, false));
}

#[test]
fn a_run_that_shares_a_budget_with_others_says_so() {
    let (ending, mut entries) = (ending(false), entries(false));
    let Event::RunStarted(header) = &mut entries[0].event else { panic!("a run begins with its header") };
    let (since, micro_usd) = (Timestamp(1_763_942_400_000), 5_000_000);
    header.admission.allowance = Some(Allowance { since, micro_usd, reserved: 200_000 });
    let spending = Spending::of("client-onboarding", &entries);
    let telling =
        Telling { ending: &ending, spending: &spending, entries: &entries, zone: &TimeZone::UTC, full: false };
    let text = for_people(&telling);
    let line = "may cost 0.20 usd of the 5.00 usd that all runs share which begin after 2025-11-24 00:00:00 UTC";
    assert!(text.contains(line), "{text}");
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
    let text = pretty(&for_programs(&ending, &Spending::of("client-onboarding", &entries), &entries)).unwrap();
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
    let (mut ended, mut entries) = (ending(true), entries(true));
    // The person took two days, and then it failed by a trap.
    let decided = entries.iter().position(|entry| matches!(entry.event, Event::ApprovalDecided { .. })).unwrap();
    entries[decided..].iter_mut().for_each(|entry| entry.at.0 += 172_800_000);
    ended.error = Some(Blame { step: Some("letter".to_owned()), message: format!("trapped: unreachable{BACKTRACE}") });
    let again = Again::new(Program::called(None), None);
    let told = |ending: &Ending, entries: &[Entry], questions: &[Ask], telling| {
        let standing = Standing { ending, entries, questions };
        format!("{telling:?}:{}", standing.told(&again, &TimeZone::UTC, telling))
    };
    let asked = [crate::ask::ask(&["partner"], Some(json!({"required": ["fee"]})))];
    let parked = (ending(false), crate::story::entries(false));
    let mut text = vec![told(&ended, &entries, &[], Whole), told(&ended, &entries, &[], Quiet)];
    text.extend([Whole, Asked, Quiet].map(|telling| told(&parked.0, &parked.1, &asked, telling)));
    let text = text.join("\n\n");
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}

#[test]
fn an_output_is_read_as_text_with_its_lines() {
    let letter = json!({"decision": "accepted", "letter": {"text": "Dear Ida,\n\nwelcome.\x1b[2J\n"}});
    let expect = "decision: accepted\nletter:\n  text:\n    Dear Ida,\n    \n    welcome.\\u{1b}[2J";
    assert_eq!(output_for_people(&letter), expect);
}

#[test]
fn the_last_words_of_a_guest_that_trapped() {
    let mut entries = entries(true);
    assert!(last_words(&entries, "summarise").is_empty(), "its last attempt did well");
    entries.truncate(9);
    let words = ["thread '<unnamed>' panicked at src/lib.rs:14:24:", "no\x1b date"];
    entries.retain(|entry| !matches!(entry.event, Event::InvocationEnded { outcome: Outcome::Completed { .. }, .. }));
    assert_eq!(last_words(&entries, "summarise"), words);
}
