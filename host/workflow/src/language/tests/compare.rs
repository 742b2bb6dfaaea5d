//! Comparisons that can never be true, and those that may.

use super::bad::check;

/// Checks what is said about a condition on the step before it; it begins in column 26 of line 8.
fn condition(text: &str, expect: &[&str]) {
    let steps = format!(
        "  a: {{ agent: compliance, input: {{ applicant: {{}} }}, output: risk.json, on_failure: {{ then: c }} }}\n  c: {{ agent: any }}\n  q: {{ approve: {{ question: ok }} }}\n  b: {{ agent: any, if: \"${{{{ {text} }}}}\" }}"
    );
    check(&steps, expect);
}

#[test]
fn words_that_are_not_in_a_closed_set() {
    condition(
        "steps.a.output.risk == 'hihg'",
        &["8:52 W0011 `'hihg'` is not among `low`, `high` [did you mean `'high'`?]"],
    );
    condition("'none' != steps.a.output['risk']", &["8:29 W0011 `'none'` is not among `low`, `high`"]);
    condition(
        "steps.a.outcome == 'skiped'",
        &[
            "8:48 W0011 `'skiped'` is not among `completed`, `failed`, `cancelled`, `skipped` [did you mean `'skipped'`?]",
        ],
    );
    condition(
        "steps.a.output.risk in ['low', 'hihg', 3]",
        &[
            "8:60 W0011 `'hihg'` is not among `low`, `high` [did you mean `'high'`?]",
            "8:68 W0011 a string is never equal to a number",
        ],
    );
    condition(
        "steps.q.output.decision == 'aproved'",
        &["8:56 W0011 `'aproved'` is not among `approved` [did you mean `'approved'`?]"],
    );
    condition(
        "steps.q.output.decision == 'rejected'",
        &[
            "8:56 W0011 `'rejected'` is not among `approved` [with another answer the step fails: ask for its `outcome`]",
        ],
    );
    condition(
        "steps.a.outcome == steps.a.output.risk",
        &[
            "8:63 W0011 these are never equal: one is among `completed`, `failed`, `cancelled`, `skipped`, the other among `low`, `high`",
        ],
    );
    condition("[steps.a.output].exists(o, o.risk == 'x')", &["8:66 W0011 `'x'` is not among `low`, `high`"]);
}

#[test]
fn types_with_nothing_in_common() {
    condition("steps.a.output.risk == 3", &["8:52 W0011 a string is never equal to a number"]);
    condition("input.applicant.age != '3'", &["8:52 W0011 a number is never equal to a string"]);
    condition("size(input.note) == input.note", &["8:55 W0011 a number is never equal to a string"]);
    condition("true == input.applicant", &["8:29 W0011 a boolean is never equal to an object"]);
    condition("3 in input.documents", &["8:29 W0011 a number is never equal to an object"]);
    condition("3 in steps.a.output.findings", &["8:29 W0011 a number is never equal to a string"]);
    condition("data.rules.limit == '3'", &["8:49 W0011 a number is never equal to a string"]);
    condition("steps.a.outcome == null", &["8:48 W0011 a string is never equal to null"]);
    condition(
        "input.note == null",
        &["8:43 W0011 a string is never equal to null [`has(…)` tells whether a field is there]"],
    );
}

#[test]
fn arithmetic_that_has_no_value() {
    let hint = "`string(…)` makes a text of a number";
    condition("1 + 'a'", &[&format!("8:31 W0011 `+` cannot add a number and a string [{hint}]")]);
    condition(
        "input.note + size(input.note) == 'a'",
        &[&format!("8:40 W0011 `+` cannot add a string and a number [{hint}]")],
    );
    condition("input.documents + input.note", &["8:45 W0011 `+` cannot add a list and a string"]);
    condition("input.note - 1 > 0", &["8:40 W0011 `-` cannot subtract a string and a number"]);
    condition("1 + 1", &["8:31 W0011 `if` needs a boolean, and this is an integer"]);
    condition(
        "input.note + data.rules.limt == 'a'",
        &["8:53 W0010 there is no field `limt` in `data.rules` [did you mean `limit`?]"],
    );
    condition("input.note + 'a' == 3", &["8:49 W0011 a string is never equal to a number"]);
}

