//! Files made to hurt: whatever they are, there is an answer, soon and without a panic.

use proptest::prelude::*;

use super::bad::{check, check_file};
use super::{WHOLE, with_steps};
use crate::expression::{Expression, names};
use crate::fixture::parse;
use crate::problem::Position;

#[test]
fn the_deepest_allowed_expressions_are_checked_on_a_small_stack() {
    let texts = [
        format!("{}1{}", "(".repeat(24), ")".repeat(24)),
        format!("{}1{}", "[".repeat(24), "]".repeat(24)),
        format!("{}1{}", "{'a': ".repeat(24), "}".repeat(24)),
        format!("1{}", "+1".repeat(250)),
        format!("{}true", "!".repeat(250)),
        format!("input{}", ".a".repeat(250)),
        format!("{}1", "true?1:".repeat(120)),
        format!("{}1{}", "[1].map(x, ".repeat(24), ")".repeat(24)),
        format!("[1]{}", ".map(x, {'a': x, 'b': x})".repeat(40)),
    ];
    for text in texts {
        let step = format!("  a: {{ agent: compliance, input: {{ applicant: \"${{{{ {text} }}}}\" }} }}");
        let work = move || drop(parse(&with_steps(&step)));
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread starts");
        thread.join().expect("no overflow");
    }
}

#[test]
fn what_yaml_has_beyond_data_is_refused_where_it_stands() {
    let laughs: String = (1..30).map(|n| format!("l{n}: &l{n} [*l{0}, *l{0}]\n", n - 1)).collect();
    let anchor = "1:5 W0001 an anchor is not allowed here [write the value out where it is used]";
    check_file(&format!("l0: &l0 lol\n{laughs}"), &[anchor]);
    let alias = "6:15 W0001 an alias is not allowed here [write the value out where it is used]";
    check("  a: { agent: any }\n  b: { agent: *any }", &[alias]);
    let tag = "5:15 W0001 a tag is not allowed here [remove it; a value in quotes is a text, one without is what it looks like]";
    check("  a: { agent: !!python/name:os.system any }", &[tag]);
    let twice = "6:3 W0001 the key `a` is there twice [keep one of the two]";
    check("  a: { agent: any }\n  a: { agent: any }", &[twice]);
}

#[test]
fn ten_thousand_steps_are_read_and_one_more_is_refused() {
    let steps =
        |count: usize| (0..count).map(|index| format!("  s{index}: {{ emit: {{ event: e }} }}\n")).collect::<String>();
    let read = parse(&with_steps(&steps(10_000)));
    assert_eq!(read.map_err(|problems| problems.0.len()).map(|plan| plan.definition().steps.len()), Ok(10_000));
    let line = "10005:3 W0005 there are more than 10000 steps, those of inner workflows included [give the items to one step: `for_each`]";
    check(&steps(10_001), &[line]);
    check(&steps(12_000), &[line]);
}

#[test]
fn expressions_that_are_too_deep_or_too_large_are_refused_where_they_pass_the_limit() {
    let hint = "[split it into several, or let a tool do it]";
    let told = |expression: &str, expect: &str| {
        let step = format!("  a: {{ agent: any, input: {{ n: \"${{{{ {expression} }}}}\" }} }}");
        check(&step, &[&format!("{expect} {hint}")]);
    };
    told(&"(".repeat(1_000), "5:69 W0009 brackets nest deeper than 32 levels");
    told(&format!("1{}", "+1".repeat(1_000)), "5:550 W0009 the expression has more than 256 operators");
    told(&"x".repeat(5_000), "5:37 W0009 the expression is longer than 4096 bytes");
}

#[test]
fn templates_nest_as_deep_as_files_may() {
    let nested = |depth: usize| {
        format!("  a: {{ agent: any, input: {}\"${{{{ input.note }}}}\"{} }}", "[".repeat(depth), "]".repeat(depth))
    };
    let plan = parse(&with_steps(&nested(60))).expect("it is not too deep");
    assert_eq!(crate::Plan::from_json(&plan.to_json()), Ok(plan));
    assert!(parse(&with_steps(&nested(62))).is_err());
}

#[test]
fn many_problems_are_not_all_told() {
    let steps: String = (0..500).map(|index| format!("  s{index}: {{ agnt: any }}\n")).collect();
    assert_eq!(parse(&with_steps(&steps)).map_err(|problems| problems.0.len()), Err(100));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_the_expression_compiler(text in "[a-z0-9_ .,:?!<>=&|+*/%()\\[\\]{}'\"\\\\$äé\n-]{0,60}") {
        if let Ok(expression) = Expression::compile(&text, Position::default()) {
            let found = names(expression.root());
            for place in found.variables.iter().chain(&found.steps) {
                expression.extent(place.node);
            }
        }
    }

    #[test]
    fn no_change_of_a_file_breaks_the_parser(at in 0..WHOLE.len(), cut in 0..40usize, with in "[a-z0-9 :{}\\[\\]'\"$&*!#|>,\n-]{0,12}") {
        let end = (at + cut).min(WHOLE.len());
        let changed = format!("{}{with}{}", &WHOLE[..at], &WHOLE[end..]);
        if let Err(problems) = parse(&changed) {
            prop_assert!(!problems.0.is_empty() && !problems.to_string().is_empty());
        }
    }
}
