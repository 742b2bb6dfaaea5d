//! The example with people: an agent reads contracts, two people of different roles decide, and a letter is written.

use std::collections::BTreeSet;
use std::sync::Arc;

use baton_journal::{Decision, Payload};
use baton_runtime::{Answer, Ending, Error, Forking, Said, Silent};
use baton_tests::{Copy, Desk, example};
use serde_json::{Value, json};

fn desk() -> Desk {
    Desk::new(&example("human-in-the-loop")).unwrap()
}

fn yes(desk: &Desk, by: &str, role: &str) -> Decision {
    let text = std::fs::read(desk.project.folder().join(format!("answers/{role}.json"))).unwrap();
    let answer: Value = serde_json::from_slice(&text).unwrap();
    let (by, role) = (by.to_owned(), Some(role.to_owned()));
    Decision::Approved { by, role, comment: None, answer: Some(Payload::json(&answer)) }
}

fn no(by: &str, role: &str) -> Decision {
    Decision::Rejected { by: by.to_owned(), role: Some(role.to_owned()), comment: Some("no cap".to_owned()) }
}

fn letter(ending: &Ending) -> &str {
    ending.output.as_ref().unwrap()["letter"]["text"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_of_different_roles_accept_with_conditions() {
    let desk = desk();
    let parked = desk.run_file("inputs/ledger.json").await;
    let [question] = &parked.waiting[..] else { panic!("{parked:?}") };
    assert_eq!((question.step.as_str(), question.missing), ("sign_off", 2));
    let open = desk.answer(&parked.run, "sign_off", yes(&desk, "Ada", "legal")).await.unwrap();
    assert_eq!((open.outcome, open.waiting[0].missing, open.waiting[0].votes.len()), ("parked", 1, 1));
    let ending = desk.answer(&parked.run, "sign_off", yes(&desk, "Bob", "commercial")).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    insta::assert_snapshot!(letter(&ending).lines().skip(4).collect::<Vec<_>>().join("\n"));
    let output = ending.output.unwrap();
    assert_eq!((&output["accepted"], &output["votes"][1]["by"]), (&json!(true), &json!("Bob")));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_no_leads_to_a_refusal_that_names_the_grave_clauses() {
    let desk = desk();
    let parked = desk.run_file("inputs/ledger.json").await;
    desk.answer(&parked.run, "sign_off", yes(&desk, "Ada", "legal")).await.unwrap();
    let ending = desk.answer(&parked.run, "sign_off", no("Bob", "commercial")).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    insta::assert_snapshot!(letter(&ending).lines().skip(4).collect::<Vec<_>>().join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn open_licences_are_for_nobody_to_decide() {
    let ending = desk().run_file("inputs/open-source.json").await;
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    assert!(letter(&ending).contains("nobody had to be asked"), "{}", letter(&ending));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_quotes_the_contract() {
    let desk = desk();
    let parked = desk.run_file("inputs/ledger.json").await;
    let story = desk.story(&parked.run).await;
    let shown: Value = serde_json::from_str(story.questions()[0].show.as_str().unwrap()).unwrap();
    let terms = std::fs::read_to_string(desk.project.folder().join("contracts/vendor-terms.txt")).unwrap();
    let terms = terms.split_whitespace().collect::<Vec<_>>().join(" ");
    let clauses = shown[0]["clauses"].as_array().unwrap();
    assert!(clauses.len() > 5, "{shown:#}");
    assert!(clauses.iter().all(|clause| terms.contains(clause["quote"].as_str().unwrap())), "{shown:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_another_proposal_is_refused_and_told_what_differs() {
    let desk = desk();
    let seen = desk.run_file("inputs/ledger.json").await;
    let token = seen.waiting[0].token.to_string();
    let mut input: Value =
        serde_json::from_slice(&std::fs::read(desk.project.folder().join("inputs/ledger.json")).unwrap()).unwrap();
    input["product"] = json!("everything of Meridian");
    let forking = Forking { step: "review".to_owned(), input: Some(input), with: BTreeSet::new() };
    let story = desk.story(&seen.run).await;
    let forked = desk.host.fork(&story, &forking, &desk.plugins).await.unwrap();
    let other = desk.host.resume(&forked.run, &desk.project, Arc::new(Silent)).await.unwrap();
    let said = Said::Decision(yes(&desk, "Ada", "legal"));
    let answer = Answer { step: "sign_off".to_owned(), token: Some(token.clone()), said };
    let error = desk.host.answer(&other.run, &answer).await.unwrap_err();
    let Error::AnotherProposal { changes: Some(changes), .. } = &error else { panic!("{error}") };
    assert!(changes.contains(&"+ Accept the terms for everything of Meridian?".to_owned()), "{changes:?}");
    assert!(error.hint().unwrap().contains("--token"), "{error}");
    desk.host.answer(&seen.run, &answer).await.unwrap();
    let unknown = Answer { token: Some("0123456789abcdef".to_owned()), ..answer };
    let error = desk.host.answer(&seen.run, &unknown).await.unwrap_err();
    assert!(error.to_string().contains("no question of this run has it"), "{error}");
}

#[test]
fn the_commands_that_are_told_answer_it() {
    let copy = Copy::of("human-in-the-loop");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let parked = copy.baton(&["run", ".", "-o", "json"]);
    assert_eq!(parked.status.code(), Some(3), "{}", text(&parked.stderr));
    let told = text(&parked.stderr);
    assert!(told.contains("delegate") && told.contains("--role commercial --token "), "{told}");
    let ending: Value = serde_json::from_slice(&parked.stdout).unwrap();
    let (run, token) = (ending["run"].as_str().unwrap(), ending["waiting"][0]["token"].as_str().unwrap());
    let handed = copy.baton(&["delegate", run, "sign_off", "--as", "Ada", "--role", "legal", "--to", "Cyd"]);
    assert_eq!(handed.status.code(), Some(0), "{}", text(&handed.stderr));
    let approve = |who: &[&str]| {
        let mut arguments = vec!["approve", run, "sign_off", "--token", token];
        arguments.extend(who);
        copy.baton(&arguments)
    };
    let gone = approve(&["--as", "ada", "--role", "legal", "--answer", "answers/legal.json"]);
    assert_eq!(gone.status.code(), Some(2), "{}", text(&gone.stderr));
    assert!(text(&gone.stderr).contains("has handed the vote on"), "{}", text(&gone.stderr));
    let first = approve(&["--as", "Cyd", "--answer", "answers/legal.json"]);
    assert_eq!(first.status.code(), Some(3), "{}", text(&first.stderr));
    let again = approve(&["--as", "cyd", "--answer", "answers/legal.json"]);
    assert_eq!(again.status.code(), Some(2), "{}", text(&again.stderr));
    assert!(text(&again.stderr).contains("nobody votes twice"), "{}", text(&again.stderr));
    let last = approve(&["--as", "Bob", "--role", "commercial", "--answer", "answers/commercial.json"]);
    assert_eq!(last.status.code(), Some(0), "{}", text(&last.stderr));
    let late = approve(&["--as", "Dan", "--role", "legal", "--answer", "answers/legal.json"]);
    assert_eq!(late.status.code(), Some(2), "{}", text(&late.stderr));
    assert!(text(&late.stderr).contains("was answered before, by Bob"), "{}", text(&late.stderr));
    let story = text(&copy.baton(&["show", run]).stdout);
    for part in ["handed by Ada as legal to Cyd", "approved by Cyd", "approved by Bob as commercial", &token[..12]] {
        assert!(story.contains(part), "`baton show` does not tell of {part}:\n{story}");
    }
}
