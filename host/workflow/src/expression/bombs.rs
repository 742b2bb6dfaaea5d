//! Expressions made to hurt: each ends with an error that says which limit it passed, at a cost that the limit bounds.

use std::sync::mpsc;
use std::thread;

use serde_json::{Value, json};

use super::scope::NoSteps;
use super::template::Template;
use super::{Cel, EvaluationError, Expression, LIMITS, Language, Limits, Scope};
use crate::problem::Position;

fn evaluate(text: &str, input: &Value, limits: &Limits) -> Result<Value, EvaluationError> {
    let tree = Cel.parse(text, limits).unwrap_or_else(|error| panic!("{text}: {error}"));
    let context = serde_json::Map::new();
    let scope = Scope::new(input, &Value::Null, &NoSteps, &context);
    Cel.evaluate(&tree, &scope, limits)
}

fn refused(text: &str, expect: &str) {
    let error = Expression::compile(text, Position::default()).expect_err("it is refused");
    assert!(error.message.contains(expect), "{}", error.message);
    assert!(error.hint.is_some_and(|hint| hint.contains("tool")));
}

#[test]
fn what_is_too_long_or_too_deep_is_refused_before_it_is_parsed() {
    refused(&"x".repeat(1_000_000), "longer than 4096 bytes");
    refused(&"(".repeat(1_000), "nest deeper than 32");
    refused(&"{'a':".repeat(200), "nest deeper than 32");
    refused(&format!("1{}", "+1".repeat(1_000)), "more than 256 operators");
    refused(&format!("{}true", "!".repeat(1_000)), "more than 256 operators");
    refused(&format!("input{}", ".a".repeat(1_000)), "more than 256 operators");
    refused(&format!("[{}]", "1,".repeat(1_000)), "more than 256 operators");
}

#[test]
fn no_quote_or_comment_hides_operators_from_the_limit() {
    let chain = "+'a'".repeat(500);
    for opening in [r"r'\'", r"R'''\'''", "'''a'b'''", r"'\\'", r#""\"""#, "'b' // it's\n"] {
        let error = Expression::compile(&format!("{opening}{chain}"), Position::default()).expect_err(opening);
        assert!(error.message.contains("more than 256 operators"), "{opening}: {}", error.message);
    }
    for text in [r"r'\' + '}}'", r#"'''a'b''' + "c""#, "'a' // it's }} a comment", r"'\'' + '\\'", "input.`a`"] {
        let template = format!("${{{{ {text}\n }}}}");
        let parsed = Template::parse(&template, &|_| Position::default());
        assert!(matches!(parsed, Ok(Template::Expression(_))), "{text}: {parsed:?}");
    }
}

#[test]
fn what_grows_is_stopped_by_what_it_makes_or_costs() {
    let ten = "[0,1,2,3,4,5,6,7,8,9]";
    let nest = |depth: usize| format!("{}true{}", format!("{ten}.all(x, ").repeat(depth), ")".repeat(depth));
    let doubled =
        |body: &str| format!("cel.bind(a, [1, 1], {}{body}{})", "cel.bind(a, [a, a], ".repeat(24), ")".repeat(24));
    let bombs = [
        format!("['xxxxxxxx']{}", ".map(s, s + s)".repeat(60)),
        format!("[[1]]{}", ".map(x, [x, x])".repeat(40)),
        format!("[[1]]{}", ".map(x, x + x)".repeat(40)),
        format!("[{{'a': 1}}]{}", ".map(x, {'a': x, 'b': x})".repeat(20)),
        doubled("a"),
        doubled("a == a"),
        doubled("'%s'.format([a])"),
        doubled("a.flatten(30)"),
        format!("'x'{}", ".replace('', 'xxxxxxxx')".repeat(20)),
        format!("'xx'{}", ".split('').join('xxxxxxxxxxxxxxxx')".repeat(20)),
        "lists.range(9223372036854775807)".to_owned(),
        "lists.range(10000).map(x, lists.range(10000))".to_owned(),
        "lists.range(3000).map(x, string(x)).distinct()".to_owned(),
        nest(8),
        nest(8).replace("all(x", "exists_one(x"),
        format!("true && {} || true", nest(8)),
        format!("[1, 2].exists(x, {})", nest(8)),
        "lists.range(200).map(x, 'a'.matches('a{' + string(x) + '}'))".to_owned(),
    ];
    for bomb in bombs {
        let error = evaluate(&bomb, &Value::Null, &LIMITS).expect_err(&bomb);
        assert!(error.is_exhaustion(), "{bomb}: {error}");
        assert!(error.to_string().contains("let a tool do it"), "{error}");
    }
}

