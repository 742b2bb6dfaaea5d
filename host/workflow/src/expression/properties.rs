//! Properties of expressions: whatever is written and whatever comes in, there is a value or an error, never a panic.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;

use super::json;
use super::meter::Meter;
use super::scope::NoSteps;
use super::value::Value;
use super::{Cel, Function, LIMITS, Language, Limits, Macro, Scope, compare};

/// Values as a guest may send them.
fn values() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "[a-zäß😀%. ]{0,6}".prop_map(Json::from),
        select(vec!["2026-01-31T12:00:00Z", "1h", "%s %d", "YQ==", "Europe/Berlin", "+01:00"]).prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map("[a-c]", inner, 0..4).prop_map(|map| map.into_iter().collect::<Json>()),
        ]
    })
}

/// Texts of expressions: every operator, function and macro, over anything.
fn expressions() -> impl Strategy<Value = String> {
    let functions: Vec<&str> = Function::names().collect();
    let macros: Vec<&str> = Macro::names().collect();
    let literals = vec![
        "input",
        "input.a",
        "input.?b",
        "input[0]",
        "x",
        "null",
        "true",
        "0",
        "-1",
        "9223372036854775807",
        "18446744073709551615u",
        "1u",
        "0.5",
        "1e300",
        "''",
        "'aä'",
        "b'\\xff'",
        "[]",
        "{}",
        "[1, 'a']",
        "{1: 2}",
        "timestamp('9999-12-31T23:59:59Z')",
        "timestamp('0001-01-01T00:00:00Z')",
        "duration('292y')",
        "duration('-1ns')",
        "optional.none()",
        "optional.of(1)",
        "int",
        "double('NaN')",
        "'%s%d%.3f%e%b%x'",
    ];
    let operators = vec!["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "in", "&&", "||"];
    select(literals).prop_map(str::to_owned).prop_recursive(4, 20, 3, move |inner| {
        let arguments = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            (inner.clone(), select(operators.clone()), inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[?{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            inner.clone().prop_map(|a| format!("-({a})")),
            (select(functions.clone()), arguments.clone())
                .prop_map(|(name, all)| format!("{name}({})", all.join(", "))),
            (inner.clone(), select(functions.clone()), arguments.clone())
                .prop_map(|(target, name, all)| format!("({target}).{name}({})", all.join(", "))),
            (inner.clone(), select(macros.clone()), select(vec!["x", "x, y", "i, x"]), arguments).prop_map(
                |(target, name, variables, all)| format!("({target}).{name}({variables}, {})", all.join(", "))
            ),
            (inner.clone(), inner).prop_map(|(a, b)| format!("cel.bind(x, {a}, {b})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_expression_has_a_value_or_an_error(text in expressions(), input in values()) {
        let limits = Limits { work: 20_000, made: 1 << 16, ..LIMITS };
        let context = serde_json::Map::new();
        let scope = Scope::new(&input, &Json::Null, &NoSteps, &context);
        if let Ok(tree) = Cel.parse(&text, &limits) {
            drop(super::names(&tree.root));
            let first = Cel.evaluate(&tree, &scope, &limits);
            prop_assert_eq!(first, Cel.evaluate(&tree, &scope, &limits));
        }
    }

    #[test]
    fn a_value_comes_out_as_it_went_in(input in values()) {
        let context = serde_json::Map::new();
        let scope = Scope::new(&input, &Json::Null, &NoSteps, &context);
        let tree = Cel.parse("input", &LIMITS).expect("it is an expression");
        prop_assert_eq!(Cel.evaluate(&tree, &scope, &LIMITS), Ok(input));
    }

    #[test]
    fn order_and_equality_agree(one in values(), other in values()) {
        let mut meter = Meter::new(&LIMITS);
        let (left, right) = (Value::from(&one), Value::from(&other));
        prop_assert_eq!(compare::equal(&left, &left, &mut meter), Ok(true));
        let equal = compare::equal(&left, &right, &mut meter);
        prop_assert_eq!(&equal, &compare::equal(&right, &left, &mut meter));
        if let Ok(order) = compare::order(&left, &right, &mut meter) {
            prop_assert_eq!(order.map(std::cmp::Ordering::reverse), compare::order(&right, &left, &mut meter).expect("they have an order"));
            prop_assert_eq!(Ok(order.is_some_and(std::cmp::Ordering::is_eq)), equal);
        }
        prop_assert_eq!(json::result(&left, &mut meter), Ok(one.clone()));
    }
}
