//! Tests of expressions.

use serde_json::json;

use super::*;

/// Steps as a test has them.
struct Steps(Value);

impl StepOutputs for Steps {
    fn output(&self, step: &str) -> Option<&Value> {
        self.0.get(step)?.get("output")
    }

    fn outcome(&self, step: &str) -> Option<&Value> {
        self.0.get(step)?.get("outcome")
    }
}

fn evaluate(text: &str) -> Result<Value, String> {
    let steps = Steps(json!({
        "check": {"output": {"risk": "low", "findings": [{"code": "A"}, {"code": "B"}]}, "outcome": "completed"},
        "gone": {"output": null, "outcome": "skipped"}
    }));
    let input = json!({"name": "Ada", "age": 36, "rate": 1.5, "tags": ["x", "y"], "big": 18446744073709551615u64});
    let (item, index) = (json!({"pages": 3}), json!(2));
    let data = json!({"countries": {"DE": 1}});
    let context = serde_json::Map::new();
    let scope = Scope { item: Some(&item), index: Some(&index), ..Scope::new(&input, &data, &steps, &context) };
    let compiled = Expression::compile(text, Position::default()).map_err(|error| error.message)?;
    compiled.evaluate(&scope).map_err(|error| error.to_string())
}

#[test]
fn values() {
    let check = |text: &str, expect: Value| assert_eq!(evaluate(text), Ok(expect), "{text}");
    check("input.name", json!("Ada"));
    check("input['name'] + '!'", json!("Ada!"));
    check("steps.check.output.risk != 'low'", json!(false));
    check("steps['check'].output.findings[1].code", json!("B"));
    check("steps.gone.outcome", json!("skipped"));
    check("steps.gone.output == null", json!(true));
    check("item.pages * index + 1", json!(7));
    check("input.age * input.rate", json!(54.0));
    check("7 / 2 + 7 % 4 - -1", json!(7));
    check("1 == 1.0 && 2 > 1.5", json!(true));
    check("input.big > 0 && input.big == 18446744073709551615u", json!(true));
    check("'x' in input.tags && !('z' in input.tags) && 'DE' in data.countries", json!(true));
    check("size(input.tags) + input.name.size() + size({'a': 1})", json!(6));
    check("input.age >= 18 ? 'adult' : 'minor'", json!("adult"));
    check("[1, 2.5, 'a', null, true, {'k': []}]", json!([1, 2.5, "a", null, true, {"k": []}]));
    check("[1] + [2]", json!([1, 2]));
    check("input.tags.map(t, t + t)", json!(["xx", "yy"]));
    check("[1, 2, 3].map(n, n > 1, n * 10)", json!([20, 30]));
    check("[1, 2, 3].filter(n, n != 2)", json!([1, 3]));
    check("[1, 2].exists(n, n == 2) && [1, 2].all(n, n > 0) && [1, 2].exists_one(n, n == 1)", json!(true));
    check("{'b': 1, 'a': 2}.map(k, k)", json!(["b", "a"]));
    check("[[1, 2], [3]].map(l, l.map(n, n + size(l)))", json!([[3, 4], [4]]));
    check(
        "has(input.name) && !has(input.other) && !has(steps.gone.output.risk) && !has(steps.gone.output)",
        json!(true),
    );
    check("input.name.matches('^A.a$') && 'abc'.contains('b') && 'abc'.startsWith('a')", json!(true));
    check("string(36) + string(true) + string(1.5)", json!("36true1.5"));
    check("int('12') + int(3.9) + int(-3.9)", json!(12));
    check("['a', 'b'].join(', ') + ' B '.trim().lowerAscii()", json!("a, bb"));
    check("'a,b'.split(',')", json!(["a", "b"]));
    check("true || input.none.x", json!(true));
    check("input.none.x == 1 || true", json!(true));
    check("false && 1 / 0 == 1", json!(false));
    check("r'\\d' + \"\\u00e4\"", json!("\\dä"));
}

#[test]
fn errors() {
    let check = |text: &str, expect: &str| {
        let error = evaluate(text).expect_err(text);
        assert!(error.contains(expect), "{text}: {error}");
    };
    check("input.nme", "there is no key `nme`, there are name, age, rate, tags, big");
    check("steps.gone.output.risk", "null has no key `risk`");
    check("steps.none.output", "step `none` is not settled");
    check("output", "there is no `output` here");
    check("input.tags[2]", "there is no element 2: the list has 2");
    check("input.tags[-1]", "there is no element -1");
    check("input.name + 1", "`+` does not take a string and an integer");
    check("9223372036854775807 + 1", "no integer of 64 bits");
    check("1 / 0", "division by zero");
    check("1e308 * 10.0", "not a finite number");
    check("'a' < 1", "cannot be compared");
    check("size(input.age)", "`size` does not take an integer");
    check("input.name ? 1 : 2", "a boolean is needed here, not a string");
    check("'x'.matches('(')", "is not a pattern");
    check("'x'.matches('(a{1000}){1000}')", "is not a pattern");
    check("{'a': 1, 'a': 2}", "twice");
    check("int('x')", "no integer");
    check("false || input.none", "there is no key `none`");
}