#[test]
fn large_input_is_paid_for() {
    let input = json!({ "text": "ab".repeat(5 << 20), "list": vec![0; 100_000] });
    let stopped = |text: &str| {
        let error = evaluate(text, &input, &LIMITS).expect_err(text);
        assert!(error.is_exhaustion(), "{text}: {error}");
    };
    stopped("input.text.split('')");
    stopped("input.text.replace('a', input.text)");
    stopped("[input.text, input.text, input.text, input.text, input.text].join('')");
    stopped("input.list.map(x, input.list == input.list)");
    stopped("input.list.map(x, x in input.list.map(y, y + 1))");
    stopped("input.list.all(x, input.text.matches('b$') || true)");
    stopped("[input.text, input.text, input.text, input.text, input.text]");
    assert_eq!(evaluate("input", &input, &LIMITS), Ok(input.clone()));
    assert_eq!(evaluate("size(input.list.map(x, x + 1))", &input, &LIMITS), Ok(json!(100_000)));
}

#[test]
fn no_pattern_is_catastrophic() {
    let input = json!({ "text": "a".repeat(100_000) });
    for pattern in ["(a*)*b", "(a|a)*b", "(a+)+$b", "a*a*a*a*a*a*a*b"] {
        assert_eq!(
            evaluate(&format!("input.text.matches('{pattern}')"), &input, &LIMITS),
            Ok(json!(false)),
            "{pattern}"
        );
    }
    for pattern in ["(a{1000}){1000}", "((((a{99}){99}){99}){99}){99}", r"\\w{100000}"] {
        let error = evaluate(&format!("input.text.matches('{pattern}')"), &input, &LIMITS).expect_err(pattern);
        assert!(error.to_string().contains("is not a pattern"), "{error}");
    }
    let sent = json!({ "pattern": "(a|b)".repeat(1 << 20) });
    let error = evaluate("'a'.matches(input.pattern)", &sent, &LIMITS).expect_err("it is too long");
    assert!(error.to_string().contains("16384 are allowed"), "{error}");
}

#[test]
fn a_loop_over_a_map_takes_no_copy_of_it() {
    let map: Value = (0..100_000).map(|number| (format!("k{number}"), json!(number))).collect();
    let input = json!({ "map": map });
    let text = format!("{}true{}", "input.map.exists(k, v, v == 0 && ".repeat(8), ")".repeat(8));
    assert_eq!(evaluate(&text, &input, &LIMITS), Ok(json!(true)));
}

#[test]
fn an_allowance_is_what_was_given() {
    let small = Limits { work: 200, made: 1_000, ..LIMITS };
    assert_eq!(evaluate("[1, 2, 3].map(x, x + 1)", &Value::Null, &small), Ok(json!([2, 3, 4])));
    let work = "[1, 2, 3].all(x, [1, 2, 3].all(y, [1, 2, 3].all(z, x + y + z > 0)))";
    assert_eq!(evaluate(work, &Value::Null, &small), Err(EvaluationError::TooMuchWork));
    assert_eq!(
        evaluate("[1, 2, 3, 4].map(x, [x, x, x, x, x])", &Value::Null, &small),
        Err(EvaluationError::TooMuchMade)
    );
}

#[test]
fn what_is_left_after_the_allowance_is_nothing() {
    let small = Limits { work: 40, ..LIMITS };
    let dear = "[1, 2, 3, 4, 5, 6, 7, 8, 9].all(x, x > 0 && x < 10 && x != 11)";
    for text in [format!("({dear}) || true"), format!("true || ({dear})"), format!("[1].exists(x, {dear} || true)")] {
        let found = evaluate(&text, &Value::Null, &small);
        let expected = if text.starts_with("true") { Ok(json!(true)) } else { Err(EvaluationError::TooMuchWork) };
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn the_deepest_value_fits_a_small_stack() {
    let (done, ended) = mpsc::channel();
    let work = move || {
        let nested = format!("[1]{}", ".map(x, [x])".repeat(30));
        let value = evaluate(&format!("{nested} == {nested}"), &Value::Null, &LIMITS);
        done.send(value).expect("the test waits");
    };
    let thread = thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread starts");
    thread.join().expect("no overflow");
    assert_eq!(ended.recv().expect("it ended"), Ok(json!(true)));
}
