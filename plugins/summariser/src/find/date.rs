//! Finds dates: `2024-03-14`, `14/03/2024`, `14 March 2024`, `March 14th, 2024`, `14 MAR/MARS 2024`, `14. März 2024`.

mod role;

use std::ops::Range;

use jiff::civil;

use super::{Found, Value};
use crate::find::month::month;
use crate::output::{Date, DateRole};
use crate::scan::Scan;
use crate::token::Gap;

impl Value for Date {
    type Key = (String, Option<DateRole>);

    fn key(&self) -> Self::Key {
        (self.value.clone(), self.role)
    }
}

/// The dates of a block.
#[must_use]
pub fn find(scan: &Scan<'_>) -> Found<Date> {
    let spans = spans(scan);
    let mut found = Vec::with_capacity(spans.len());
    let mut before = 0;
    for (index, (day, tokens)) in spans.iter().enumerate() {
        let after = spans.get(index + 1).map_or(scan.len(), |(_, next)| next.start);
        let role = role::role(scan, tokens, before..after);
        found.push((Date { value: day.to_string(), role }, scan.part(tokens.clone())));
        before = tokens.end;
    }
    found
}

fn spans(scan: &Scan<'_>) -> Vec<(civil::Date, Range<usize>)> {
    let mut spans = Vec::new();
    let mut at = 0;
    while at < scan.len() {
        let span = [numeric, day_first, month_first, spaced].iter().find_map(|notation| notation(scan, at));
        match span {
            Some((day, end)) => {
                spans.push((day, at..end));
                at = end;
            }
            None => at += 1,
        }
    }
    spans
}

type Span = Option<(civil::Date, usize)>;

/// Three numbers with the same mark between them.
fn numeric(scan: &Scan<'_>, at: usize) -> Span {
    let mark = scan.raw(at + 1);
    let marked = matches!(mark, "-" | "." | "/") && scan.glued(at + 1, mark) && scan.raw(at + 3) == mark;
    let close = mark == "." || (scan.gap(at + 2) == Gap::None && scan.gap(at + 4) == Gap::None);
    let apart = at == 0 || scan.gap(at) != Gap::None || matches!(scan.raw(at - 1), "(" | "[" | ":" | "“" | "\"");
    let goes_on = scan.glued(at + 5, mark) && scan.gap(at + 6) == Gap::None && !scan.number(at + 6).is_empty();
    if !marked || !close || !apart || goes_on || scan.gap(at + 3) != Gap::None {
        return None;
    }
    let (one, two, three) = (scan.number(at), scan.number(at + 2), scan.number(at + 4));
    let day = if one.len() == 4 { date(one, number(two)?, three) } else { day_and_month(one, two, three) };
    day.map(|day| (day, at + 5))
}

/// Day before month, unless only the other way makes a date.
fn day_and_month(one: &str, two: &str, year: &str) -> Option<civil::Date> {
    date(year, number(two)?, one).or_else(|| date(year, number(one)?, two))
}

/// `14 March 2024`, `14th of March, 2024`, `14. März 2024`, `14 de marzo de 2024`, `14-Mar-2024`, `14 MAR/MARS 2024`.
fn day_first(scan: &Scan<'_>, at: usize) -> Span {
    let day = scan.number(at);
    if day.is_empty() {
        return None;
    }
    let next = skip(scan, at + 1, &["st", "nd", "rd", "th", ".", "º", "er", "-", "/"]);
    let next = skip(scan, next, &["day"]);
    let next = skip(scan, next, &["of", "de"]);
    let number = month(scan.word(next))?;
    let mut next = skip(scan, next + 1, &["."]);
    if scan.glued(next, "/") && month(scan.word(next + 1)).is_some() {
        next += 2;
    }
    let next = skip(scan, next, &["-", "/", ","]);
    let next = skip(scan, next, &["of", "de", "del"]);
    date(scan.number(next), number, day).map(|day| (day, next + 1))
}

/// `March 14, 2024`, `Mar. 14th 2024`.
fn month_first(scan: &Scan<'_>, at: usize) -> Span {
    let next = skip(scan, at + 1, &["."]);
    let day = scan.number(next);
    let month = if day.is_empty() { None } else { month(scan.word(at)) }?;
    let next = skip(scan, next + 1, &["st", "nd", "rd", "th"]);
    let next = skip(scan, next, &[","]);
    date(scan.number(next), month, day).map(|day| (day, next + 1))
}

/// `02 11 1969`, as passports print it: behind a colon, and nothing else to the end of the line.
fn spaced(scan: &Scan<'_>, at: usize) -> Span {
    let labelled = at > 0 && scan.raw(at - 1) == ":" && scan.gap(at) == Gap::Space;
    let whole = scan.gap(at + 3) == Gap::Break && scan.number(at).len() == 2 && scan.number(at + 1).len() == 2;
    if !labelled || !whole {
        return None;
    }
    date(scan.number(at + 2), number(scan.number(at + 1))?, scan.number(at)).map(|day| (day, at + 3))
}

/// Steps over one token if it is one of these and does not begin a line.
fn skip(scan: &Scan<'_>, at: usize, these: &[&str]) -> usize {
    let is_one = these.iter().any(|one| scan.raw(at).eq_ignore_ascii_case(one));
    if is_one && scan.gap(at) != Gap::Break { at + 1 } else { at }
}

/// A date of the years 1800 to 2199, written with four digits.
fn date(year: &str, month: i8, day: &str) -> Option<civil::Date> {
    let years = year.len() == 4 && ("1800".."2200").contains(&year);
    let date = civil::Date::new(year.parse().ok()?, month, number(day)?).ok()?;
    years.then_some(date)
}

fn number(digits: &str) -> Option<i8> {
    if digits.len() <= 2 { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