#[test]
fn texts_that_are_no_expressions() {
    let check = |text: &str, offset: usize, expect: &str| {
        let error = Expression::compile(text, Position::default()).expect_err(text);
        assert!(error.message.contains(expect), "{text}: {}", error.message);
        assert_eq!(error.offset, offset, "{text}: {}", error.message);
    };
    check("", 0, "empty");
    check("input.", 5, "ends too early");
    check("input.name ==", 12, "ends too early");
    check("a b", 2, "`b` is not expected here");
    check("'ä' == input.name = 1", 18, "");
    check("Message{a: 1}", 7, "messages are not supported");
    check(&"(".repeat(40), 32, "nest deeper");
    check(&format!("1{}", "+1".repeat(300)), 513, "more than 256 operators");
    check(&"x".repeat(5000), 0, "longer than 4096 bytes");
}

#[test]
fn times_and_what_may_be_missing() {
    let check = |text: &str, expect: Value| assert_eq!(evaluate(text), Ok(expect), "{text}");
    check("timestamp('2026-01-31T23:30:00Z') + duration('45m')", json!("2026-02-01T00:15:00Z"));
    check("timestamp('2026-03-01T00:00:00Z') - timestamp('2026-02-01T00:00:00Z')", json!("2419200s"));
    check("timestamp('2026-07-01T23:30:00+02:00').getHours('Europe/Berlin')", json!(23));
    check("timestamp('2026-01-31T23:30:00Z').getDate('Europe/Berlin')", json!(1));
    check("timestamp('0001-01-01T00:00:00Z').getFullYear('UTC')", json!(1));
    check("[duration('1.5h'), duration('-250ms'), duration('0')]", json!(["5400s", "-0.25s", "0s"]));
    check("input.?nick.orValue(input.name)", json!("Ada"));
    check("input.?name.optMap(n, n + '!').orValue('nobody')", json!("Ada!"));
    check("[?input.?nick, ?input.?name]", json!(["Ada"]));
    check("{?'nick': input.?nick, 'name': input.name}", json!({"name": "Ada"}));
    check("input.?none.?deeper.hasValue()", json!(false));
    check("cel.bind(n, input.name, n + n)", json!("AdaAda"));
    check("input.tags.transformMap(i, t, t + string(i)).map(i, string(i))", json!(["0", "1"]));
    check("{'a': 2}.transformMapEntry(k, v, {k + k: v * v})", json!({"aa": 4}));
    check("['b', 'a', 'b'].distinct().sort()", json!(["a", "b"]));
    check("b'ab'", json!("YWI="));
    check("type(input.age) == int && type(input.rate) == double && type(input.big) == uint", json!(true));
}

#[test]
fn patterns_are_re2s() {
    let check = |text: &str, expect: bool| assert_eq!(evaluate(text), Ok(json!(expect)), "{text}");
    check(r"'٣'.matches(r'\d')", false);
    check(r"'ä'.matches(r'^\W$') && 'a_1'.matches(r'^\w+$')", true);
    check(r"'x[&&y'.matches('^[x[&y]+$')", true);
    check(r"'K'.matches('(?i)^k$') && 'ab'.matches(r'(?P<n>a)b\z')", true);
    check(r"']'.matches('^[]]$') && 'a-'.matches('^[a-]+$')", true);
    check(r"'a1'.matches('^[[:alpha:]][[:digit:]]$')", true);
    check(r"'a{,2}'.matches('^a{,2}$')", true);
    for pattern in ["(?x)a b", "a(?=b)", r"(a)\1", "[a--b]", "("] {
        let error = evaluate(&format!("input.name.matches(r'{pattern}')")).expect_err(pattern);
        assert!(error.contains("is not a pattern"), "{error}");
    }
}

#[test]
fn what_json_cannot_hold_is_an_error() {
    let check = |text: &str, expect: &str| {
        let error = evaluate(text).expect_err(text);
        assert!(error.contains(expect), "{text}: {error}");
    };
    check("1.0 / 0.0", "+Inf is not a finite number");
    check("double('NaN')", "NaN is not a finite number");
    check("{1: 2}", "a key of a JSON object must be a string, not an integer");
    check("type(1)", "the type `int` is no JSON value");
    check("input.?name", "write `.orValue(…)`");
    check("input.big + 1", "`+` does not take an unsigned integer and an integer");
    check("input.big + input.big", "no unsigned integer of 64 bits");
}

