//! What one mistake brings with it is not said as well.

use super::bad::{check, check_file};

#[test]
fn a_misspelt_key_is_not_missing_too() {
    check_file(
        "workflow: t\nstep: { a: { agent: any } }\noutput: ${{ steps.a.output }}",
        &["2:1 W0002 `workflow` has no key `step` [did you mean `steps`?]"],
    );
    check_file(
        "workflow: t\ndta: { x: rules.json }\nsteps: { a: { agent: any } }\noutput: ${{ data.x.limit }}",
        &["2:1 W0002 `workflow` has no key `dta` [did you mean `data`?]"],
    );
    check(
        r#"  a: { agnet: compliance, input: { level: 3 } }
  b: { agent: any, needs: [a], input: "${{ steps.a.output.x }}" }"#,
        &["5:8 W0002 `a` has no key `agnet` [did you mean `agent`?]"],
    );
    check(
        "  a: { approve: { qestion: ok } }",
        &["5:19 W0002 `approve` has no key `qestion` [did you mean `question`?]"],
    );
    check("  a: { agent: compliance, inptu: {} }", &["5:27 W0002 `a` has no key `inptu` [did you mean `input`?]"]);
    check(
        r#"  a: { agent: any, foreach: "${{ input.documents }}", max_parallel: 2, input: "${{ item.text }}" }"#,
        &["5:20 W0002 `a` has no key `foreach` [did you mean `for_each`?]"],
    );
}

#[test]
fn what_could_not_be_read_is_not_missing_too() {
    check(
        "  a: any\n  b: { agent: any, needs: [a], input: \"${{ steps.a.output.x }}\" }",
        &["5:6 W0004 `a` must be a mapping, not the text `any`"],
    );
    check_file(
        "workflow: t\ndata: { x: none.json, rules: rules.json }\nsteps: { a: { agent: any } }\noutput: ${{ data.x.y }} ${{ data.rulse }}",
        &[
            "2:12 W0007 `none.json` cannot be read: no such file",
            "4:34 W0010 there is no field `rulse` in `data` [did you mean `rules`?]",
        ],
    );
    check_file(
        "workflow: t\ndata: rules.json\nsteps: { a: { agent: any } }\noutput: ${{ data.rules }}",
        &["2:7 W0004 `data` must be a mapping, not the text `rules.json`"],
    );
}
