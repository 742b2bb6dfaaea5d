//! Votes: several people, handed on, reminded, escalated.

use baton_journal::{Decision, Event, Timestamp, Turn};
use serde_json::{Value, json};

use super::world::{self, World};
use crate::run::{Action, Ask, Status};

const HOUR: u64 = 3_600_000;

/// A run that asks with these keys of `approve`.
fn asking(keys: &str) -> World {
    let steps = format!("  a: {{ approve: {{ question: \"ok?\", {keys} }} }}\noutput: \"${{{{ steps.a.output }}}}\"");
    let mut world = World::new(&steps);
    let actions = world.begin();
    let [Action::Ask(ask)] = &actions[..] else { panic!("{actions:?}") };
    world.apply(&World::requested(ask));
    world
}

fn yes(by: &str, role: Option<&str>) -> Decision {
    Decision::Approved { by: by.to_owned(), role: role.map(str::to_owned), comment: None, answer: None }
}

fn no(by: &str) -> Decision {
    Decision::Rejected { by: by.to_owned(), role: None, comment: None }
}

/// A person answers, as a host would record it.
fn say(world: &mut World, decision: Decision) -> Vec<Action> {
    let event = world.run.answer("a", decision).expect("they may");
    world.apply(&event)
}

fn refused(world: &World, decision: Decision) -> String {
    world.run.answer("a", decision).expect_err("they may not").to_string()
}

fn hand(world: &mut World, by: &str, to: &str) -> Result<(), String> {
    let event = world.run.delegate("a", (by, None), to, None).map_err(|error| error.to_string())?;
    world.apply(&event);
    Ok(())
}

/// What is due happens, when it is due.
fn wait(world: &mut World, hours: u64) -> (Option<Event>, Vec<Action>) {
    world.now = Timestamp(world.now.0 + hours * HOUR);
    match world.question("a").overdue(world.now) {
        Some(event) => (Some(event.clone()), world.apply(&event)),
        None => (None, Vec::new()),
    }
}

#[test]
fn two_of_three_must_say_yes() {
    let mut world = asking("assignees: [ada, bob, cyd], votes: 2, rejections: 2");
    assert_eq!(say(&mut world, yes("bob", None)), []);
    assert_eq!(world.run.status(), Status::Parked);
    assert_eq!(world.question("a").ballot.count(), "1 of 2 votes");
    let again = refused(&world, yes(" BOB", None));
    assert_eq!(again, "` BOB` has voted on `a` already, and nobody votes twice: 1 more vote is needed, of others");
    assert_eq!(refused(&world, yes("eve", None)), "step `a` is for ada, bob or cyd, not for `eve` to answer");
    assert_eq!(say(&mut world, no("ada")), []);
    let output = world::output(&say(&mut world, yes("cyd", None)));
    assert_eq!((&output["decision"], &output["by"]), (&json!("approved"), &json!("cyd")));
    let votes: Vec<(&Value, &Value)> =
        output["votes"].as_array().unwrap().iter().map(|vote| (&vote["by"], &vote["decision"])).collect();
    let (approved, rejected) = (json!("approved"), json!("rejected"));
    assert_eq!(votes, [(&json!("bob"), &approved), (&json!("ada"), &rejected), (&json!("cyd"), &approved)]);
    assert!(refused(&world, yes("ada", None)).contains("does not wait for an answer"));
}

#[test]
fn one_no_rejects_unless_more_are_needed() {
    let mut world = asking("assignees: [ada, bob], votes: 2");
    say(&mut world, yes("ada", None));
    assert_eq!(world::message(&say(&mut world, no("bob"))), "declined: rejected by bob");
}

