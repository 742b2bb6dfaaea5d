//! Arithmetic, and comparisons of what is less, that can never have a value. It does not know what the value is for.

use cel::common::ast::operators;

use super::sink::Finding;
use crate::problem::Code;
use crate::schema::{Kinds, Shape};

/// What can be added: two of a kind.
const ADDED: [Kinds; 3] = [Kinds::NUMBER, Kinds::STRING, Kinds::ARRAY];

/// What can be less or more: two of a kind. A time is a text here.
const ORDERED: [Kinds; 3] = [Kinds::NUMBER, Kinds::STRING, Kinds::BOOLEAN];

/// What is wrong with the types that an operator is given; nothing if they may be right.
pub(crate) fn fault(operator: &str, arguments: &[Shape<'_>]) -> Option<Finding> {
    let (sign, verb) = match operator {
        operators::ADD => ("+", "add"),
        operators::SUBSTRACT => ("-", "subtract"),
        operators::MULTIPLY => ("*", "multiply"),
        operators::DIVIDE => ("/", "divide"),
        operators::MODULO => ("%", "divide"),
        operators::LESS => ("<", "compare"),
        operators::LESS_EQUALS => ("<=", "compare"),
        operators::GREATER => (">", "compare"),
        operators::GREATER_EQUALS => (">=", "compare"),
        _ => return None,
    };
    let [left, right] = arguments else { return None };
    let possible = match verb {
        "add" => sum(arguments),
        "compare" => any_of(left, right, &ORDERED),
        _ => both(left, right, Kinds::NUMBER),
    };
    let message = format!("`{sign}` cannot {verb} {} and {}", of(left), of(right));
    possible.is_empty().then(|| Finding::new(Code::Mismatch, message, hint(sign, left, right)))
}

/// The types that a sum can have.
pub(crate) fn sum(arguments: &[Shape<'_>]) -> Kinds {
    let [left, right] = arguments else { return Kinds::ALL };
    any_of(left, right, &ADDED)
}

/// The types of these that both sides can have.
fn any_of(left: &Shape<'_>, right: &Shape<'_>, kinds: &[Kinds]) -> Kinds {
    kinds.iter().map(|kinds| both(left, right, *kinds)).fold(Kinds::NONE, Kinds::or)
}

/// The types, if both sides can have one of them.
fn both(left: &Shape<'_>, right: &Shape<'_>, kinds: Kinds) -> Kinds {
    let possible = |shape: &Shape<'_>| shape.kinds().is_empty() || !shape.kinds().and(kinds).is_empty();
    if possible(left) && possible(right) { kinds } else { Kinds::NONE }
}

/// The types of a side in words: a number is a number, whole or not.
fn of(shape: &Shape<'_>) -> String {
    let kinds = shape.kinds();
    let kinds = if kinds.and(Kinds::NUMBER).is_empty() { kinds } else { kinds.or(Kinds::NUMBER) };
    kinds.to_string()
}

fn hint(sign: &str, left: &Shape<'_>, right: &Shape<'_>) -> Option<String> {
    let is_text = |shape: &Shape<'_>| shape.kinds() == Kinds::STRING;
    let is_number = |shape: &Shape<'_>| Kinds::NUMBER.contains(shape.kinds());
    let mixed = (is_text(left) && is_number(right)) || (is_number(left) && is_text(right));
    match sign {
        "+" if mixed => Some("`string(…)` makes a text of a number".to_owned()),
        "<" | "<=" | ">" | ">=" if mixed => Some("`double(…)` makes a number of a text".to_owned()),
        _ => None,
    }
}
