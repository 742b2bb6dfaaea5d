//! What can never happen is an error: a step that never runs, a way that is never taken, what never holds.

use super::bad::{check, check_file};

const MEND: &str = "take it away, or mend its `if`";

#[test]
fn a_step_that_is_never_needed() {
    let said = "step `a` can never run: its `if` is always false [take the step away, or its `if`]";
    check("  a: { agent: any, if: \"${{ false }}\" }", &[&format!("5:24 W0013 {said}")]);
    check("  a: { agent: any, if: \"${{ 1 > 2 && input.note == 'x' }}\" }", &[&format!("5:24 W0013 {said}")]);
    check("  b: { agent: any }\nfinally:\n  a: { agent: any, if: \"${{ !true }}\" }", &[&format!("7:24 W0013 {said}")]);
    check("  a: { agent: any, if: \"${{ input.note == 'x' || false }}\" }", &[]);
    check("  a: { agent: any, if: \"${{ data.rules.limit > 5 }}\" }", &[]); // a file changes
    check("  a: { agent: any, if: \"${{ false }}\" }\n  b: { agent: any, on_failure: { then: a } }", &[]);
}

#[test]
fn a_way_of_a_switch_that_is_never_taken() {
    let rest = "  x: { agent: any }\n  y: { agent: any }\n  z: { agent: any }";
    let switch = |cases: &str| format!("  a:\n    switch:\n{cases}\n{rest}");
    check(
        &switch("      - { if: \"false\", then: x }\n      - { if: input.note == 'n', then: y }\n      - { else: z }"),
        &[
            &format!("7:15 W0013 the way to `x` is never taken: its `if` is always false [{MEND}]"),
            "10:3 W0013 step `x` can never run: it depends on ways alone that are never taken [take it away, or mend the way]",
        ],
    );
    check(
        &switch("      - { if: input.note == 'n', then: x }\n      - { if: \"true\", then: y }\n      - { else: z }"),
        &[
            "9:17 W0013 the way to `z` is never taken: a way before it is always taken [take it away, or mend the `if` of the one before]",
            "12:3 W0013 step `z` can never run: it depends on ways alone that are never taken [take it away, or mend the way]",
        ],
    );
    check(
        &switch(
            "      - { if: input.note == 'n', then: x }\n      - { if: input.note=='n', then: y }\n      - { else: z }",
        ),
        &[
            &format!("8:15 W0013 the way to `y` is never taken: a way before it has the same `if` [{MEND}]"),
            "11:3 W0013 step `y` can never run: it depends on ways alone that are never taken [take it away, or mend the way]",
        ],
    );
    check(
        &switch(
            "      - { if: input.note == 'n', then: x }\n      - { if: input.note == 'm', then: y }\n      - { if: \"false\", then: x }\n      - { else: z }",
        ),
        &[&format!("9:15 W0013 the way to `x` is never taken: its `if` is always false [{MEND}]")],
    );
    check(&switch("      - { if: input.note == 'n', then: x }\n      - { if: \"true\", then: y }"), &[]);
}

#[test]
fn what_depends_on_a_way_alone_that_is_never_taken() {
    let never = |at: &str, step: &str| {
        format!(
            "{at} W0013 step `{step}` can never run: it depends on ways alone that are never taken [take it away, or mend the way]"
        )
    };
    let steps = |of_d: &str| {
        format!(
            "  a: {{ switch: [{{ if: \"false\", then: b }}, {{ else: c }}] }}\n  b: {{ agent: any }}\n  c: {{ agent: any }}\n  d: {{ agent: any, needs: [{of_d}] }}"
        )
    };
    let way = format!("5:23 W0013 the way to `b` is never taken: its `if` is always false [{MEND}]");
    check(&steps("b"), &[&way, &never("6:3", "b"), &never("8:3", "d")]);
    check(&steps("b, c"), &[&way, &never("6:3", "b")]);
}

#[test]
fn a_case_that_the_value_cannot_have() {
    check(
        "  a: { agent: compliance, input: { applicant: {} }, output: risk.json }\n  b: { switch: [{ if: steps.a.output.risk == 'hihg', then: c }, { else: d }] }\n  c: { agent: any }\n  d: { agent: any }",
        &["6:46 W0011 `'hihg'` is not among `low`, `high` [did you mean `'high'`?]"],
    );
}

