//! Texts that look like expressions, and texts that are meant as they are.

use super::bad::check;
use super::problems;

/// Checks what is said about a text in an input; it begins in column 34 of line 5.
fn text(text: &str, expect: &[&str]) {
    check(&format!("  a: {{ agent: any, input: {{ of: \"{text}\" }} }}"), expect);
}

#[test]
fn what_looks_like_an_expression_is_refused() {
    text(
        "{{ input.note }}",
        &["5:34 W0009 `{{ input.note }}` is a text, not an expression [write `${{ input.note }}`]"],
    );
    text("é ${input.note}", &["5:36 W0009 `${input.note}` is a text, not an expression [write `${{ input.note }}`]"]);
    text(
        "${ steps.a.output[0].x } and",
        &["5:34 W0009 `${ steps.a.output[0].x }` is a text, not an expression [write `${{ steps.a.output[0].x }}`]"],
    );
    text("${{ input.note }}, {{item}}", &["5:53 W0009 `{{item}}` is a text, not an expression [write `${{ item }}`]"]);
    text(
        "{{data['rules']}} ${{ input.note }}",
        &["5:34 W0009 `{{data['rules']}}` is a text, not an expression [write `${{ data['rules'] }}`]"],
    );
    check(
        "  a: { approve: { question: \"Take {{ input.applicant.name }} on?\" } }",
        &["5:35 W0009 `{{ input.applicant.name }}` is a text, not an expression [write `${{ input.applicant.name }}`]"],
    );
}

#[test]
fn other_texts_are_left_alone() {
    for meant in [
        "{{ name }}",
        "{{ inputs.name }}",
        "{{ input.name | upper }}",
        "{{ input. }}",
        "${HOME} ${ amount } ${input",
        "{{ input.name",
        "{input.name} { item }",
        "{{{{{{{{",
        "${{ '{{ input.note }} and ${item}' }}",
        "${{ {'a': {'b': input.note}}.a.b }}",
    ] {
        text(meant, &[]);
    }
    let file =
        "workflow: t\ndata: { mail: mail.md }\nsteps: { a: { agent: any, input: { text: \"${{ data.mail }}\" } } }";
    assert_eq!(problems(file), Vec::<String>::new(), "a data file is a template of its own kind");
}