#[test]
fn calls_that_can_have_no_value_are_faults() {
    let faults = |text: &str| {
        let compiled = Expression::compile(text, Position::default()).expect("it compiles");
        names(compiled.root()).faults.into_iter().map(|(_, message, _)| message).collect::<Vec<_>>()
    };
    assert_eq!(faults("timestamp('yesterday')"), ["`yesterday` is no time such as `2026-01-31T12:00:00Z`"]);
    assert_eq!(faults("duration('5')"), ["`5` is no duration such as `1h30m`, `90s` or `250ms`"]);
    assert_eq!(faults("input.name.matches('(')"), ["`(` is not a pattern: unclosed group"]);
    assert_eq!(faults("int('x')"), ["`x` is no integer of 64 bits"]);
    assert_eq!(faults("contains('a', 'b')"), ["`contains` is called on a value"]);
    assert_eq!(faults("'1'.int()"), ["`int` is called on nothing"]);
    assert_eq!(faults("input.has(x)"), ["`has` needs nothing before it and a field in it"]);
    assert_eq!(faults("input.all(x, x, true)").len(), 1);
    assert_eq!(faults("cel.bind(input, 1, input)").len(), 1);
    assert_eq!(faults("[1].map(math, math.abs(1))").len(), 1);
    assert_eq!(faults("cel.block([1], cel.index(0))").len(), 2);
}

#[test]
fn the_deepest_allowed_expressions_fit_a_small_stack() {
    let brackets = format!("{}1{}", "(".repeat(24), ")".repeat(24));
    let lists = format!("{}1{}", "[".repeat(24), "]".repeat(24));
    let sum = format!("1{}", "+1".repeat(256));
    let nots = format!("{}true", "!".repeat(256));
    let minus = format!("{}1", "-".repeat(256));
    let chain = format!("input{}", ".a".repeat(256));
    let ternary = format!("{}1", "true?1:".repeat(128));
    let ands = format!("true{}", "&&true".repeat(128));
    let mixed = format!("{}1{}", "[-1+(true?".repeat(12), ":1)]".repeat(12));
    for text in [brackets, lists, sum, nots, minus, chain, ternary, ands, mixed] {
        let work = move || drop(evaluate(&text));
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread starts");
        thread.join().expect("no overflow");
    }
}

#[test]
fn templates_keep_types_or_make_text() {
    let nowhere = |_| Position::default();
    let steps = Steps(Value::Null);
    let input = json!({"n": 3, "list": [1], "name": "Ada", "none": null});
    let context = serde_json::Map::new();
    let scope = Scope::new(&input, &Value::Null, &steps, &context);
    let check = |text: &str, expect: Value| {
        let template = Template::parse(text, &nowhere).expect(text);
        assert_eq!(template.render(&scope), Ok(expect), "{text}");
        let stored = serde_json::to_string(&template).expect("it is JSON");
        assert_eq!(serde_json::from_str::<Template>(&stored).expect("it is a template"), template);
    };
    check("plain", json!("plain"));
    check("${{ input.n }}", json!(3));
    check("  ${{ input.list }}\n", json!([1]));
    check("n=${{ input.n }}, ${{input.name}}!", json!("n=3, Ada!"));
    check("${{ input.none }}${{ input.list }}", json!("[1]"));
    check("${{ {'a': {'b': '}}'}} }}", json!({"a": {"b": "}}"}}));
    check("${{ '${{' }}", json!("${{"));
    assert_eq!(Template::parse("ab ${{ input.n", &nowhere).expect_err("no end").offset, 3);
    assert_eq!(Template::parse("ab ${{ input. }}", &nowhere).expect_err("no end").offset, 12);
}

#[test]
fn names_are_collected() {
    let compiled =
        Expression::compile("steps.a.output.map(x, x.y + item.z)[0] > steps['b'].outcome", Position::default());
    let compiled = compiled.expect("it compiles");
    let found = names(compiled.root());
    assert_eq!(found.steps.iter().map(|place| place.name).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(found.variables.iter().map(|place| place.name).collect::<Vec<_>>(), ["item"]);
    assert_eq!(found.faults, []);
    let faults = |text: &str| {
        let compiled = Expression::compile(text, Position::default()).expect("it compiles");
        names(compiled.root()).faults.into_iter().map(|(_, message, _)| message).collect::<Vec<_>>()
    };
    assert_eq!(faults("sise(input)"), ["there is no function `sise`"]);
    assert_eq!(faults("size()"), ["`size` takes one argument, not 0"]);
    assert_eq!(faults("size(steps)"), ["`steps` alone is no value"]);
    assert_eq!(faults("steps.a"), ["a step alone is no value"]);
    assert_eq!(faults("steps.a.risk"), ["a step has `output` and `outcome`, not `risk`"]);
    assert_eq!(faults("input.map(item, item)").len(), 1);
    assert_eq!(faults("has(input)"), ["`has` needs a field"]);
}