#[test]
fn a_way_around_a_step_that_is_always_needed() {
    check(
        "  a: { agent: any, if: \"${{ true || input.note == '' }}\", else: b }\n  b: { agent: any }",
        &[
            "5:65 W0013 the way to `b` is never taken: `if` is always true [take `if` and `else` away]",
            "6:3 W0013 step `b` can never run: it depends on ways alone that are never taken [take it away, or mend the way]",
        ],
    );
    // It may be left out with the way that leads to it: then `b` runs.
    check(
        "  s: { switch: [{ if: input.note == 'n', then: a }] }\n  a: { agent: any, if: \"${{ true }}\", else: b }\n  b: { agent: any }",
        &[],
    );
}

#[test]
fn a_failure_that_does_not_happen() {
    let unled =
        "can never run: no way that leads to it is ever taken [take it away, or lead to it from a step that can run]";
    check(
        "  a: { wait: { timer: 1s }, on_failure: { then: b } }\n  b: { agent: any }",
        &[
            "5:49 W0013 the way to `b` is never taken: this step never fails [take it away]",
            &format!("6:3 W0013 step `b` {unled}"),
        ],
    );
    check(
        "  a: { wait: { timer: 1s }, on_timeout: { then: b } }\n  b: { agent: any }",
        &[
            "5:49 W0013 the way to `b` is never taken: time is never over here [take it away]",
            &format!("6:3 W0013 step `b` {unled}"),
        ],
    );
    check(
        "  a: { approve: { question: ok?, on_timeout: approve }, on_timeout: { then: b } }\n  b: { agent: any }",
        &[
            "5:77 W0013 the way to `b` is never taken: time is never over here [take it away]",
            &format!("6:3 W0013 step `b` {unled}"),
        ],
    );
    check(
        "  a: { agent: any, if: \"${{ false }}\", on_failure: { then: b } }\n  b: { agent: any }\n  c: { agent: any, needs: [b] }",
        &[
            "5:24 W0013 step `a` can never run: its `if` is always false [take the step away, or its `if`]",
            &format!("6:3 W0013 step `b` {unled}"),
        ],
    );
    check("  a: { approve: { question: ok? }, on_timeout: { then: b } }\n  b: { agent: any }", &[]);
}

#[test]
fn what_never_holds() {
    check(
        "  a: { agent: any, check: [\"size(output) > 0\", \"1 > 2\"] }",
        &["5:48 W0013 this check never holds: no output passes [ask something of `output`]"],
    );
    check(
        "  a: { agent: any, loop: { until: \"false\", max: 3 } }",
        &["5:35 W0013 this never holds: the loop always fails [ask something of `output`, such as `output.done`]"],
    );
    check(
        "  a: { wait: { event: x, if: \"false\" } }",
        &["5:30 W0013 no event is the one: this `if` is always false [ask something of `event`, or take it away]"],
    );
    check_file(
        "workflow: t\non: [{ event: x, if: \"${{ false }}\" }]\nsteps: { a: { agent: any } }",
        &["2:22 W0013 this never begins a run: its `if` is always false [take the trigger away, or its `if`]"],
    );
}

#[test]
fn items_that_there_are_not() {
    check(
        "  a: { agent: any, for_each: \"${{ [] }}\" }",
        &["5:30 W0013 there are no items: the work is never done [write a list that has some]"],
    );
    check(
        "  a: { agent: any, for_each: \"${{ [1, 2].map(x, x + 1) }}\", join: { first: 3 } }",
        &["5:30 W0013 there are 2 items: 3 of them never complete [write a smaller `first`]"],
    );
    check("  a: { agent: any, for_each: \"${{ [1, 2] }}\", join: { first: 2 } }", &[]);
}

#[test]
fn a_loop_has_a_limit() {
    check("  a: { agent: any, loop: { until: output.good } }", &["5:20 W0003 `loop` needs the key `max`"]);
}
