//! Which open runs are driven now, and when it is time to look again. It is pure: it knows no store, no clock and no task, and
//! a run is a name to it.
//!
//! Runs that have something to do begin by priority, and within one by age. A run that rests is woken by its time, by an event
//! that it waits for, by a signal, or when others of its kind end. What happens to a run while it is driven wakes it
//! once more when it rests: so nothing that comes at that moment is missed.

use std::collections::{BTreeMap, BTreeSet};

use baton_journal::{Priority, Timestamp};

/// Milliseconds after which a run is looked at again that waits for its turn or that another process drives: a second look is a
/// few reads.
const AGAIN_MS: u64 = 5_000;

/// What is to be done about the runs of a server. `R` is the name of a run; older runs have lesser names.
#[derive(Clone, Debug)]
pub(crate) struct Agenda<R> {
    runs: BTreeMap<R, Open>,
    at_work: usize,
    most: usize,
}

#[derive(Clone, Debug)]
struct Open {
    priority: Priority,
    state: State,
    /// Whether something happened while it was driven.
    again: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Ready,
    AtWork,
    Rests(Rest),
}

/// What a run that rests waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// The first moment at which it has something to do.
    pub until: Option<Timestamp>,
    /// The names of the events that it waits for.
    pub events: BTreeSet<String>,
}

impl<R: Clone + Ord> Agenda<R> {
    /// Nothing to do, with room for so many runs at work; at least one.
    pub(crate) fn new(most: usize) -> Self {
        Agenda { runs: BTreeMap::new(), at_work: 0, most: most.max(1) }
    }

    /// Whether the run is known.
    pub(crate) fn knows(&self, run: &R) -> bool {
        self.runs.contains_key(run)
    }

    /// Adds a run that is not known, which has something to do.
    pub(crate) fn add(&mut self, run: R, priority: Priority) {
        self.runs.entry(run).or_insert(Open { priority, state: State::Ready, again: false });
    }

    /// Adds a run that is not known, which rests.
    pub(crate) fn add_resting(&mut self, run: R, priority: Priority, rest: Rest) {
        self.runs.entry(run).or_insert(Open { priority, state: State::Rests(rest), again: false });
    }

    /// The run has something to do: it was sent a signal, or its answer came.
    pub(crate) fn wake(&mut self, run: &R) {
        let Some(open) = self.runs.get_mut(run) else { return };
        match open.state {
            State::Ready => {}
            State::AtWork => open.again = true,
            State::Rests(_) => open.state = State::Ready,
        }
    }

    /// An event was published: whoever waits for it has something to do, and whoever is driven may come to wait for it.
    pub(crate) fn heard(&mut self, event: &str) -> usize {
        let mut woken = 0;
        for open in self.runs.values_mut() {
            match &open.state {
                State::Ready => {}
                State::AtWork => open.again = true,
                State::Rests(rest) if rest.events.contains(event) => {
                    open.state = State::Ready;
                    woken += 1;
                }
                State::Rests(_) => {}
            }
        }
        woken
    }

    /// The runs to be driven from now on.
    pub(crate) fn next(&mut self, now: Timestamp) -> Vec<R> {
        for open in self.runs.values_mut() {
            if matches!(&open.state, State::Rests(rest) if rest.until.is_some_and(|until| until <= now)) {
                open.state = State::Ready;
            }
        }
        let ready = self.runs.iter().filter(|(_, open)| open.state == State::Ready);
        let mut ready: Vec<(Priority, R)> = ready.map(|(run, open)| (open.priority, run.clone())).collect();
        ready.sort_by(|(one, run), (other, later)| other.cmp(one).then_with(|| run.cmp(later)));
        ready.truncate(self.most.saturating_sub(self.at_work));
        let begins: Vec<R> = ready.into_iter().map(|(_, run)| run).collect();
        for run in &begins {
            self.set(run, State::AtWork);
        }
        self.at_work += begins.len();
        begins
    }

    /// A run that was driven rests.
    pub(crate) fn rests(&mut self, run: &R, rest: Rest) {
        self.leaves_work(run);
        let again = self.runs.get_mut(run).is_some_and(|open| std::mem::take(&mut open.again));
        self.set(run, if again { State::Ready } else { State::Rests(rest) });
    }

    /// A run that was to be driven could not be now: it waits for its turn, or another process drives it.
    pub(crate) fn waits(&mut self, run: &R, now: Timestamp) {
        self.leaves_work(run);
        let until = Some(Timestamp(now.0.saturating_add(AGAIN_MS)));
        self.set(run, State::Rests(Rest { until, events: BTreeSet::new() }));
    }

    /// A run ended, or is no concern of the server any more.
    pub(crate) fn remove(&mut self, run: &R) {
        self.leaves_work(run);
        self.runs.remove(run);
    }

    /// How many runs are at work.
    pub(crate) fn at_work(&self) -> usize {
        self.at_work
    }

    fn leaves_work(&mut self, run: &R) {
        if self.runs.get(run).is_some_and(|open| open.state == State::AtWork) {
            self.at_work = self.at_work.saturating_sub(1);
        }
    }

    fn set(&mut self, run: &R, state: State) {
        if let Some(open) = self.runs.get_mut(run) {
            open.state = state;
        }
    }
}

#[cfg(test)]
mod tests;
