//! Files made to hurt: whatever they are, there is an answer, soon and without a panic.

use proptest::prelude::*;

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
