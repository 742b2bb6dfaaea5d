//! Days: from text, and from a point in time. It knows no clock.

use jiff::civil::Date;
use jiff::tz::Offset;

/// The day of a text like `2026-03-31`; nothing for any other notation.
#[must_use]
pub fn parse(text: &str) -> Option<Date> {
    let mut parts = text.split('-').zip([4, 2, 2]).map(|(part, length)| digits(part, length));
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if text.len() == "2026-03-31".len() {
        Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
    } else {
        None
    }
}

fn digits(part: &str, length: usize) -> Option<i16> {
    let plain = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    if plain { part.parse().ok() } else { None }
}

/// The day of a point in time in UTC, given as milliseconds since the Unix epoch.
#[must_use]
pub fn of(millis: u64) -> Date {
    let time = i64::try_from(millis).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    Offset::UTC.to_datetime(time.unwrap_or(jiff::Timestamp::MAX)).date()
}

/// The days from one day to a later one; below zero if it is an earlier one.
#[must_use]
pub fn between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_notation_is_a_day() {
        assert_eq!(parse("2026-03-31").map(|day| day.to_string()), Some("2026-03-31".to_owned()));
        for text in ["", "31.03.2026", "2026-02-30", "2026-3-31", "2026-03-31T00:00", "+026-03-31", "2026-03-31-1"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_point_in_time_is_on_a_day() {
        assert_eq!(of(0), parse("1970-01-01").expect("a day"));
        assert_eq!(of(1_774_915_199_999), parse("2026-03-30").expect("a day"));
        assert_eq!(of(1_774_915_200_000), parse("2026-03-31").expect("a day"));
        assert!(of(u64::MAX) > of(0));
    }

    #[test]
    fn days_are_counted_both_ways() {
        let (early, late) = (parse("2024-02-28").expect("a day"), parse("2024-03-01").expect("a day"));
        assert_eq!((between(early, late), between(late, early)), (2, -2));
    }
}