#[test]
fn comparisons_that_may_be_true() {
    for text in [
        "steps.a.output == null || null != steps.q.output",
        "[steps.a.output].all(o, o == null)",
        "(size(input.note) > 1 ? steps.a.output : input.applicant) == null",
        "steps.a.output.risk in ['low', 'high'] && 'x' in steps.a.output.findings",
        "steps.a.outcome in ['completed', 'failed', 'skipped']",
        "input.applicant.age == 3.0 || input.applicant.age == -1",
        "data.rules.limit == 4 || data.rules.countries == ['DE'] || 'IT' in data.rules.countries",
        "data.rules.limit == null || steps.q.output.comment == null || steps.q.output.answer == 3",
        "'name' in input.applicant || input.note + 'x' == 'ax'",
        "input.documents == [] || input.documents[0].text == input.note",
    ] {
        condition(text, &[]);
    }
}

/// Checks what is said about an input after a step with rates; it begins in column 37 of line 6.
fn rate(text: &str, expect: &[&str]) {
    let steps = format!(
        "  a: {{ agent: any, output: rates.json }}\n  b: {{ agent: any, input: {{ x: \"${{{{ {} }}}}\" }} }}",
        text.replace("R.", "steps.a.output.")
    );
    check(&steps, expect);
}

#[test]
fn numbers_that_may_be_whole_or_not() {
    let hint = "write `double(…)` around one of them, or `int(…)` around both";
    let rounds = "`/` rounds if both numbers are whole, and here they may be whole or not";
    rate("R.rate / 2", &[&format!("6:57 W0011 {rounds} [{hint}]")]);
    rate("(R.rate + R.count) / R.count", &[&format!("6:82 W0011 {rounds} [{hint}]")]);
    for fine in [
        "R.count / 2",
        "(R.count + 1) * size('a') / 2",
        "R.rate / 2.0",
        "double(R.rate) / R.count",
        "R.any / 2",
        "R.rate * 2",
    ] {
        rate(fine, &[]);
    }
    rate("1.5 * R.count / R.count + math.sqrt(R.rate) / R.count", &[]);
    rate(
        "math.ceil(R.rate)",
        &["6:42 W0011 `math.ceil` takes a double, and this number may be whole [write `math.ceil(double(…))`]"],
    );
    rate("math.round(double(R.rate)) + math.floor(R.rate / 2.0) + math.abs(R.rate)", &[]);
}

#[test]
fn what_can_never_be_json() {
    let optional = "an optional is no value [write `.orValue(…)` behind it]";
    rate("R.?any", &[&format!("6:52 W0009 {optional}")]);
    rate("input.?note", &[&format!("6:43 W0009 {optional}")]);
    rate("optional.of(1)", &[&format!("6:46 W0009 {optional}")]);
    rate("input.?note.optMap(n, n + '!')", &[&format!("6:49 W0009 {optional}")]);
    rate("list", &["6:37 W0009 the name of a type is no value [compare it, as in `type(input) == map`]"]);
    rate("type(input)", &["6:37 W0009 a type is no value [compare it, as in `type(input) == map`]"]);
    rate("input.?note.orValue('') + string(type(input) == map)", &[]);
}

#[test]
fn what_is_less_or_more_is_of_one_kind() {
    condition(
        "input.note > 3",
        &["8:40 W0011 `>` cannot compare a string and a number [`double(…)` makes a number of a text]"],
    );
    condition(
        "input.applicant.age <= 'x'",
        &["8:49 W0011 `<=` cannot compare a number and a string [`double(…)` makes a number of a text]"],
    );
    condition("input.documents < input.documents", &["8:45 W0011 `<` cannot compare a list and a list"]);
    condition("1 < input.applicant.age && input.note >= 'a' && false < true", &[]);
    condition("timestamp(input.note) < timestamp('2027-01-31T09:00:00Z')", &[]);
}

#[test]
fn a_failure_that_ends_the_run_is_seen_by_nobody() {
    let hint = "when it fails the run ends: handle that with its `on_failure: { continue: … }`";
    let failed = |of: &str| {
        format!("  a: {{ agent: any{of} }}\n  b: {{ agent: any, if: \"${{{{ steps.a.outcome == 'failed' }}}}\" }}")
    };
    let told = format!("6:48 W0011 `'failed'` is not among `completed`, `skipped` [{hint}]");
    check(&failed(""), &[&told]);
    check(&failed(", on_failure: { escalate: {} }"), &[&told]);
    check(&failed(", on_failure: { continue: null }"), &[]);
    check(&failed(", on_timeout: { continue: null }"), &[]);
    check("  a: { agent: any }\nfinally:\n  z: { agent: any, if: \"${{ steps.a.outcome == 'failed' }}\" }", &[]);
}
