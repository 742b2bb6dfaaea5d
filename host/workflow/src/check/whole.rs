//! Operations whose answer depends on whether a number is written whole: JSON does not tell `3` from `3.0`, and CEL divides
//! `3 / 2` as integers. It does not know values.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators};

use super::sink::Finding;
use crate::expression::Called;
use crate::problem::Code;
use crate::schema::{Kinds, Shape};

/// The functions that take doubles alone.
const OF_DOUBLES: [&str; 7] =
    ["math.ceil", "math.floor", "math.round", "math.trunc", "math.isNaN", "math.isInf", "math.isFinite"];

/// What is wrong with a call of numbers that may be whole or not; nothing if they are known to be one of the two.
pub(crate) fn fault(call: &CallExpr, name: &str, shapes: &[Shape<'_>]) -> Option<Finding> {
    let called = Called::new(call);
    let is_double = called.all().zip(shapes).any(|(node, shape)| is_double(node) || is_fraction(shape));
    let are_numbers = shapes.iter().all(|shape| !shape.kinds().is_empty() && Kinds::NUMBER.contains(shape.kinds()));
    if is_double || !are_numbers {
        return None;
    }
    if name == operators::DIVIDE && shapes.iter().any(|shape| !Kinds::INTEGER.contains(shape.kinds())) {
        let message = "`/` rounds if both numbers are whole, and here they may be whole or not";
        let hint = "write `double(…)` around one of them, or `int(…)` around both";
        return Some(Finding::new(Code::Mismatch, message, Some(hint.to_owned())));
    }
    OF_DOUBLES.contains(&name).then(|| {
        let message = format!("`{name}` takes a double, and this number may be whole");
        Finding::new(Code::Mismatch, message, Some(format!("write `{name}(double(…))`")))
    })
}

/// Whether every number of a shape has a fraction.
fn is_fraction(shape: &Shape<'_>) -> bool {
    shape.kinds().and(Kinds::INTEGER).is_empty()
}

/// Whether a node is a double, whatever the numbers in it are.
fn is_double(node: &IdedExpr) -> bool {
    match &node.expr {
        Expr::Literal(literal) => matches!(literal, LiteralValue::Double(_)),
        Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::CONDITIONAL, [_, yes, no]) => is_double(yes) && is_double(no),
            (operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE, sides) => {
                sides.iter().any(is_double)
            }
            (operators::NEGATE, [operand]) => is_double(operand),
            _ => {
                let name = Called::new(call).name();
                matches!(&*name, "double" | "math.sqrt") || OF_DOUBLES[..4].contains(&&*name)
            }
        },
        _ => false,
    }
}
