//! What a plain scalar means: YAML 1.2's core schema, except that a number which would lose digits is refused.
//! It does not know places.

use serde_json::Number;

use super::Kind;

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

/// The integer, if 64 bits hold it.
fn integer(text: &str) -> Result<Number, String> {
    let refuse = |_| format!("the number {text} has more than 64 bits");
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

/// The number, if it is finite.
fn float(text: &str) -> Result<Number, String> {
    let parsed = text.parse::<f64>().ok().and_then(Number::from_f64);
    parsed.ok_or_else(|| format!("the number {text} is not finite"))
}
