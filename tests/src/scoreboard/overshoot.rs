//! `scoreboard overshoot`: how much later than its deadline a guest is stopped, computing and waiting. A timer of the
//! runtime itself is measured beside them: what it is late is the machine's.

use std::time::Duration;

use baton_policy::{Limits, Wall, limits};
use baton_sandbox::Loaded;

use super::print;
use super::table::table;
use crate::Call;
use crate::attacks::{Arena, Mode, STOP, hostile, overshoot, timed};

/// Stops of each kind.
const TRIES: u64 = 100;

/// Measures; whether the goal is kept.
pub(super) fn run() -> bool {
    let arena = Arena::new(Mode::Shared);
    let computing = arena.bench().load(&hostile::component(hostile::LOOPS));
    let waiting = arena.bench().load(&hostile::component(hostile::SLEEPS));
    let (mut timers, mut stops) = (Vec::new(), [Vec::new(), Vec::new()]);
    for number in 0..TRIES {
        let wall = Duration::from_millis(20 + number % 7); // so that deadlines fall anywhere between two epochs
        timers.push(timer(&arena, wall));
        stops[0].push(stop(&arena, &computing, wall));
        stops[1].push(stop(&arena, &waiting, wall));
    }
    let [mut computing, mut waiting] = stops;
    let mut both: Vec<Duration> = computing.iter().chain(&waiting).copied().collect();
    let rows = [
        row("a timer alone", &mut timers),
        row("computing", &mut computing),
        row("waiting in the host", &mut waiting),
        row("both", &mut both),
    ];
    print(&table(&["stopped while", "tries", "p50", "p99", "max"], &rows));
    let late = quantile(&mut both, 99);
    print(&format!("overshoot: p99 {} (goal: at most {})", millis(late), millis(STOP)));
    late <= STOP
}

fn timer(arena: &Arena, wall: Duration) -> Duration {
    let ((), took) = timed(|| arena.block_on(async { tokio::time::sleep(wall).await }));
    took.saturating_sub(wall)
}

fn stop(arena: &Arena, guest: &Loaded, wall: Duration) -> Duration {
    let wall = Wall(u64::try_from(wall.as_millis()).unwrap());
    let limits = Limits { fuel: limits::MAX_FUEL, wall, ..Limits::default() };
    let trial = arena.call(guest, Call { function: Some("run"), input: "{}".to_owned(), limits, ..Call::default() });
    let _ = trial.timed_out();
    overshoot(&trial)
}

fn row(name: &str, times: &mut [Duration]) -> Vec<String> {
    let told = [50, 99, 100].map(|part| millis(quantile(times, part)));
    [name.to_owned(), times.len().to_string()].into_iter().chain(told).collect()
}

/// The time that so many of a hundred do not pass.
pub(super) fn quantile(times: &mut [Duration], part: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * part).div_ceil(100).saturating_sub(1)]
}

pub(super) fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}
