//! The conversation with a person who is asked.

use baton_cli::again::{Again, Program};
use baton_cli::ask::{Partner, answer, question};
use baton_cli::decide::refused;
use baton_cli::ending::commands;
use baton_runtime::Error as HostError;
use baton_runtime::Said;
use baton_runtime::journal::{Decision, Digest, Payload, Quorum, Site, StoreError, Timestamp};
use baton_runtime::plan::{Ask, Ballot, Delegation, RunError, Vote};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// Answers from a list, and keeps what was said.
struct Script {
    lines: Vec<&'static str>,
    said: Vec<String>,
}

impl Partner for Script {
    fn say(&mut self, text: &str) {
        self.said.push(anstream::adapter::strip_str(text).to_string());
    }

    fn ask(&mut self, prompt: &str) -> Option<String> {
        self.said.push(prompt.to_owned());
        if self.lines.is_empty() { None } else { Some(self.lines.remove(0).to_owned()) }
    }
}

pub(crate) fn ask(roles: &[&str], schema: Option<Value>) -> Ask {
    Ask {
        step: "sign_off".to_owned(),
        question: "Take this client on?".to_owned(),
        show: Payload::json(&json!({"risk": "medium"})),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        deadline: Timestamp(1_764_000_000_000),
        token: Digest::of(b""),
        answer_schema: schema,
        requested: true,
        in_doubt: None,
        asked_by: None,
        escalated: false,
        short: None,
        ballot: Ballot::default(),
    }
}

fn talk(ask: &Ask, lines: &[&'static str]) -> (Option<Decision>, Vec<String>) {
    let mut script = Script { lines: lines.to_vec(), said: Vec::new() };
    let is_null = |answer: &Payload| answer.as_str() == Some("null");
    let check = |decision: &Decision| match decision {
        Decision::Approved { answer: Some(answer), .. } if is_null(answer) => {
            Err(RunError::BadAnswer("null is no answer".to_owned()))
        }
        Decision::Rejected { by, .. } if by == "Eve" => Err(RunError::BadAnswer("`Eve` has voted".to_owned())),
        _ => Ok(()),
    };
    (answer(ask, Some("ada"), &mut script, &check), script.said)
}

#[test]
fn yes_with_the_defaults() {
    let (decision, _) = talk(&ask(&["partner"], None), &["a", "", "", ""]);
    let (by, role) = ("ada".to_owned(), Some("partner".to_owned()));
    assert_eq!(decision, Some(Decision::Approved { by, role, comment: None, answer: None }));
}

#[test]
fn no_with_a_role_and_a_comment() {
    let lines = ["maybe", "R", "Bob", "intern", "director", "too risky"];
    let (decision, said) = talk(&ask(&["partner", "director"], None), &lines);
    let (role, comment) = (Some("director".to_owned()), Some("too risky".to_owned()));
    assert_eq!(decision, Some(Decision::Rejected { by: "Bob".to_owned(), role, comment }));
    assert!(said.iter().any(|line| line.contains("that role may not answer")));
}

#[test]
fn who_may_not_answer_is_told_so() {
    let (decision, said) = talk(&ask(&["partner"], None), &["r", "Eve", "", ""]);
    assert_eq!(decision, None);
    assert!(said.iter().any(|line| line.contains("`Eve` has voted")), "{said:?}");
}

#[test]
fn the_question_that_several_must_answer() {
    let again = Again::new(Program::called(None), None);
    let vote = Vote {
        yes: true,
        by: "Dan".to_owned(),
        role: Some("legal".to_owned()),
        comment: None,
        answer: None,
        instead_of: Some("Ada".to_owned()),
    };
    let handed = Delegation { by: "Ada".to_owned(), role: Some("legal".to_owned()), to: "Dan".to_owned() };
    let of_role = ["legal", "finance"].map(|role| (role.to_owned(), 1)).into();
    let ballot = Ballot {
        quorum: Quorum { votes: 0, of_role, rejections: 1 },
        votes: vec![vote],
        delegations: vec![handed],
        may_delegate: true,
        ..Ballot::default()
    };
    let asked = Ask { ballot, ..ask(&["legal", "finance"], None) };
    let text = format!("{}\n{}", question(&asked, &TimeZone::UTC), commands(&again, "01kb", &asked).join("\n"));
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
    let named = Ballot { assignees: vec!["Ida Weiss".to_owned()], ..Ballot::default() };
    let asked = Ask { ballot: named, ..ask(&[], None) };
    assert!(commands(&again, "01kb", &asked)[0].contains("--as 'Ida Weiss' --token "));
}

#[test]
fn later_and_the_end_of_the_input_leave_it_open() {
    assert_eq!(talk(&ask(&[], None), &["later"]).0, None);
    assert_eq!(talk(&ask(&[], None), &[]).0, None);
    assert_eq!(talk(&ask(&["partner"], None), &["a", "Bob"]).0, None);
}

#[test]
fn an_answer_is_asked_for_until_it_fits() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        &*path.display().to_string().leak()
    };
    let lines = ["a", "", "", "/nowhere.json", path("null.json", "null"), path("good.json", "[1]")];
    let (decision, said) = talk(&ask(&[], Some(json!({"type": "array"}))), &lines);
    let Some(Decision::Approved { answer, .. }) = decision else { panic!("{said:?}") };
    assert_eq!(answer.unwrap().as_str(), Some("[1]"));
    assert!(said.iter().any(|line| line.contains("null is no answer")), "{said:?}");
}

