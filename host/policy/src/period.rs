//! Periods for which a budget is given: days and months of UTC. It does not know what is given.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long a budget is for; then it begins anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// A day, from midnight (UTC).
    #[default]
    Day,
    /// A month, from midnight (UTC) of its first day.
    Month,
}

const DAY_MS: u64 = 86_400_000;

/// Days of 400 years, after which the calendar repeats.
const DAYS_OF_ERA: u64 = 146_097;

/// Days from the first of March of year 0 to the Unix epoch.
const EPOCH: u64 = 719_468;

impl Period {
    /// When the period began in which a moment is; both in milliseconds since the Unix epoch.
    #[must_use]
    pub fn start(self, at: u64) -> u64 {
        let day = at / DAY_MS;
        match self {
            Period::Day => day * DAY_MS,
            Period::Month => (day - (day_of_month(day) - 1).min(day)) * DAY_MS,
        }
    }

    /// The word for this one: `today`, `this month`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Period::Day => "today",
            Period::Month => "this month",
        }
    }
}

/// Which day of its month a day is, from 1. A year begins with March here, so that the day that some years have more is its last.
fn day_of_month(day: u64) -> u64 {
    let of_era = day.saturating_add(EPOCH) % DAYS_OF_ERA;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    of_year - (153 * month + 2) / 5 + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn periods_begin_at_midnight() {
        let at = 1_795_411_800_000; // 2026-11-23 05:30 UTC
        assert_eq!(Period::Day.start(at), 1_795_392_000_000);
        assert_eq!(Period::Month.start(at), 1_793_491_200_000);
        assert_eq!(Period::Month.start(951_782_400_000), 949_363_200_000, "29 February 2000");
        assert_eq!((Period::Day.start(0), Period::Month.start(86_400_000)), (0, 0));
    }

    proptest! {
        #[test]
        fn a_month_is_of_28_to_31_days(at in 0_u64..253_402_300_800_000) {
            let start = Period::Month.start(at);
            prop_assert!(start <= at && at - start < 31 * DAY_MS);
            prop_assert_eq!(Period::Month.start(start), start);
            let before = start.saturating_sub(1);
            prop_assert!(start == 0 || start - Period::Month.start(before) >= 28 * DAY_MS);
        }
    }
}
