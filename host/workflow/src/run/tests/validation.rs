//! What stands between an output and those who read it: checks, verifiers, repairs, and which failures are tried again.

use baton_journal::{Failure, Limit, Outcome, RunOutcome};
use serde_json::{Value, json};

use super::world::{self, World, sites};
use crate::run::{Action, StepStatus};

/// A verdict.
fn verdict(word: &str, reasons: &[&str], confidence: f64) -> Value {
    json!({ "verdict": word, "reasons": reasons, "confidence": confidence })
}

const VERIFIED: &str = "  a: { agent: any, input: { n: 7 }, verify: { agent: any, min_confidence: 0.7 } }
  b: { agent: any, input: { of: \"${{ steps.a.output }}\" } }";

#[test]
fn retry_says_after_which_failures() {
    let check = |on: &str, outcome: &Outcome, again: bool| {
        let mut world =
            World::new(&format!("  a: {{ agent: any, output: risk.json, retry: {{ max: 1, on: [{on}] }} }}"));
        world.begin();
        let actions = world.fail("a", 1, outcome.clone());
        assert_eq!(matches!(actions[0], Action::Wait(_)), again, "{on}: {outcome:?}");
    };
    let exhausted = Outcome::Exhausted { limit: Limit::Fuel, message: "fuel".to_owned() };
    let invalid = Outcome::Failed { failure: Failure::Invalid("bad".to_owned()) };
    for (word, outcome) in [
        ("transient", world::transient()),
        ("trapped", Outcome::Trapped { message: "x".to_owned() }),
        ("timeout", Outcome::TimedOut { after_ms: 5 }),
        ("output", world::completed(&json!({"risk": "odd"}))),
        ("invalid", invalid),
        ("exhausted", exhausted),
    ] {
        check(word, &outcome, true);
        check(if word == "timeout" { "trapped" } else { "timeout" }, &outcome, false);
    }
}

#[test]
fn a_write_whose_output_is_bad_has_happened_all_the_same() {
    let mut world = World::new("  a: { tool: crm/contacts.create, input: { client: {} }, retry: { max: 3 } }");
    world.begin();
    let actions = world.fail("a", 1, world::completed(&json!({"id": 7})));
    assert!(world::message(&actions).contains("does not fit the result of"), "{actions:?}");
}

#[test]
fn nothing_reads_an_output_before_it_is_verified() {
    let mut world = World::new(VERIFIED);
    world.begin();
    assert_eq!(sites(&world.complete("a", json!("x"))), ["a.verify"]);
    assert_eq!(world.input_of("a.verify"), json!({"output": "x", "input": {"n": 7}}));
    assert_eq!(world.status("a"), StepStatus::Running);
    assert_eq!(sites(&world.complete("a.verify", verdict("pass", &[], 0.7))), ["b"]);
    assert_eq!(world.input_of("b"), json!({"of": "x"}));
    assert_eq!((world.status("a"), world.status("a.verify")), (StepStatus::Completed, StepStatus::Completed));
}

#[test]
fn a_verdict_that_is_no_pass_is_a_bad_output() {
    let check = |verdict: Value, expect: &str| {
        let mut world = World::new(VERIFIED);
        world.begin();
        world.complete("a", json!("x"));
        assert_eq!(
            world::message(&world.complete("a.verify", verdict)),
            format!("transient: the output was not verified: {expect}")
        );
        assert_eq!(world.status("a.verify"), StepStatus::Completed, "it has judged");
        let quarantined = world.run.quarantined();
        assert_eq!((quarantined[0].site.to_string().as_str(), quarantined[0].attempt), ("a", 1));
        assert_eq!(quarantined[0].findings.join("; "), expect);
        assert!(world.run.is_quarantined(&world::site("a"), 1) && !world.run.is_quarantined(&world::site("a"), 2));
    };
    check(verdict("fail", &["it is long", "it is wrong"], 0.1), "it is long; it is wrong");
    check(verdict("fail", &[], 1.0), "`a.verify` does not pass it, and gives no reason");
    check(
        verdict("pass", &["perhaps"], 0.69),
        "`a.verify` passes it with a confidence of 0.69, and 0.7 is needed; perhaps",
    );
}

#[test]
fn a_verifier_that_makes_a_slip_is_asked_again_and_one_that_breaks_is_told() {
    let mut world = World::new(VERIFIED);
    world.begin();
    world.complete("a", json!("x"));
    assert_eq!(sites(&world.complete("a.verify", json!("fine"))), ["wait a.verify"]);
    assert_eq!(sites(&world.fire("a.verify", 2)), ["a.verify"]);
    let actions = world.complete("a.verify", verdict("maybe", &[], 1.0));
    let message = world::message(&actions);
    assert!(
        message.contains("permanent: its verifier broke: the output does not fit the schema of verdicts"),
        "{message}"
    );
    assert_eq!(world.run.steps().next().map(|view| view.quarantined), Some(0), "nobody has judged the output");
    assert_eq!(world.status("a.verify"), StepStatus::Failed);
}

#[test]
fn a_verifier_has_the_number_of_the_attempt_that_it_verifies_and_the_item() {
    let mut world = World::new(
        "  a: { agent: any, for_each: \"${{ input.list }}\", check: [\"output > 1\"], retry: { max: 1 },
       verify: { agent: any, input: { it: \"${{ item }}\", at: \"${{ index }}\", of: \"${{ output }}\" } } }",
    )
    .with_input(json!({"list": ["p", "q"]}));
    world.begin();
    world.complete("a[1]", json!(1));
    world.fire("a[1]", 2);
    let actions = world.complete("a[1]", json!(2));
    let invoke = world::invoke(&actions[0]);
    assert_eq!((invoke.site.to_string().as_str(), invoke.attempt), ("a.verify[1]", 2));
    assert_eq!(world.input_of("a.verify[1]"), json!({"it": "q", "at": 1, "of": 2}));
}

const REPAIRED: &str = "  a:
    agent: any
    input: { n: 7 }
    check: [{ that: output.n > 1, message: \"n is ${{ output.n }}, and more than 1 is needed\" }, output.n < 9]
    repair: { max: 2 }
    retry: { max: 1, jitter: false }";

#[test]
fn a_repair_is_told_what_is_wrong_and_comes_at_once() {
    let mut world = World::new(REPAIRED);
    world.begin();
    let key = world::invoke(&world.run.outstanding()[0]).idempotency_key.clone();
    let actions = world.complete("a", json!({"n": 0}));
    assert_eq!((sites(&actions), world::invoke(&actions[0]).attempt), (vec!["a".to_owned()], 2));
    assert_ne!(world::invoke(&actions[0]).idempotency_key, key, "something else is asked for");
    let findings = ["n is 0, and more than 1 is needed"];
    assert_eq!(world.input_of("a"), json!({"n": 7, "feedback": {"findings": findings, "output": {"n": 0}}}));
    world.complete("a", json!({"n": 10}));
    let findings = ["the check `output.n < 9` does not hold"];
    assert_eq!(world.input_of("a"), json!({"n": 7, "feedback": {"findings": findings, "output": {"n": 10}}}));
    assert_eq!(world::output(&world.complete("a", json!({"n": 5}))), json!(null));
    let view = world.run.steps().next().map(|view| (view.status, view.attempts, view.quarantined));
    assert_eq!(view, Some((StepStatus::Completed, 3, 2)));
}

#[test]
fn repairs_and_retries_are_counted_apart() {
    let mut world = World::new(REPAIRED);
    world.begin();
    world.complete("a", json!({"n": 0}));
    assert_eq!(sites(&world.fail("a", 2, world::transient())), ["wait a"]);
    world.fire("a", 3);
    assert_eq!(world.input_of("a")["feedback"]["output"], json!({"n": 0}), "the same is asked once more");
    assert_eq!(sites(&world.complete("a", json!({"n": 1}))), ["a"], "the second repair");
    let actions = world.complete("a", json!({"n": 1}));
    assert!(world::message(&actions).starts_with("transient: the output does not pass: n is 1"), "{actions:?}");
}

#[test]
fn a_verifier_s_reasons_are_findings_and_an_output_that_is_no_json_is_a_text() {
    let mut world = World::new(
        "  a: { agent: any, verify: { agent: any }, repair: { input: [\"${{ findings }}\", \"${{ output }}\"] } }",
    );
    world.begin();
    world.complete("a", json!("x"));
    world.complete("a.verify", verdict("fail", &["no"], 1.0));
    assert_eq!(world.input_of("a"), json!([["no"], "x"]));
    world.fail("a", 2, Outcome::Completed { output: baton_journal::Payload::text("<b>") });
    assert_eq!(world.input_of("a")[1], json!("<b>"));
}

#[test]
fn the_rounds_of_a_loop_never_see_what_did_not_pass() {
    let mut world = World::new(
        "  a: { agent: any, loop: { until: output > 5, max: 5 }, input: { last: \"${{ previous }}\" },
       check: [\"output != 3\"], repair: {} }",
    );
    world.begin();
    world.complete("a[0]", json!(1));
    world.complete("a[1]", json!(3));
    assert_eq!(world.input_of("a[1]")["last"], json!(1));
    world.complete("a[1]", json!(4));
    assert_eq!(world.input_of("a[2]"), json!({"last": 4}));
}

#[test]
fn a_workflow_that_a_step_runs_is_verified_too() {
    let mut world = World::new(
        "  a: { workflow: inner.yaml, input: { n: 1 }, verify: { agent: any } }\noutput: \"${{ steps.a.output }}\"",
    );
    world.begin();
    world.complete("a/one", json!(1));
    assert_eq!(sites(&world.complete("a/two", json!(2))), ["a.verify"]);
    assert_eq!(world::output(&world.complete("a.verify", verdict("pass", &[], 1.0))), json!(2));
}

#[test]
fn what_is_told_of_a_bad_output_does_not_quote_it() {
    let mut world = World::whole(
        "workflow: test\nsteps:
  a: { agent: any, for_each: \"${{ [1] }}\", join: all_settled, output: risk.json }
  b: { agent: any, input: \"${{ steps.a.output }}\", output: risk.json }
finally:
  c: { agent: any, input: \"${{ run.message }}\" }",
    );
    world.begin();
    world.complete("a[0]", json!({"risk": "smuggled"}));
    let failure = json!({"kind": "output", "case": "transient", "text": "the output does not fit risk.json"});
    assert_eq!(world.input_of("b"), json!([{"outcome": "failed", "output": null, "failure": failure}]));
    world.complete("b", json!({"risk": "smuggled"}));
    assert_eq!(world.input_of("c"), json!("the output does not fit risk.json"));
    let Some(RunOutcome::Failed { message, .. }) = world.complete("c", json!(1)).pop().and_then(|end| match end {
        Action::End(outcome) => Some(outcome),
        _ => None,
    }) else {
        panic!("the run fails")
    };
    assert!(message.contains("smuggled"), "people are told what it was: {message}");
}