#[test]
fn each_role_must_say_yes() {
    let mut world = asking("votes: { legal: 1, finance: 1 }");
    say(&mut world, yes("ada", Some("legal")));
    let second = refused(&world, yes("bob", Some("legal")));
    assert_eq!(second, "`legal` has said yes to `a` already: 1 more vote is needed, of finance");
    let output = world::output(&say(&mut world, yes("bob", Some("finance"))));
    assert_eq!(output["votes"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_vote_that_does_not_decide_is_no_decision_and_the_other_way_round() {
    let mut world = asking("roles: [partner], votes: 2");
    let ask = world.question("a");
    let first = yes("ada", Some("partner"));
    world.refused(&World::decided(&ask, first.clone()), "1 more vote is needed");
    let voted = |vote| Event::ApprovalTurn { step: ask.step.clone(), token: ask.token, turn: Turn::Voted { vote } };
    world.apply(&voted(first.clone()));
    world.refused(&voted(first), "nobody votes twice");
    world.refused(&voted(yes("bob", Some("partner"))), "this vote decides");
    world.refused(&voted(Decision::Expired), "nobody says that the time");
}

#[test]
fn a_vote_can_be_handed_on_and_is_one_vote() {
    let mut world = asking("assignees: [ada, bob], votes: 2, delegate: true");
    assert_eq!(hand(&mut world, "ada", "cyd"), Ok(()));
    assert_eq!(refused(&world, yes("ada", None)), "`ada` has handed the vote on `a` to `cyd`, who may answer");
    assert_eq!(hand(&mut world, "cyd", "dan"), Ok(()));
    assert_eq!(hand(&mut world, "dan", "eve"), Ok(()));
    assert!(hand(&mut world, "eve", "fay").unwrap_err().contains("too often"));
    for taken in ["ada", "bob", "cyd", "Dan"] {
        assert!(hand(&mut world, "eve", taken).unwrap_err().contains("nobody votes twice"), "{taken}");
    }
    say(&mut world, yes("eve", None));
    assert!(hand(&mut world, "eve", "gil").unwrap_err().contains("has voted"));
    let output = world::output(&say(&mut world, yes("bob", None)));
    assert_eq!((&output["votes"][0]["by"], &output["votes"][0]["instead_of"]), (&json!("eve"), &json!("ada")));
}

#[test]
fn without_delegate_no_vote_is_handed_on() {
    let mut world = asking("assignees: [ada]");
    let error = hand(&mut world, "ada", "bob").unwrap_err();
    assert_eq!(error, "a vote on `a` cannot be handed on: the step does not say `delegate: true`");
}

#[test]
fn a_delegate_votes_in_the_role_of_who_handed_on() {
    let mut world = asking("votes: { legal: 1, finance: 1 }, delegate: true");
    let event = world.run.delegate("a", ("ada", Some("legal")), "bob", Some("away".to_owned())).unwrap();
    world.apply(&event);
    assert!(refused(&world, yes("bob", Some("partner"))).contains("not for `partner`"));
    say(&mut world, yes("bob", None));
    assert_eq!(world.question("a").ballot.missing_roles(), ["finance"]);
}

#[test]
fn people_are_reminded_once_for_all_that_was_missed() {
    let mut world = asking("roles: [partner], timeout: 4d, remind: [4h, 1d, 2d]");
    assert_eq!(wait(&mut world, 3), (None, Vec::new()));
    let reminder = |event: Option<Event>| match event {
        Some(Event::ApprovalTurn { turn: Turn::Reminded { reminder }, .. }) => Some(reminder),
        _ => None,
    };
    assert_eq!(reminder(wait(&mut world, 1).0), Some(1));
    assert_eq!(wait(&mut world, 1), (None, Vec::new()));
    assert_eq!(reminder(wait(&mut world, 60).0), Some(3), "the second was missed");
    assert_eq!(wait(&mut world, 1), (None, Vec::new()));
    let ask = world.question("a");
    assert_eq!(ask.due(), ask.deadline);
    let again = Event::ApprovalTurn { step: "a".to_owned(), token: ask.token, turn: Turn::Reminded { reminder: 2 } };
    world.refused(&again, "no reminder 2 to give");
}

#[test]
fn a_question_that_nobody_decides_goes_up_and_keeps_its_votes() {
    let mut world = asking(
        "roles: [partner], votes: 2, timeout: 2d,
      on_timeout: [{ escalate: [director], timeout: 1d }, { assignees: [\"${{ 'zoe' }}\"], timeout: 4h, then: fail }]",
    );
    say(&mut world, yes("ada", Some("partner")));
    assert!(refused(&world, yes("dan", Some("director"))).contains("is for partner"));
    let ask = world.question("a");
    world.refused(&World::decided(&ask, Decision::Expired), "is escalated first");
    let (_, actions) = wait(&mut world, 60);
    assert_eq!(actions, []);
    let ask = world.question("a");
    assert_eq!(ask.audience(), "partner or director");
    assert_eq!(ask.deadline.0, world.now.0 - 1 + 24 * HOUR, "the time counts from when somebody can know of it");
    wait(&mut world, 24);
    assert_eq!(world.question("a").audience(), "zoe, partner or director");
    let escalated = world.question("a");
    let (_, actions) = wait(&mut world, 4);
    assert_eq!(world::message(&actions), "permanent: only 1 of 2 votes came within 76h");
    assert_eq!(escalated.ballot.votes.len(), 1);
}

#[test]
fn whoever_it_was_escalated_to_stands_in_for_any_role() {
    let mut world = asking("votes: { legal: 1, finance: 1 }, timeout: 1d, on_timeout: { escalate: [director] }");
    say(&mut world, yes("ada", Some("legal")));
    wait(&mut world, 24);
    let output = world::output(&say(&mut world, yes("dan", Some("director"))));
    assert_eq!(output["by"], json!("dan"));
}

#[test]
fn silence_is_a_yes_only_where_the_plan_says_so() {
    let mut world = asking("roles: [partner], timeout: 1d, on_timeout: approve");
    let (_, actions) = wait(&mut world, 24);
    let output = world::output(&actions);
    assert_eq!(
        output,
        json!({"decision": "approved", "by": null, "role": null, "comment": null, "answer": null, "votes": []})
    );
    for (keys, expect) in [
        ("timeout: 1d", "declined: nobody answered within 1d"),
        ("timeout: 1d, on_timeout: fail", "permanent: nobody answered within 1d"),
    ] {
        let mut world = asking(keys);
        let (_, actions) = wait(&mut world, 24);
        assert_eq!(world::message(&actions), expect);
    }
}

#[test]
fn assignees_are_who_the_expression_says() {
    let workflow = |assignees: &str, votes: u32| {
        format!("  a: {{ approve: {{ question: ok?, assignees: {assignees}, votes: {votes} }} }}")
    };
    let mut world = World::new(&workflow("\"${{ input.who }}\"", 2)).with_input(json!({"who": ["ada", "bob", "Ada "]}));
    let actions = world.begin();
    let [Action::Ask(Ask { ballot, .. })] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(ballot.assignees, ["ada", "bob"]);
    for (who, expect) in [
        (json!(["ada", "Ada"]), "invalid: `votes` asks for 2 people, and `assignees` came to 1"),
        (json!("ada"), "invalid: `assignees` is no list of names"),
        (json!(["ada", 1]), "invalid: `assignees` has no name in it: 1"),
    ] {
        let mut world = World::new(&workflow("\"${{ input.who }}\"", 2)).with_input(json!({ "who": who }));
        assert_eq!(world::message(&world.begin()), expect);
    }
}
