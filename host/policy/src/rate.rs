//! Rates: so many calls in a time, each waiting for its turn, first come first served. It does not know what is called, and is
//! told the time.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::error::Error;

/// Most calls in one unit of time, and most calls at once: more is no limit for a host that makes some ten thousand a second.
pub const MAX_CALLS: u32 = 1_000_000;

/// The units of time, with their seconds.
const UNITS: [(&str, u64); 4] = [("s", 1), ("min", 60), ("h", 3_600), ("d", 86_400)];

/// How often something may be called: `10/s`, or `600/min burst 20`. Without a burst calls are evenly spaced, which no service
/// takes for more than it allows, whenever its own minute begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    calls: u32,
    unit: (&'static str, u64),
    burst: u32,
}

crate::written_as!(Rate, {
    "type": "string",
    "pattern": "^[0-9]+/(s|min|h|d)( burst [0-9]+)?$",
    "examples": ["10/s", "600/min burst 20"],
});

impl Rate {
    const FORM: &'static str =
        "write calls/time, the time s, min, h or d, and how many may come at once: `600/min burst 20`";

    /// How many may come at once, after a while without any.
    #[must_use]
    pub fn burst(&self) -> u32 {
        self.burst
    }

    /// The time from one call to the next, rounded up: never more than is allowed.
    #[must_use]
    pub fn interval(&self) -> Duration {
        Duration::from_nanos((self.unit.1 * 1_000_000_000).div_ceil(u64::from(self.calls)))
    }

    /// Twice as much, or the most there is.
    #[must_use]
    pub fn doubled(self) -> Rate {
        Rate { calls: self.calls.saturating_mul(2).min(MAX_CALLS), ..self }
    }

    fn read(text: &str) -> Option<Rate> {
        let (rate, burst) = match text.split_once(" burst ") {
            Some((rate, burst)) => (rate, count(burst)?),
            None => (text, 1),
        };
        let (calls, unit) = rate.split_once('/')?;
        let unit = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        Some(Rate { calls: count(calls)?, unit, burst })
    }
}

fn count(text: &str) -> Option<u32> {
    let count = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??;
    (1..=MAX_CALLS).contains(&count).then_some(count)
}

impl FromStr for Rate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Quantity { text: text.to_owned(), what: "a rate", form: Rate::FORM };
        Rate::read(text).ok_or_else(wrong)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.calls, self.unit.0)?;
        if self.burst > 1 { write!(f, " burst {}", self.burst) } else { Ok(()) }
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|error: Error| error.to_serde())
    }
}

/// The turns of one thing that is called. Times are since whenever its keeper began to count.
///
/// A turn is given when it is asked for, also if it comes later, so who came first goes first. One that is not used is lost: to
/// give it to somebody else could make two calls of one moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bucket {
    /// When the bucket will be full again.
    full: Duration,
}

impl Bucket {
    /// Takes a turn, and tells when it comes.
    ///
    /// # Errors
    /// It would come after `latest`: when it would. Nothing is taken then.
    pub fn take(&mut self, rate: &Rate, now: Duration, latest: Duration) -> Result<Duration, Duration> {
        let room = rate.interval().saturating_mul(rate.burst.saturating_sub(1));
        let turn = now.max(self.full.saturating_sub(room));
        if turn > latest {
            return Err(turn);
        }
        self.full = self.full.max(turn).saturating_add(rate.interval());
        Ok(turn)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    fn turns(rate: &Rate, at: &[u64], latest: u64) -> Vec<Result<u128, u128>> {
        let (mut bucket, millis) = (Bucket::default(), |turn: Duration| turn.as_millis());
        let take = |now: &u64| bucket.take(rate, Duration::from_millis(*now), Duration::from_millis(latest));
        at.iter().map(take).map(|turn| turn.map(millis).map_err(millis)).collect()
    }

    #[test]
    fn a_rate_is_written_as_it_is_read() {
        for text in ["10/s", "600/min burst 20", "1/d", "1000000/h burst 1000000"] {
            assert_eq!(rate(text).to_string(), text);
        }
        assert_eq!(rate("10/s burst 1").to_string(), "10/s");
        assert_eq!(rate("600/min burst 20").doubled().to_string(), "1200/min burst 20");
    }

    #[test]
    fn other_texts_say_what_would_be_right() {
        for text in
            ["", "10", "10/m", "0/s", "10/s burst 0", "10/s burst", "-1/s", "+1/s", "1.5/s", "2000000/s", "1/ s"]
        {
            let error = text.parse::<Rate>().unwrap_err();
            assert_eq!(error.to_string(), format!("`{text}` is not a rate"));
            assert!(error.hint().contains("600/min burst 20"));
        }
    }

    #[test]
    fn calls_are_spaced_and_a_burst_comes_at_once() {
        assert_eq!(turns(&rate("10/s"), &[0, 0, 0, 1_000], 9_999), [Ok(0), Ok(100), Ok(200), Ok(1_000)]);
        let burst = turns(&rate("10/s burst 3"), &[0, 0, 0, 0, 0, 900], 9_999);
        assert_eq!(burst, [Ok(0), Ok(0), Ok(0), Ok(100), Ok(200), Ok(900)]);
    }

    #[test]
    fn a_turn_that_comes_too_late_is_not_taken() {
        assert_eq!(turns(&rate("1/s"), &[0, 0, 0, 1_000], 1_000), [Ok(0), Ok(1_000), Err(2_000), Err(2_000)]);
    }

    proptest! {
        /// In any span there are no more turns than the rate times the span and the burst; and nobody is passed by.
        #[test]
        fn no_more_turns_than_the_rate_and_the_burst(
            calls in 1_u32..200, unit in 0_usize..4, burst in 1_u32..20,
            steps in proptest::collection::vec(0_u64..3_000, 1..100),
        ) {
            let rate = Rate { calls, unit: UNITS[unit], burst };
            let (mut bucket, mut now, mut turns) = (Bucket::default(), Duration::ZERO, Vec::new());
            for step in steps {
                now += Duration::from_millis(step);
                let turn = bucket.take(&rate, now, Duration::MAX).unwrap();
                prop_assert!(turn >= now && turns.last().is_none_or(|last| *last <= turn));
                turns.push(turn);
            }
            for (first, from) in turns.iter().enumerate() {
                for (last, to) in turns.iter().enumerate().skip(first) {
                    let span = to.saturating_sub(*from).as_nanos();
                    let allowed = span / rate.interval().as_nanos() + u128::from(burst);
                    prop_assert!((last - first + 1) as u128 <= allowed, "{first}..={last}");
                }
            }
        }

        /// Who would come too late takes nothing from those after.
        #[test]
        fn who_is_refused_takes_nothing(refused in 0_usize..50) {
            let (rate, mut bucket) = (rate("1/s"), Bucket::default());
            bucket.take(&rate, Duration::ZERO, Duration::ZERO).unwrap();
            for _ in 0..refused {
                prop_assert!(bucket.take(&rate, Duration::ZERO, Duration::from_millis(999)).is_err());
            }
            prop_assert_eq!(bucket.take(&rate, Duration::ZERO, Duration::MAX), Ok(Duration::from_secs(1)));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC*|[0-9]{0,12}/[a-z]{0,3}( burst [0-9]{0,12})?") {
            let _ = text.parse::<Rate>();
        }
    }
}
