//! `scoreboard durability`: what it costs that runs last, over a real file at `synchronous=FULL`: steps, a fan-out, bytes,
//! a replay, an agent that comes back, and runs that wait.

mod parked;
mod project;
mod runs;

use std::time::{Duration, Instant};

use super::print;
use super::table::table;

/// One reading against its goal.
pub(super) struct Reading {
    what: &'static str,
    goal: String,
    reading: String,
    is_kept: bool,
}

impl Reading {
    /// A time that should be at most another.
    fn time(what: &'static str, goal: Duration, reading: Duration) -> Self {
        let shown = |time: Duration| match time.as_micros() {
            micros if micros < 1_000 => format!("{micros} µs"),
            _ => format!("{:.1} ms", time.as_secs_f64() * 1_000.0),
        };
        Reading { what, goal: format!("≤ {}", shown(goal)), reading: shown(reading), is_kept: reading <= goal }
    }

    /// A number that should be at most another.
    fn at_most(what: &'static str, goal: u64, reading: u64, unit: &str) -> Self {
        Reading {
            what,
            goal: format!("≤ {goal} {unit}"),
            reading: format!("{reading} {unit}"),
            is_kept: reading <= goal,
        }
    }

    /// A number that should be at least another.
    fn at_least(what: &'static str, goal: u64, reading: u64, unit: &str) -> Self {
        Reading {
            what,
            goal: format!("≥ {goal} {unit}"),
            reading: format!("{reading} {unit}"),
            is_kept: reading >= goal,
        }
    }

    fn row(&self) -> Vec<String> {
        let kept = if self.is_kept { "yes" } else { "no" };
        vec![self.what.to_owned(), self.goal.clone(), self.reading.clone(), kept.to_owned()]
    }
}

/// Measures; whether all goals are kept.
pub(super) fn run() -> bool {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut readings = runtime.block_on(runs::readings());
    readings.extend(runtime.block_on(parked::readings()));
    let rows: Vec<Vec<String>> = readings.iter().map(Reading::row).collect();
    print(&table(&["what", "goal", "reading", "kept"], &rows));
    readings.iter().all(|reading| reading.is_kept)
}

/// When something began.
#[expect(clippy::disallowed_methods, reason = "it is what this measures")]
fn now() -> Instant {
    Instant::now()
}

/// The median of what a measurement gives, made so often.
async fn median<T: Ord + Copy>(times: usize, mut measure: impl AsyncFnMut() -> T) -> T {
    let mut readings = Vec::with_capacity(times);
    for _ in 0..times {
        readings.push(measure().await);
    }
    readings.sort_unstable();
    readings[readings.len() / 2]
}
