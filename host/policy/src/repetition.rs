//! Loops: a guest that makes the same call again and again and is told the same. It does not know what the calls are, and
//! remembers the last few.

use std::collections::VecDeque;

/// Calls after which one that comes again still is a repetition: the longest cycle that is found. Agents that are stuck
/// alternate between two or three calls; sixteen is a plan that is begun all over again.
pub const WINDOW: usize = 16;

/// The numbers of the first calls of a loop that are told.
const TOLD: usize = 3;

/// What a call is to those who look for loops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It looks at what the host has at hand. A program may look at the same for each thing that it works on.
    Looks,
    /// It asks somebody: to ask again what was answered is no work, whatever else is asked meanwhile.
    Asks,
    /// It changes something.
    Changes,
}

/// A call that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The call's number.
    pub number: u32,
    /// What it is.
    pub kind: Kind,
    /// The digest of what was asked.
    pub asked: [u8; 32],
    /// The digest of the answer.
    pub told: [u8; 32],
}

/// A call that was made too often, with the same answer each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// How often.
    pub times: u64,
    /// The numbers of the first of these calls.
    pub first: Vec<u32>,
    /// The number of the last.
    pub last: u32,
    /// Other calls between the last two.
    pub between: u32,
}

/// Looks for loops among the calls of one invocation.
///
/// A call is counted with its answer. Its count begins anew when it was not among the last [`WINDOW`] calls; when
/// something was changed by a call that is not among them; and, if it only looks, when anything is asked or answered
/// that is not among them.
#[derive(Clone, Debug)]
pub struct Repetition {
    limit: u64,
    last: VecDeque<([u8; 32], [u8; 32])>,
    counts: Vec<Count>,
}

#[derive(Clone, Debug)]
struct Count {
    pair: ([u8; 32], [u8; 32]),
    looks: bool,
    times: u64,
    first: Vec<u32>,
    last: u32,
}

