//! What an expression gives whatever it sees: `1 > 2`, `false && input.urgent`. It does not know what the answer is used for.

use cel::common::ast::{Expr, IdedExpr, operators};
use serde_json::{Map, Value as Json};

use super::evaluate::Evaluator;
use super::scope::{NoSteps, Scope};
use super::value::Value;
use super::{Expression, LIMITS, Limits, json, names};

/// What one look at a part may cost: a file has room for some thirty thousand parts, which must not take longer than a second
/// together, and a part that costs more is no slip of the pen.
const OF_A_LOOK: Limits = Limits { work: 500, made: 8 << 10, ..LIMITS };

impl Expression {
    /// The boolean that it always is; none if that depends on what it sees, or is not known.
    pub(crate) fn always(&self) -> Option<bool> {
        always(self.root())
    }

    /// The value that it always has; none if that depends on what it sees, or there is none.
    pub(crate) fn constant(&self) -> Option<Json> {
        with_value(self.root(), |value, evaluator| json::result(&value, &mut evaluator.tools.meter).ok())
    }
}

fn always(node: &IdedExpr) -> Option<bool> {
    let Expr::Call(call) = &node.expr else { return alone(node) };
    match (call.func_name.as_str(), call.args.as_slice()) {
        (operators::LOGICAL_AND, sides) => decided(sides, false),
        (operators::LOGICAL_OR, sides) => decided(sides, true),
        (operators::LOGICAL_NOT, [operand]) => always(operand).map(|operand| !operand),
        (operators::CONDITIONAL, [condition, yes, no]) => match always(condition) {
            Some(true) => always(yes),
            Some(false) => always(no),
            None => always(yes).filter(|yes| always(no) == Some(*yes)),
        },
        _ => alone(node),
    }
}

/// `&&` and `||`: one side alone decides if it can, even if the other has no value.
fn decided(sides: &[IdedExpr], decisive: bool) -> Option<bool> {
    let sides: Vec<Option<bool>> = sides.iter().map(always).collect();
    if sides.contains(&Some(decisive)) {
        return Some(decisive);
    }
    sides.iter().all(|side| *side == Some(!decisive)).then_some(!decisive)
}

/// What a part gives that sees nothing.
fn alone(node: &IdedExpr) -> Option<bool> {
    with_value(node, |value, _| match value {
        Value::Bool(bool) => Some(bool),
        _ => None,
    })
}

/// Calls a function with the value of a part that sees nothing, if it has one.
fn with_value<T>(node: &IdedExpr, take: impl FnOnce(Value<'_>, &mut Evaluator<'_>) -> Option<T>) -> Option<T> {
    let names = names(node);
    if !(names.variables.is_empty() && names.steps.is_empty() && names.context.is_empty() && names.faults.is_empty()) {
        return None;
    }
    let (nothing, no_context) = (Json::Null, Map::new());
    let mut evaluator = Evaluator::new(Scope::new(&nothing, &nothing, &NoSteps, &no_context), &OF_A_LOOK);
    let value = evaluator.value(node).ok()?;
    take(value, &mut evaluator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Position;

    fn compiled(text: &str) -> Expression {
        Expression::compile(text, Position::default()).expect(text)
    }

    #[test]
    fn what_depends_on_nothing_is_known() {
        let check = |text: &str, expect: Option<bool>| assert_eq!(compiled(text).always(), expect, "{text}");
        check("false", Some(false));
        check("1 > 2", Some(false));
        check("size('ab') == 2 && ['a'].exists(x, x == 'a')", Some(true));
        check("false && input.urgent", Some(false));
        check("input.urgent || !false", Some(true));
        check("steps.a.output.x ? false : 1 > 2", Some(false));
        check("true ? input.urgent : false", None);
        check("input.urgent && true", None);
        check("input.urgent == input.urgent", None);
        check("context.x || steps.a.outcome == 'failed'", None);
        check("1 / 0 == 1", None);
        check("lists.range(1000).all(x, x >= 0)", None);
        check("'text'", None);
    }

    #[test]
    fn a_constant_has_its_value() {
        assert_eq!(compiled("[1, 2].map(x, x * 2)").constant(), Some(serde_json::json!([2, 4])));
        assert_eq!(compiled("[input]").constant(), None);
    }
}
