//! `retry: on`, `check`, `verify`, `repair` and `escalate`: what is refused, and what is said about it.

use super::bad::check;
use super::{plan, problems, with_steps};

/// Checks that steps are good.
fn good(steps: &str) {
    assert_eq!(problems(&with_steps(steps)), [""; 0], "{steps}");
}

#[test]
fn kinds_that_are_tried_again() {
    good("  a: { agent: any, retry: { on: [transient, trapped, timeout, output, invalid, exhausted] } }");
    good("  a: { tool: crm/contacts.create, input: { client: {} }, retry: { on: [transient, invalid] } }");
    check(
        "  a: { agent: any, retry: { on: [permanent, denied, declined, transcient] } }",
        &[
            "5:34 W0005 `permanent` is never tried again: the plugin says that it is broken, and it would say so again [`on_failure` says what happens then]",
            "5:45 W0005 `denied` is never tried again: a grant is missing, which only the operator can give [`on_failure` says what happens then]",
            "5:53 W0005 `declined` is never tried again: it was decided not to do it, and asking again does not change that [`on_failure` says what happens then]",
            "5:63 W0006 there is no kind of failure `transcient` [did you mean `transient`?]",
        ],
    );
    check(
        "  a: { agent: any, retry: { on: timeout } }\n  b: { agent: any, retry: { on: [] } }",
        &[
            "5:33 W0004 `on` must be a list of kinds of failures, such as `[transient, timeout]`, not the text `timeout`",
            "6:33 W0005 `on` names no kind of failure [leave `retry` out, and nothing is tried again]",
        ],
    );
    check(
        "  a: { tool: crm/contacts.create, input: { client: {} }, retry: { on: [transient, timeout] } }",
        &[
            "5:67 W0005 the tool changes something and is not declared idempotent: after `timeout` it is not called again [take it out of `on`, or have the tool's `plugin.toml` say `idempotent = true`]",
        ],
    );
}

#[test]
fn checks_and_their_messages() {
    good("  a: { agent: any, check: [{ that: output.n > 1, message: \"n is ${{ output.n }}\" }, \"output.n < 5\"] }");
    check(
        "  a: { agent: any, check: [{ message: odd }, { that: 1 + 1, message: 3 }, { that: \"true\", massage: x }] }",
        &[
            "5:28 W0003 `check` needs the key `that`",
            "5:56 W0011 a check needs a boolean, and this is an integer",
            "5:70 W0004 `message` must be a text, not the number `3`",
            "5:91 W0002 `check` has no key `massage` [did you mean `message`?]",
        ],
    );
    check(
        "  a: { agent: any, check: [{ that: \"true\", message: \"${{ outputs }} ${{ findings }}\" }] }",
        &[
            "5:58 W0010 there is no `outputs` [did you mean `output`?]",
            "5:73 W0010 `findings` is known only in `repair` [write it into `repair: { input: … }`]",
        ],
    );
}

#[test]
fn verifiers() {
    good(
        "  a: { agent: any, for_each: \"${{ [1] }}\", verify: { agent: any, min_confidence: 0.9, retry: { max: 2 }, timeout: 5s } }",
    );
    good(
        "  a: { agent: any, verify: { agent: any, input: { of: \"${{ output }}\", who: \"${{ input.applicant }}\" } } }",
    );
    check(
        "  a: { agent: any, verify: { min_confidence: 2 } }\n  b: { approve: { question: ok? }, verify: { agent: any } }",
        &[
            "5:20 W0003 `verify` must have exactly one of `agent`, `tool`",
            "5:46 W0005 `min_confidence` must be from 0 to 1, not 2",
            "6:36 W0002 `verify` means nothing in a step with `approve`",
        ],
    );
    check(
        "  a: { agent: any, verify: { tool: crm/contacts.upsert, input: { client: {} } } }",
        &[
            "5:20 W0011 the result of `crm/contacts.upsert` is no verdict: `verdict` is needed, and its schema has no such field [it must be `{ verdict: pass or fail, reasons: [text], confidence: 0 to 1 }`]",
            "5:20 W0011 the result of `crm/contacts.upsert` is no verdict: `reasons` is needed, and its schema has no such field [it must be `{ verdict: pass or fail, reasons: [text], confidence: 0 to 1 }`]",
            "5:20 W0011 the result of `crm/contacts.upsert` is no verdict: `confidence` is needed, and its schema has no such field [it must be `{ verdict: pass or fail, reasons: [text], confidence: 0 to 1 }`]",
        ],
    );
    check(
        "  a: { agent: any, verify: { agent: compliance } }",
        &[
            "5:20 W0011 this does not fit the input of `compliance`: `applicant` is missing [it must have `applicant`]",
            "5:20 W0011 this does not fit the input of `compliance`: `input`: there is no such field [there is `applicant`, `level`, `summaries`]",
            "5:20 W0011 this does not fit the input of `compliance`: `output`: there is no such field [there is `applicant`, `level`, `summaries`]",
        ],
    );
    check(
        "  a: { agent: any, verify: { agent: any, input: { of: \"${{ steps.a.output }}\" } } }",
        &["5:3 W0012 step `a` waits for itself [in `check`, a step's own output is `output`]"],
    );
}

