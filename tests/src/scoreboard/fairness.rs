//! `scoreboard fairness`: an honest plugin alone and beside seven hostile ones, in turns, in one host.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use baton_policy::{Limits, Wall};
use baton_sandbox::Loaded;
use tokio::task::JoinHandle;

use super::overshoot::{millis, quantile};
use super::print;
use super::table::table;
use crate::attacks::hostile::{self, HONEST};
use crate::{Bench, Call};

/// Turns, each without and with neighbours.
const TURNS: usize = 5;

/// Calls of the honest one in each half of a turn.
const CALLS: usize = 200;

/// From one call of the honest one to the next, so that the others are at work meanwhile.
const PAUSE: Duration = Duration::from_millis(3);

/// How much slower the honest one may be.
const GOAL: f64 = 1.5;

/// Measures; whether the goal is kept.
pub(super) fn run() -> bool {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (mut alone, mut beside) = runtime.block_on(async { tokio::spawn(turns()).await.unwrap() });
    let row = |name: &str, times: &mut [Duration]| {
        let told = [50, 99, 100].map(|part| millis(quantile(times, part)));
        [name.to_owned(), times.len().to_string()].into_iter().chain(told).collect::<Vec<_>>()
    };
    let rows = [row("alone", &mut alone), row("beside seven hostile ones", &mut beside)];
    print(&table(&["an honest call", "calls", "p50", "p99", "max"], &rows));
    let ratio = quantile(&mut beside, 99).as_secs_f64() / quantile(&mut alone, 99).as_secs_f64();
    print(&format!("fairness: p99 {ratio:.2} times (goal: at most {GOAL})"));
    ratio <= GOAL
}

async fn turns() -> (Vec<Duration>, Vec<Duration>) {
    let bench = Arc::new(Bench::new().await);
    let honest = Arc::new(bench.load(&hostile::component(HONEST)));
    let hostile = hostile::all().map(|component| Arc::new(bench.load(&component)));
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        alone.extend(calls(&bench, &honest).await);
        let stop = Arc::new(AtomicBool::new(false));
        let neighbours: Vec<JoinHandle<()>> =
            hostile.iter().map(|guest| neighbour(Arc::clone(&bench), Arc::clone(guest), Arc::clone(&stop))).collect();
        beside.extend(calls(&bench, &honest).await);
        stop.store(true, Ordering::Relaxed);
        futures_util::future::join_all(neighbours).await;
    }
    (alone, beside)
}

#[expect(clippy::disallowed_methods, reason = "what is measured is how long a caller waits")]
async fn calls(bench: &Arc<Bench>, honest: &Arc<Loaded>) -> Vec<Duration> {
    let mut times = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        tokio::time::sleep(PAUSE).await;
        let (bench, honest) = (Arc::clone(bench), Arc::clone(honest));
        let begun = std::time::Instant::now();
        let called = tokio::spawn(async move { bench.call(&honest, call(Limits::default())).await });
        let ended = called.await.unwrap().unwrap();
        times.push(begun.elapsed());
        assert_eq!(ended.outcome.name(), "completed", "{}", ended.outcome);
    }
    times
}

/// Attacks again as soon as it was stopped.
fn neighbour(bench: Arc<Bench>, guest: Arc<Loaded>, stop: Arc<AtomicBool>) -> JoinHandle<()> {
    let limits = Limits { wall: Wall(200), ..Limits::default() };
    tokio::spawn(async move {
        while !stop.load(Ordering::Relaxed) {
            let _ = bench.call(&guest, call(limits)).await; // it is stopped in one way or another
        }
    })
}

fn call(limits: Limits) -> Call {
    Call { function: Some("run"), input: "{}".to_owned(), limits, ..Call::default() }
}