#[test]
fn the_question_and_the_commands_that_answer_it() {
    let again = Again::new(Program::called(None), None);
    let asked = ask(&["managing partner"], Some(json!({})));
    let text = format!("{}\n{}", question(&asked, &TimeZone::UTC), commands(&again, "01kb", &asked).join("\n"));
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}

#[test]
fn the_question_about_a_call_that_nobody_knows_of() {
    let again = Again::new(Program::called(None), None);
    let call = json!({
        "call": "crm/contacts.upsert", "invocation": "contact#1", "arguments": { "name": "Ada" },
        "idempotency_key": "3f0a", "began": 1_763_900_000_000_u64,
    });
    let asked = Ask {
        step: "contact".to_owned(),
        question:
            "The host died while crm/contacts.upsert was in flight: nobody knows whether it took effect. Make it again?"
                .to_owned(),
        show: Payload::json(&json!({ "calls": [call] })),
        in_doubt: Some(Site { step: "contact".to_owned(), item: None }),
        asked_by: None,
        ..ask(&[], None)
    };
    let text = format!("{}\n{}", question(&asked, &TimeZone::UTC), commands(&again, "01kb", &asked).join("\n"));
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}

#[test]
fn the_question_about_work_that_failed() {
    let again = Again::new(Program::called(None), None);
    let text = "the output does not fit risk.json: /risk: \"odd\" is not one of \"low\" or \"high\"";
    let evidence = json!({
        "failure": { "kind": "output", "case": "transient", "text": text },
        "attempts": 2,
        "findings": ["/risk: \"odd\" is not one of \"low\" or \"high\""],
        "output": { "risk": "odd" },
    });
    let asked = Ask {
        step: "summarise[2]".to_owned(),
        question: format!("`summarise[2]` failed: {text}. Try it once more?"),
        show: Payload::json(&evidence),
        escalated: true,
        ..ask(&["editor"], None)
    };
    let text = format!("{}\n{}", question(&asked, &TimeZone::UTC), commands(&again, "01kb", &asked).join("\n"));
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}

#[test]
fn a_refused_answer_is_told_what_would_be_taken() {
    let check = |error: HostError, role: Option<&str>, expect: &[&str]| {
        let decision =
            Decision::Approved { by: "ada".to_owned(), role: role.map(ToOwned::to_owned), comment: None, answer: None };
        let asked = ask(&["partner", "managing director"], Some(json!({"required": ["fee"]})));
        let said = Said::Decision(decision);
        assert_eq!(refused(error, Some(&asked), &said, "see the run").hints(), expect);
    };
    let bad = || HostError::Run(RunError::BadAnswer("no".to_owned()));
    check(bad(), None, &["say in which role you answer: --role partner or --role 'managing director'"]);
    check(bad(), Some("intern"), &["say in which role you answer: --role partner or --role 'managing director'"]);
    check(bad(), Some("partner"), &["--answer FILE, where FILE is JSON that has `fee`"]);
    let over = HostError::TooLate("sign_off".to_owned());
    check(over, None, &["resume the run: it goes on as the step's `on_timeout` says"]);
    let driven = StoreError::Claimed("01kb0000000000000000000000".parse().unwrap());
    let there = "if it asks on a terminal, answer there; after `later` it is free for others";
    check(driven.into(), None, &["it goes on there; `baton show` follows it", there]);
    let not_asking = HostError::NotAsking { step: "letter".to_owned(), waiting: "sign_off does".to_owned() };
    check(not_asking, None, &["see the run"]);
}

#[test]
fn who_has_no_name_is_asked_for_one() {
    let mut script = Script { lines: vec!["a", "", "Ida", ""], said: Vec::new() };
    let decision = answer(&ask(&[], None), None, &mut script, &|_| Ok(()));
    assert_eq!(decision, Some(Decision::Approved { by: "Ida".to_owned(), role: None, comment: None, answer: None }));
    assert!(script.said.contains(&"  your name?".to_owned()));
}
