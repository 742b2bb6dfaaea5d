//! What a plain scalar means: YAML 1.2's core schema, except that a number which would lose digits is refused.
//! It does not know places.

use serde_json::Number;

use super::{Kind, quoted};

/// The kind of an unquoted scalar.
///
/// # Errors
///
/// If it is a number that cannot be kept exactly, or not finite.
pub(crate) fn plain(text: &str) -> Result<Kind, String> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ if is_integer(text) => Kind::Number(integer(text)?, text.to_owned()),
        _ if is_float(text) => Kind::Number(float(text)?, text.to_owned()),
        _ => Kind::Text(text.to_owned()),
    })
}

/// Whether a text looks like `-12`, `0x1f` or `0o17`.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let all = |digits: &str, radix| !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(hexadecimal), _) => all(hexadecimal, 16),
        (_, Some(octal)) => all(octal, 8),
        _ => all(digits, 10),
    }
}

/// The integer, if 64 bits hold it, and no zero in front of it would be lost.
fn integer(text: &str) -> Result<Number, String> {
    let refuse = |_| format!("the number {} has more than 64 bits", quoted(text));
    let digits = text.trim_start_matches(['-', '+']);
    if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(format!("the number {} would lose the zeros in front of it", quoted(text)));
    }
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return u64::from_str_radix(hexadecimal, 16).map(Number::from).map_err(refuse);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return u64::from_str_radix(octal, 8).map(Number::from).map_err(refuse);
    }
    let signed = text.parse::<i64>().map(Number::from);
    signed.or_else(|_| text.parse::<u64>().map(Number::from)).map_err(refuse)
}

/// Whether a text looks like `1.5`, `1e9` or `.inf`.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN")
        || (unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && unsigned.bytes().any(|b| b.is_ascii_digit())
            && unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'-' | b'+'))
            && unsigned.parse::<f64>().is_ok())
}

/// The most digits of a number that a double keeps.
const MAX_DIGITS: usize = 17;

/// The number, if it is finite, and a double keeps its digits.
fn float(text: &str) -> Result<Number, String> {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_matches('0').len();
    let wrong = |what: &str| Err(format!("the number {} {what}", quoted(text)));
    match text.parse::<f64>().ok().filter(|number| number.is_finite()) {
        None => wrong("is not finite"),
        Some(_) if digits > MAX_DIGITS => wrong("has more digits than a double keeps"),
        Some(number) if number == 0.0 && digits > 0 => wrong("is smaller than a double can be"),
        Some(number) => Number::from_f64(number).map_or_else(|| wrong("is not finite"), Ok),
    }
}
