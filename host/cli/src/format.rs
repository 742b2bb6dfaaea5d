//! Durations, fuel, bytes, moments and counts as people read them. It does not know what they measure.

use baton_runtime::journal::{Timestamp, Usage};
use baton_runtime::policy::MicroUsd;
use jiff::tz::TimeZone;

/// A duration in milliseconds: `340 ms`, `1.2 s`, `3 min 4 s`, `2 h 5 min`, `3 d 4 h`.
#[must_use]
pub fn duration(ms: u64) -> String {
    let (seconds, minutes, hours) = (ms / 1_000, ms / 60_000, ms / 3_600_000);
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", seconds, ms % 1_000 / 100),
        60_000..3_600_000 => format!("{minutes} min {} s", seconds % 60),
        3_600_000..86_400_000 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{} d {} h", hours / 24, hours % 24),
    }
}

/// An amount of fuel: `950`, `1.2 k`, `310 M`, `1.2 G`.
#[must_use]
pub fn fuel(amount: u64) -> String {
    scaled(amount, 1_000, &["", " k", " M", " G", " T", " P", " E"])
}

/// A number of bytes: `512 B`, `3.4 MiB`.
#[must_use]
pub fn bytes(number: u64) -> String {
    scaled(number, 1_024, &[" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"])
}

/// The number in the largest unit of which it is at least one; one decimal below ten.
fn scaled(number: u64, step: u64, units: &[&str]) -> String {
    let (mut whole, mut rest, mut unit) = (number, 0, 0);
    while whole >= step && unit + 1 < units.len() {
        rest = whole % step;
        whole /= step;
        unit += 1;
    }
    let name = units.get(unit).copied().unwrap_or_default();
    if unit == 0 || whole >= 10 { format!("{whole}{name}") } else { format!("{whole}.{}{name}", rest * 10 / step) }
}

/// A number of things: `1 item`, `4 items`.
#[must_use]
pub fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// A large number with its digits in groups: `3,412`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A large number of things: `1 entry`, `3,412 entries`.
#[must_use]
pub fn counted(number: u64, thing: &str) -> String {
    let number_of = grouped(number);
    match thing.strip_suffix('y') {
        _ if number == 1 => format!("{number_of} {thing}"),
        Some(stem) => format!("{number_of} {stem}ies"),
        None => format!("{number_of} {thing}s"),
    }
}

/// What was used, in one line: `310 M fuel · 3.4 MiB memory · 12 calls · 14 KiB · 0.01 usd`.
#[must_use]
pub fn usage(usage: &Usage) -> String {
    let memory = bytes(usage.memory_bytes);
    let calls = count(usage.host_calls, "call");
    let cost = if usage.micro_usd == 0 { String::new() } else { format!(" · {}", MicroUsd(usage.micro_usd)) };
    format!("{} fuel · {memory} memory · {calls} · {}{cost}", fuel(usage.fuel), bytes(usage.bytes))
}

/// A day and a time: `2026-11-22 13:20:04`.
#[must_use]
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    shown(at, zone, "%Y-%m-%d %H:%M:%S")
}

/// A day and a time for those who may be in another zone: `2026-11-22 13:20:04 +01:00`, `2026-11-22 12:20:04 UTC`.
#[must_use]
pub fn deadline(at: Timestamp, zone: &TimeZone) -> String {
    let shown = shown(at, zone, "%Y-%m-%d %H:%M:%S %:z");
    shown.strip_suffix("+00:00").map_or(shown.clone(), |shown| format!("{shown}UTC"))
}

/// A time of day: `13:20:04`.
#[must_use]
pub fn time_of_day(at: Timestamp, zone: &TimeZone) -> String {
    shown(at, zone, "%H:%M:%S")
}

fn shown(at: Timestamp, zone: &TimeZone, form: &str) -> String {
    let moment = i64::try_from(at.0).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    moment.map_or_else(|| "-".to_owned(), |moment| moment.to_zoned(zone.clone()).strftime(form).to_string())
}

/// How much time there is between two moments, in milliseconds; none if the second is the earlier.
#[must_use]
pub fn between(from: Timestamp, to: Timestamp) -> u64 {
    to.0.saturating_sub(from.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_units_at_most() {
        let cases = [0, 999, 1_000, 1_290, 59_999, 60_000, 184_000, 7_500_000, 86_400_000, 273_600_000];
        let shown: Vec<String> = cases.iter().map(|ms| duration(*ms)).collect();
        let expect =
            ["0 ms", "999 ms", "1.0 s", "1.2 s", "59.9 s", "1 min 0 s", "3 min 4 s", "2 h 5 min", "1 d 0 h", "3 d 4 h"];
        assert_eq!(shown, expect);
        assert!(duration(u64::MAX).ends_with(" h"));
    }

    #[test]
    fn amounts_are_in_the_largest_unit() {
        let fuels = [0, 999, 1_000, 12_345, 310_000_000, 1_290_000_000, u64::MAX].map(fuel);
        assert_eq!(fuels, ["0", "999", "1.0 k", "12 k", "310 M", "1.2 G", "18 E"]);
        let sizes = [0, 1_023, 1_024, 3_600_000, 67_108_864].map(bytes);
        assert_eq!(sizes, ["0 B", "1023 B", "1.0 KiB", "3.4 MiB", "64 MiB"]);
        let counts = [(0, "run"), (1, "entry"), (999, "run"), (3_412, "entry"), (1_000_000, "blob")];
        let counts = counts.map(|(number, thing)| counted(number, thing));
        assert_eq!(counts, ["0 runs", "1 entry", "999 runs", "3,412 entries", "1,000,000 blobs"]);
        assert_eq!((count(1, "item"), count(0, "item")), ("1 item".to_owned(), "0 items".to_owned()));
    }

    #[test]
    fn moments_are_shown_in_the_zone_and_impossible_ones_as_a_dash() {
        let at = Timestamp(1_764_000_000_123);
        assert_eq!(moment(at, &TimeZone::UTC), "2025-11-24 16:00:00");
        assert_eq!(time_of_day(at, &TimeZone::UTC), "16:00:00");
        assert_eq!(deadline(at, &TimeZone::UTC), "2025-11-24 16:00:00 UTC");
        assert_eq!(deadline(at, &TimeZone::fixed(jiff::tz::offset(-3))), "2025-11-24 13:00:00 -03:00");
        assert_eq!(moment(Timestamp(u64::MAX), &TimeZone::UTC), "-");
    }
}
