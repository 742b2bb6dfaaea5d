//! Durations: from texts and to texts. It does not know times.

use jiff::SignedDuration;

use super::evaluate::{Result, fail};
use super::function::{Tools, no_overload};
use super::time::shown;
use super::value::Value;

/// The function of that name.
pub(super) fn convert<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    match &arguments[0] {
        Value::Duration(_) => Ok(arguments[0].clone()),
        Value::String(text) => match read(text) {
            Some(duration) => short(Some(duration)),
            None => fail(format!("`{}` is no duration such as `1h30m`, `90s` or `250ms`", shown(text))),
        },
        _ => no_overload(),
    }
}

/// A duration, if 64 bits hold its nanoseconds.
pub(super) fn short<'a>(duration: Option<SignedDuration>) -> Result<Value<'a>> {
    let duration = duration.filter(|duration| i64::try_from(duration.as_nanos()).is_ok());
    duration.map_or_else(|| fail("the duration is longer than 292 years"), |duration| Ok(Value::Duration(duration)))
}

/// Reads `1h30m`, `-1.5s`, `250ms`.
fn read(text: &str) -> Option<SignedDuration> {
    let (negative, mut rest) =
        text.strip_prefix('-').map_or((false, text.strip_prefix('+').unwrap_or(text)), |rest| (true, rest));
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    let mut nanoseconds = 0i128;
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let (unit, after) = UNITS.iter().find_map(|(name, unit)| Some((*unit, after.strip_prefix(name)?)))?;
        nanoseconds = nanoseconds.checked_add(amount(number, unit)?)?;
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    let seconds = i64::try_from(nanoseconds / 1_000_000_000).ok()?;
    let duration = SignedDuration::new(seconds, i32::try_from(nanoseconds % 1_000_000_000).ok()?);
    Some(if negative { -duration } else { duration })
}

/// The units of durations, in nanoseconds; a name that begins with another stands before it.
const UNITS: [(&str, i128); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("h", 3_600_000_000_000),
];

/// The most digits of a number in a duration: more mean nothing.
const MAX_DIGITS: usize = 18;

/// So many of a unit, with a fraction or without.
fn amount(number: &str, unit: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() > MAX_DIGITS || fraction.len() > MAX_DIGITS || number.len() == number.matches('.').count() {
        return None;
    }
    let digits = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<i128>().ok() };
    let scale = 10i128.pow(u32::try_from(fraction.len()).ok()?);
    digits(whole)?.checked_mul(unit)?.checked_add(digits(fraction)?.checked_mul(unit)? / scale)
}

/// A duration in seconds: `90s`, `-0.25s`.
pub(crate) fn written(duration: SignedDuration) -> String {
    let sign = if duration.is_negative() { "-" } else { "" };
    let (seconds, nanoseconds) = (duration.as_secs().unsigned_abs(), duration.subsec_nanos().unsigned_abs());
    match nanoseconds {
        0 => format!("{sign}{seconds}s"),
        _ => format!("{sign}{seconds}.{}s", format!("{nanoseconds:09}").trim_end_matches('0')),
    }
}