impl Repetition {
    /// A call may be made so often with the same answer.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Repetition { limit, last: VecDeque::with_capacity(WINDOW), counts: Vec::new() }
    }

    /// Takes the next call; the loop if it was one time too many.
    pub fn take(&mut self, call: &Answered) -> Option<Loop> {
        let pair = (call.asked, call.told);
        if !self.last.contains(&pair) {
            self.counts.retain(|count| call.kind != Kind::Changes && !count.looks);
        }
        if self.last.len() == WINDOW {
            self.last.pop_front();
        }
        self.last.push_back(pair);
        self.counts.retain(|count| self.last.contains(&count.pair));
        self.count(call, pair)
    }

    fn count(&mut self, call: &Answered, pair: ([u8; 32], [u8; 32])) -> Option<Loop> {
        let Some(count) = self.counts.iter_mut().find(|count| count.pair == pair) else {
            let (looks, first) = (call.kind == Kind::Looks, vec![call.number]);
            self.counts.push(Count { pair, looks, times: 1, first, last: call.number });
            return None;
        };
        let between = call.number.saturating_sub(count.last).saturating_sub(1);
        (count.times, count.last) = (count.times + 1, call.number);
        if count.first.len() < TOLD {
            count.first.push(call.number);
        }
        (count.times > self.limit).then(|| Loop {
            times: count.times,
            first: count.first.clone(),
            last: call.number,
            between,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMIT: u64 = 5;

    fn call(number: usize, kind: Kind, asked: u16, told: u16) -> Answered {
        let digest = |of: u16| {
            let [high, low] = of.to_be_bytes();
            std::array::from_fn(|place| if place == 0 { high } else { low })
        };
        Answered { number: u32::try_from(number).unwrap(), kind, asked: digest(asked), told: digest(told) }
    }

    /// The loop that is found first among calls given as (kind, asked, told).
    fn found(calls: impl IntoIterator<Item = (Kind, u16, u16)>) -> Option<Loop> {
        let mut repetition = Repetition::new(LIMIT);
        let mut calls = calls.into_iter().enumerate();
        calls.find_map(|(number, (kind, asked, told))| repetition.take(&call(number, kind, asked, told)))
    }

    #[test]
    fn the_same_call_with_the_same_answer_is_found_one_time_after_the_limit() {
        for kind in [Kind::Looks, Kind::Asks, Kind::Changes] {
            assert_eq!(found((0..5).map(|_| (kind, 1, 1))), None);
            let expect = Loop { times: 6, first: vec![0, 1, 2], last: 5, between: 0 };
            assert_eq!(found((0..6).map(|_| (kind, 1, 1))), Some(expect));
        }
    }

    #[test]
    fn another_answer_is_another_call() {
        assert_eq!(found((0..1_000).map(|n| (Kind::Asks, 1, n))), None);
    }

    #[test]
    fn two_changes_that_undo_each_other_are_a_loop() {
        let expect = Loop { times: 6, first: vec![1, 3, 5], last: 11, between: 1 };
        assert_eq!(found((0..100).map(|n| (Kind::Changes, n % 2, 0))), Some(expect));
    }

    #[test]
    fn who_asks_the_same_between_other_questions_asks_the_same() {
        let thoughts = |n: u16| if n.is_multiple_of(2) { (Kind::Asks, 100 + n, n) } else { (Kind::Asks, 1, 1) };
        assert_eq!(found((0..100).map(thoughts)).map(|found| found.times), Some(6));
    }

    #[test]
    fn who_changes_something_meanwhile_gets_on() {
        let work = |n: u16| if n.is_multiple_of(2) { (Kind::Changes, 100 + n, 0) } else { (Kind::Asks, 1, 1) };
        assert_eq!(found((0..1_000).map(work)), None);
    }

    #[test]
    fn a_program_may_look_at_the_same_for_each_thing_that_it_works_on() {
        let work = |n: u16| if n.is_multiple_of(2) { (Kind::Asks, 100 + n, 0) } else { (Kind::Looks, 1, 1) };
        assert_eq!(found((0..1_000).map(work)), None);
    }

    fn kind() -> impl Strategy<Value = Kind> {
        prop_oneof![Just(Kind::Looks), Just(Kind::Asks), Just(Kind::Changes)]
    }

    proptest! {
        /// Whatever was done before, a cycle is found in its sixth round or, if it begins with what was seen, the seventh.
        #[test]
        fn every_cycle_is_found(
            before in proptest::collection::vec((kind(), 0_u16..50, 0_u16..3), 0..60),
            cycle in proptest::collection::vec(kind(), 1..=WINDOW),
        ) {
            let begins = before.len();
            let round: Vec<_> = cycle.iter().zip(0..).map(|(kind, n)| (*kind, n, 0)).collect();
            let rounds = round.iter().copied().cycle().take(round.len() * 7);
            if let Some(found) = found(before.into_iter().chain(rounds)) {
                prop_assert_eq!(found.times, LIMIT + 1);
                prop_assert!(found.first.is_sorted() && found.first.iter().all(|first| *first < found.last));
            } else {
                prop_assert!(false, "a cycle of {} after {begins} calls", round.len());
            }
        }

        /// Nothing is found where no call is made too often with the same answer.
        #[test]
        fn nothing_is_found_without_repetition(
            calls in proptest::collection::vec((kind(), 0_u16..20, 0_u16..3), 0..300),
        ) {
            let mut made = std::collections::BTreeMap::new();
            let rare = calls.into_iter().filter(|(_, asked, told)| {
                let times = made.entry((*asked, *told)).or_insert(0);
                *times += 1;
                *times <= LIMIT
            });
            prop_assert_eq!(found(rare.collect::<Vec<_>>()), None);
        }

        /// What it remembers does not grow with what it sees.
        #[test]
        fn little_is_remembered(calls in proptest::collection::vec((kind(), 0_u16..40, 0_u16..2), 0..500)) {
            let mut repetition = Repetition::new(u64::MAX);
            for (number, (kind, asked, told)) in calls.into_iter().enumerate() {
                repetition.take(&call(number, kind, asked, told));
                prop_assert!(repetition.last.len() <= WINDOW && repetition.counts.len() <= WINDOW);
            }
        }
    }
}
