//! Dates, written out as in a letter.

use baton_sdk::{Failure, Timestamp};
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// A language that letters are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    /// English: `31 March 2026`.
    #[default]
    En,
    /// German: `31. März 2026`.
    De,
}

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const GERMAN: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// The date at a point in time, in UTC.
pub(crate) fn on(time: Timestamp) -> Result<Date, Failure> {
    i64::try_from(time.as_millis())
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok())
        .map(|time| Offset::UTC.to_datetime(time).date())
        .ok_or_else(|| Failure::permanent(format_args!("the clock shows no date: {time:?}")))
}

/// Reads a date in ISO 8601, in its one usual form.
pub(crate) fn parse(text: &str) -> Result<Date, Failure> {
    calendar_date(text)
        .ok_or_else(|| Failure::invalid(format_args!("date: {text:?} is no date such as \"2026-03-31\"")))
}

fn calendar_date(text: &str) -> Option<Date> {
    let digits = |range| text.get(range).filter(|part: &&str| part.bytes().all(|byte| byte.is_ascii_digit()));
    if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
        return None;
    }
    let (year, month, day) = (digits(0..4)?.parse().ok()?, digits(5..7)?.parse().ok()?, digits(8..10)?.parse().ok()?);
    Date::new(year, month, day).ok()
}

/// Writes a date out. After the German day stands a space that no line breaks at, and that makes no list of it in Markdown.
pub(crate) fn written(date: Date, language: Language) -> String {
    let (day, year) = (date.day(), date.year());
    let month = usize::from(date.month().unsigned_abs()) - 1;
    match language {
        Language::En => format!("{day} {} {year}", ENGLISH[month]),
        Language::De => format!("{day}.\u{a0}{} {year}", GERMAN[month]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_out_in_the_language_of_the_letter() {
        let date = parse("2026-03-01").unwrap();
        assert_eq!(written(date, Language::En), "1 March 2026");
        assert_eq!(written(date, Language::De), "1.\u{a0}März 2026");
        assert_eq!(written(parse("2024-12-31").unwrap(), Language::En), "31 December 2024");
    }

    #[test]
    fn the_clock_shows_the_date_in_utc() {
        assert_eq!(on(Timestamp::from_millis(0)), parse("1970-01-01"));
        assert_eq!(on(Timestamp::from_millis(1_774_915_199_999)), parse("2026-03-30"));
        assert_eq!(on(Timestamp::from_millis(1_774_915_200_000)), parse("2026-03-31"));
        assert!(matches!(on(Timestamp::from_millis(u64::MAX)), Err(Failure::Permanent(_))));
    }

    #[test]
    fn what_is_no_date_is_refused_with_its_text() {
        for text in ["", "2026-02-29", "31.03.2026", "20260331", "2026-03-31T10:00:00"] {
            let expected = format!("date: {text:?} is no date such as \"2026-03-31\"");
            assert_eq!(parse(text), Err(Failure::Invalid(expected)));
        }
    }
}
