//! What hosts of one store share, and what is a host's own.

use std::sync::atomic::{AtomicU64, Ordering};

use baton_store::MemoryStore;

use super::*;

#[derive(Default)]
struct Hands(AtomicU64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

impl Hands {
    fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }
}

const TOOL: &str = "tool crm/get";
const LASTING: Duration = Duration::from_secs(60);

/// Two hosts of one store.
fn hosts() -> (Arc<Hands>, [Arc<Guards>; 2]) {
    let (hands, store) = (Arc::new(Hands(AtomicU64::new(1_000_000))), Arc::new(MemoryStore::new()));
    let guards = [(); 2].map(|()| Guards::new(Arc::clone(&hands) as _, Arc::clone(&store) as _));
    (hands, guards)
}

fn terms(failures: u32) -> CircuitTerms {
    CircuitTerms { failures, ..CircuitTerms::default() }
}

async fn enter(guards: &Arc<Guards>, failures: u32) -> Result<Entered, Refused> {
    guards.enter(TOOL.to_owned(), terms(failures), LASTING).await
}

async fn call(guards: &Arc<Guards>, health: Health) -> Option<Change> {
    enter(guards, 3).await.unwrap().ended(health).await
}

#[tokio::test]
async fn a_trial_that_comes_to_nothing_makes_room_for_another() {
    let (hands, [guards, _]) = hosts();
    assert!(matches!(enter(&guards, 1).await.unwrap().ended(Health::Bad).await, Some(Change::Opened(_))));
    assert!(enter(&guards, 1).await.is_err() && guards.refuses(TOOL).is_some() && guards.refuses("tool b").is_none());
    hands.pass(30);
    let trial = enter(&guards, 1).await.unwrap();
    assert!(matches!(enter(&guards, 1).await.err(), Some(Refused::OnTrial)));
    drop(trial);
    tokio::task::yield_now().await;
    assert!(enter(&guards, 1).await.is_ok());
}

#[tokio::test]
async fn failures_of_several_hosts_add_up_and_what_one_opens_is_open_for_all() {
    let (hands, [one, other]) = hosts();
    assert_eq!(call(&one, Health::Bad).await, None);
    assert_eq!(call(&other, Health::Bad).await, None);
    assert!(matches!(call(&one, Health::Bad).await, Some(Change::Opened(_))));
    hands.pass(1);
    other.catch_up().await;
    assert!(matches!(other.refuses(TOOL), Some(Refused::Open(_))));
    let later = Guards::new(Arc::clone(&hands) as _, Arc::clone(&one.circuits.store));
    assert!(matches!(enter(&later, 3).await.err(), Some(Refused::Open(_))), "a host that begins knows it");
}

#[tokio::test]
async fn one_call_of_all_hosts_is_the_trial() {
    let (hands, [one, other]) = hosts();
    for _ in 0..3 {
        call(&one, Health::Bad).await;
    }
    hands.pass(30);
    other.catch_up().await;
    let (first, second) = tokio::join!(enter(&one, 3), enter(&other, 3));
    assert!(first.is_ok() != second.is_ok(), "one of the two");
    let trial = first.or(second).ok().unwrap();
    assert_eq!(trial.ended(Health::Good).await, None);
    hands.pass(1);
    assert_eq!(call(&other, Health::Good).await, Some(Change::Closed));
    hands.pass(1);
    assert!(enter(&one, 3).await.is_ok() && enter(&one, 3).await.is_ok());
}

#[tokio::test]
async fn the_trial_of_a_host_that_died_holds_up_the_others_no_longer_than_it_may_last() {
    let (hands, [one, other]) = hosts();
    for _ in 0..3 {
        call(&one, Health::Bad).await;
    }
    hands.pass(30);
    std::mem::forget(enter(&one, 3).await.unwrap());
    assert!(matches!(enter(&other, 3).await.err(), Some(Refused::OnTrial)));
    hands.pass(60);
    assert!(enter(&other, 3).await.is_ok());
}

#[tokio::test]
async fn a_call_of_what_is_well_writes_nothing() {
    let (_, [one, _]) = hosts();
    for health in [Health::Good, Health::Unsaid, Health::Good] {
        call(&one, health).await;
    }
    assert_eq!(one.circuits.store.circuits().await.unwrap(), []);
}

#[test]
fn a_clock_that_is_set_back_holds_nobody_up() {
    let (hands, [guards, _]) = hosts();
    let rate: Rate = "1/s".parse().unwrap();
    let turn = || guards.turn(TOOL, &rate, Duration::MAX).unwrap();
    assert_eq!(turn(), Duration::ZERO);
    hands.0.store(0, Ordering::Relaxed);
    assert_eq!(turn(), Duration::from_secs(1));
    hands.0.store(5_000, Ordering::Relaxed);
    assert_eq!(turn(), Duration::ZERO);
}
