//! `'%d of %s'.format([…])`. It does not know other functions.

use std::fmt::Write;

use super::evaluate::{Result, fail};
use super::function::{Function, Tools, no_overload};
use super::meter::Meter;
use super::value::Value;
use super::{convert, duration, time};
use crate::schema::Kinds;

/// The functions.
pub(super) const FUNCTIONS: &[Function] = &[Function::method("format", (2, 2), Kinds::STRING, format)];

/// The digits behind the point where none are asked for.
const DEFAULT_PRECISION: usize = 6;

/// The most digits behind the point: a double has no more that mean anything.
const MAX_PRECISION: usize = 100;

fn format<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let [Value::String(pattern), Value::List(list)] = arguments else { return no_overload() };
    let (mut rest, mut written, mut index) = (&**pattern, String::new(), 0);
    while let Some((before, after)) = rest.split_once('%') {
        written.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            written.push('%');
            rest = after;
            continue;
        }
        let (precision, after) = precision(after)?;
        let mut letters = after.chars();
        let Some(clause) = letters.next() else { return fail("a clause of the format has no end: write `%%`") };
        let Some(value) = list.get(index) else {
            return fail(format!("the format has more clauses than the {} values", list.len()));
        };
        let start = written.len();
        clause_of(clause, precision, &value, &mut written, &mut tools.meter)?;
        tools.meter.make(written.len() - start)?;
        (index, rest) = (index + 1, letters.as_str());
    }
    written.push_str(rest);
    tools.meter.text(written)
}

/// The digits that a clause asks for, and what follows them.
fn precision(text: &str) -> Result<(Option<usize>, &str)> {
    let Some(digits) = text.strip_prefix('.') else { return Ok((None, text)) };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    match digits[..end].parse() {
        Ok(precision) if precision <= MAX_PRECISION => Ok((Some(precision), &digits[end..])),
        _ => fail(format!("a format has from 0 to {MAX_PRECISION} digits behind the point")),
    }
}

fn clause_of(
    clause: char,
    precision: Option<usize>,
    value: &Value<'_>,
    written: &mut String,
    meter: &mut Meter,
) -> Result<()> {
    let precision = precision.unwrap_or(DEFAULT_PRECISION);
    let text = match (clause, value) {
        ('s', value) => return text(value, written, meter),
        ('d', Value::Int(number)) => number.to_string(),
        ('d', Value::Uint(number)) => number.to_string(),
        ('d', Value::Double(number)) => plain(*number),
        ('f' | 'e', Value::Double(number)) if !number.is_finite() => plain(*number),
        ('f', number) if double(number).is_some() => format!("{:.precision$}", double(number).unwrap_or_default()),
        ('e', number) if double(number).is_some() => scientific(double(number).unwrap_or_default(), precision),
        ('b', Value::Bool(bool)) => u8::from(*bool).to_string(),
        ('b' | 'o' | 'x' | 'X', Value::Int(number)) => {
            let sign = if *number < 0 { "-" } else { "" };
            format!("{sign}{}", radix(clause, number.unsigned_abs()))
        }
        ('b' | 'o' | 'x' | 'X', Value::Uint(number)) => radix(clause, *number),
        ('x' | 'X', Value::String(text)) => hexadecimal(clause, text.as_bytes()),
        ('x' | 'X', Value::Bytes(bytes)) => hexadecimal(clause, bytes),
        ('d' | 'f' | 'e' | 'b' | 'o' | 'x' | 'X', other) => {
            return fail(format!("`%{clause}` does not take {}", other.kind()));
        }
        _ => return fail(format!("there is no clause `%{clause}`: there are s, d, f, e, b, o, x and X")),
    };
    written.push_str(&text);
    Ok(())
}

/// A number for a clause of doubles: JSON does not tell `3` from `3.0`.
fn double(value: &Value<'_>) -> Option<f64> {
    super::operator::double(value)
}

/// A double as `%s` and `%d` have it.
fn plain(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    convert::digits(number)
}

/// `1.052033e+03`.
fn scientific(number: f64, precision: usize) -> String {
    let written = format!("{number:.precision$e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let (sign, power) = exponent.strip_prefix('-').map_or(('+', exponent), |power| ('-', power));
    format!("{mantissa}e{sign}{power:0>2}")
}

fn radix(clause: char, number: u64) -> String {
    match clause {
        'b' => format!("{number:b}"),
        'o' => format!("{number:o}"),
        'x' => format!("{number:x}"),
        _ => format!("{number:X}"),
    }
}

fn hexadecimal(clause: char, bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let written = if clause == 'x' { write!(text, "{byte:02x}") } else { write!(text, "{byte:02X}") };
        written.expect("writing to a text does not fail");
        text
    })
}

/// Any value in words: texts as they are, lists and maps in brackets, keys in their order.
fn text(value: &Value<'_>, written: &mut String, meter: &mut Meter) -> Result<()> {
    let start = written.len();
    match value {
        Value::Null => written.push_str("null"),
        Value::Bool(bool) => written.push_str(if *bool { "true" } else { "false" }),
        Value::Int(number) => written.push_str(&number.to_string()),
        Value::Uint(number) => written.push_str(&number.to_string()),
        Value::Double(number) => written.push_str(&plain(*number)),
        Value::String(text) => written.push_str(text),
        Value::Bytes(bytes) => written.push_str(&String::from_utf8_lossy(bytes)),
        Value::Timestamp(time) => written.push_str(&time::stamp(*time)),
        Value::Duration(duration) => written.push_str(&duration::written(*duration)),
        Value::Type(name) => written.push_str(name),
        Value::List(list) => return in_brackets(list.iter().map(|item| (None, item)), ('[', ']'), written, meter),
        Value::Map(map) => {
            meter.make_places(map.len())?;
            let mut entries = Vec::with_capacity(map.len());
            for (key, value) in map.iter() {
                let mut name = String::new();
                text(&key.into(), &mut name, meter)?;
                entries.push((Some(name), value));
            }
            entries.sort_by(|one, other| one.0.cmp(&other.0));
            return in_brackets(entries.into_iter(), ('{', '}'), written, meter);
        }
        Value::Optional(_) => return fail("`%s` does not take an optional"),
    }
    meter.make(written.len() - start)
}

fn in_brackets<'a>(
    items: impl Iterator<Item = (Option<String>, Value<'a>)>,
    (open, close): (char, char),
    written: &mut String,
    meter: &mut Meter,
) -> Result<()> {
    written.push(open);
    for (index, (name, item)) in items.enumerate() {
        written.push_str(if index == 0 { "" } else { ", " });
        if let Some(name) = name {
            written.push_str(&name);
            written.push_str(": ");
        }
        text(&item, written, meter)?;
    }
    written.push(close);
    Ok(())
}