#[test]
fn repairs() {
    good("  a: { agent: any, input: { n: 1 }, repair: {} }");
    good("  a: { agent: any, input: 3, repair: { max: 1, input: \"${{ findings.map(f, size(f)) + [output] }}\" } }");
    check(
        "  a: { agent: any, input: 3, repair: { max: 6 } }",
        &[
            "5:30 W0003 `repair` needs `input`: the step's own is no mapping to which `feedback` could be added [such as `input: { findings: ${{ findings }}, output: ${{ output }} }`]",
            "5:45 W0005 `max` must be a whole number from 1 to 5, not 6",
        ],
    );
    check(
        "  a: { agent: summariser, input: { document: { text: x } }, repair: { max: 1 } }",
        &[
            "5:61 W0011 this does not fit the input of `summariser`: `feedback`: there is no such field [say in `repair: { input: … }` how it is told what is wrong: it may use `findings` and `output`]",
        ],
    );
    check(
        "  a: { tool: crm/contacts.create, input: { client: {} }, repair: { input: { client: {} } } }",
        &[
            "5:58 W0005 a tool that changes something and is not declared idempotent is not called again: its output cannot be repaired [leave `repair` out]",
        ],
    );
}

#[test]
fn escalations() {
    good(
        "  a: { agent: any, on_failure: { escalate: { to: [editor], question: \"${{ input.note }}?\", timeout: 2h } } }",
    );
    good("  a: { agent: any, on_timeout: { escalate: {}, then: b } }\n  b: { agent: any }");
    good("  a: { agent: any, on_failure: { escalate: { show: 1 }, continue: 3 } }");
    check(
        "  a: { agent: any, on_failure: { escalate: { to: [] }, then: c } }
  b: { approve: { question: ok? }, on_failure: { escalate: {} } }
  d: { agent: any, on_failure: { escalate: { whom: [x] }, then: a, continue: 1 } }
  e: { agent: any, on_failure: { escalade: {} } }",
        &[
            "5:50 W0005 `to` names nobody [leave `to` out to let anybody answer]",
            "5:62 W0006 there is no step `c` [there is `a`, `b`, `d`, `e`]",
            "6:36 W0002 `escalate` means nothing here: only what an agent, a tool or a workflow gives can be given by a person instead",
            "7:32 W0004 `on_failure` is one of `fail`, `{ continue: VALUE }`, `{ then: STEP }` or `{ escalate: { to: [ROLE] } }`",
            "8:34 W0002 `on_failure` has no key `escalade` [did you mean `escalate`?]",
        ],
    );
}

#[test]
fn a_plan_with_all_of_it_survives_its_stored_form() {
    let plan = plan(
        "workflow: test\nsteps:\n  a:\n    agent: any\n    check: [{ that: output > 1, message: \"${{ output }}\" }]
    verify: { agent: any, min_confidence: 0.7 }\n    repair: { max: 3 }\n    retry: { on: [exhausted] }
    on_failure: { escalate: { to: [x], question: q, show: \"${{ input }}\" }, continue: \"${{ input }}\" }\n",
    );
    let again = crate::Plan::from_json(&plan.to_json()).expect("it is a plan");
    assert_eq!((again.digest(), &again), (plan.digest(), &plan));
    let check = |from: &str, to: &str| {
        assert!(plan.to_json().contains(from), "{from}");
        let error = crate::Plan::from_json(&plan.to_json().replace(from, to)).expect_err(to).to_string();
        assert!(error.contains("beyond the limits"), "{error}");
    };
    check("[\"exhausted\"]", "[\"denied\"]");
    check("\"min_confidence\":0.7", "\"min_confidence\":7");
    check("\"max\":3}", "\"max\":30}");
}
