//! Shares: the part of what it has left that an invocation hands on to another one. It does not know who spends it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::amounts::Amounts;
use crate::error::Error;
use crate::name::shown;

/// A part of what somebody has left, in percent, from 1 to 100. Written `25%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Share(u8);

impl Share {
    /// The smallest.
    pub const LEAST: Share = Share(1);

    /// All of it.
    pub const WHOLE: Share = Share(100);

    /// A share of so many percent; nothing if that is none, or more than all.
    #[must_use]
    pub fn of_percent(percent: u32) -> Option<Self> {
        u8::try_from(percent).ok().filter(|percent| (Share::LEAST.0..=Share::WHOLE.0).contains(percent)).map(Share)
    }

    /// How many percent it is.
    #[must_use]
    pub fn percent(self) -> u32 {
        self.0.into()
    }

    /// That part of a time, rounded down to milliseconds.
    #[must_use]
    pub fn of_time(self, time: Duration) -> Duration {
        Duration::from_millis(self.of(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)))
    }

    /// That part of an amount, rounded down.
    fn of(self, amount: u64) -> u64 {
        u64::try_from(u128::from(amount) * u128::from(self.0) / u128::from(Share::WHOLE.0)).unwrap_or(amount)
    }
}

impl FromStr for Share {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.strip_suffix('%').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let percent = digits.and_then(|digits| digits.parse().ok()).and_then(Share::of_percent);
        percent.ok_or_else(|| Error::Share(shown(text)))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

impl TryFrom<u32> for Share {
    type Error = Error;

    fn try_from(percent: u32) -> Result<Self, Error> {
        Share::of_percent(percent).ok_or_else(|| Error::Share(format!("{percent}%")))
    }
}

impl From<Share> for u32 {
    fn from(share: Share) -> u32 {
        share.percent()
    }
}

/// Hands out shares of what somebody has left, and never more than that, whatever is asked of it.
#[derive(Clone, Copy, Debug)]
pub struct Lender {
    had: Amounts,
    left: Amounts,
}

impl Lender {
    /// Has so much to hand out.
    #[must_use]
    pub fn of(had: Amounts) -> Self {
        Lender { had, left: had }
    }

    /// Hands out a share of what there was at first; less where that is no longer there.
    pub fn lend(&mut self, share: Share) -> Amounts {
        let wanted = self.had.each(self.had, |had, _| share.of(had));
        let lent = wanted.at_most(self.left);
        self.left = self.left.without(lent);
        lent
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits::Limits;
    use crate::meter::Meter;
    use crate::quantity::{Bytes, Fuel};

    fn amounts() -> impl Strategy<Value = Amounts> {
        let amount = || prop_oneof![0_u64..1_000, Just(u64::MAX), any::<u64>()];
        (amount(), amount(), amount()).prop_map(|(fuel, calls, bytes)| Amounts {
            fuel,
            calls,
            bytes,
            ..Amounts::default()
        })
    }

    fn share() -> impl Strategy<Value = Share> {
        (1_u32..=100).prop_map(|percent| Share::of_percent(percent).unwrap())
    }

    #[test]
    fn a_share_is_written_in_percent() {
        for (text, expect) in [("25%", Some(25)), ("100%", Some(100)), ("1%", Some(1)), ("0%", None), ("101%", None)] {
            assert_eq!(text.parse().ok().map(Share::percent), expect, "{text}");
        }
        for odd in ["25", "%", "+5%", "2.5%", " 5%", "-1%", ""] {
            assert!(odd.parse::<Share>().is_err(), "{odd}");
        }
        assert_eq!(Share(25).of_time(Duration::from_millis(1_001)), Duration::from_millis(250));
    }

    proptest! {
        #[test]
        fn what_is_lent_is_never_more_than_there_was(
            had in amounts(), shares in prop::collection::vec(share(), 0..70),
        ) {
            let mut lender = Lender::of(had);
            let sum = shares.iter().fold([0_u128; 3], |sum, share| {
                let Amounts { fuel, calls, bytes, .. } = lender.lend(*share);
                [sum[0] + u128::from(fuel), sum[1] + u128::from(calls), sum[2] + u128::from(bytes)]
            });
            let had = [had.fuel, had.calls, had.bytes].map(u128::from);
            prop_assert!(sum.iter().zip(had).all(|(lent, had)| *lent <= had));
        }

        #[test]
        fn as_long_as_the_shares_are_a_whole_each_is_what_it_says(had in amounts(), first in 1_u32..100) {
            let mut lender = Lender::of(had);
            let whole = [first, 100 - first].map(|percent| Share::of_percent(percent).unwrap());
            for share in whole {
                prop_assert_eq!(lender.lend(share).fuel, share.of(had.fuel));
            }
        }

        /// A manager that delegates in rounds: what it and its workers use is never more than it was given.
        #[test]
        fn a_manager_and_its_workers_use_no_more_than_the_manager_was_given(
            fuel in 0_u64..1_000_000, calls in 0_u64..100, bytes in 0_u64..10_000,
            rounds in prop::collection::vec(prop::collection::vec((share(), 0_u64..=100), 1..5), 0..6),
        ) {
            let limits = Limits { fuel: Fuel(fuel), calls, bytes: Bytes(bytes), ..Limits::default() };
            let (mut meter, mut used) = (Meter::new(limits), 0);
            for round in rounds {
                let left = meter.remaining();
                let mut lender = Lender::of(Amounts { fuel: fuel - used, calls: left.calls, bytes: left.bytes, ..Amounts::default() });
                for (share, of_it) in round {
                    let lent = lender.lend(share);
                    let part = |amount: u64| amount * of_it / 100;
                    let spent = Amounts { fuel: part(lent.fuel), calls: part(lent.calls), bytes: part(lent.bytes), ..Amounts::default() };
                    used += meter.charge_spent(spent).expect("it was lent, so it is there");
                }
            }
            prop_assert!(used <= fuel && meter.used().calls <= calls && meter.used().bytes <= bytes);
        }
    }
}
