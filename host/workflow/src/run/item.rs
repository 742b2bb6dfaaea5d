//! The items and rounds of a step that works: which have begun, and what the step makes of how they ended. It does not know
//! why they did.

use serde_json::{Value, json};

use super::Progress;
use super::fault::Fault;
use crate::plan::{FaultKind, Join};
use baton_journal::Failure;

/// What a step works on.
#[derive(Clone, Debug)]
pub(super) enum List {
    /// One thing, once.
    One,
    /// Each of these.
    Each(Vec<Value>, Join),
    /// One thing, again and again until it is good, so many times at most.
    Rounds(u32),
}

/// The items of a step; a step without `for_each` has one, and a loop one for each round. They begin in order, and end in
/// any.
#[derive(Clone, Debug)]
pub(super) struct Items {
    list: List,
    /// What became of each that has ended.
    results: Vec<Option<Result<Value, Fault>>>,
    /// How many have begun.
    begun: usize,
    /// How many have begun and not ended: an attempt is at work, or is delayed.
    at_work: usize,
    /// How many have an output.
    done: usize,
    /// How many failed for good.
    failed: usize,
    /// Whether the last round was good.
    good: bool,
    /// What the step makes of them, once the host has it.
    closed: bool,
}

/// How the items of a step stand.
pub(super) enum Standing {
    /// The step goes on.
    Open,
    /// It has its output.
    Complete(Value),
    /// It failed.
    Failed(Fault),
}

impl Items {
    /// Nothing begun.
    pub(super) fn new(list: List) -> Items {
        let count = match &list {
            List::One => 1,
            List::Each(list, _) => list.len(),
            List::Rounds(_) => 0,
        };
        let results = vec![None; count];
        Items { list, results, begun: 0, at_work: 0, done: 0, failed: 0, good: false, closed: false }
    }

    /// Whether another item begins now, if that many may be at work.
    pub(super) fn begins(&self, most: usize) -> bool {
        !self.closed && self.at_work < most && self.has_more()
    }

    /// Begins the next item, if that many may be at work; none if no other begins now.
    pub(super) fn begin(&mut self, most: usize) -> Option<usize> {
        if !self.begins(most) {
            return None;
        }
        let next = self.begun;
        if matches!(self.list, List::Rounds(_)) {
            self.results.push(None);
        }
        self.begun += 1;
        self.at_work += 1;
        Some(next)
    }

    fn has_more(&self) -> bool {
        match &self.list {
            List::One => self.begun == 0,
            List::Each(list, join) => self.begun < list.len() && self.needs_more(list.len(), *join),
            List::Rounds(max) => self.at_work == 0 && self.failed == 0 && !self.good && self.begun < (*max as usize),
        }
    }

    fn needs_more(&self, count: usize, join: Join) -> bool {
        match join {
            Join::All => self.failed == 0,
            Join::AllSettled => true,
            Join::First(wanted) => self.done < wanted as usize && count - self.failed >= wanted as usize,
        }
    }

    /// An item at work has its output, or failed for good.
    pub(super) fn end(&mut self, item: usize, result: Result<Value, Fault>) {
        self.at_work = self.at_work.saturating_sub(1);
        match &result {
            Ok(_) => self.done += 1,
            Err(_) => self.failed += 1,
        }
        if let Some(place) = self.results.get_mut(item) {
            *place = Some(result);
        }
        if matches!(self.list, List::Rounds(_)) && item > 0 {
            self.results[item - 1] = None; // only the last round is looked back at
        }
    }

    /// The last round was good.
    pub(super) fn is_good(&mut self) {
        self.good = true;
    }

    /// How the step stands. Once it is not open it stays closed: what is still at work is not needed, and what it makes of its
    /// items is handed out.
    pub(super) fn standing(&mut self) -> Standing {
        let standing = match &self.list {
            List::One => self.single(),
            List::Each(list, Join::All) => self.all(list.len()),
            List::Each(list, Join::AllSettled) => self.all_settled(list.len()),
            List::Each(list, Join::First(wanted)) => self.first(list.len(), *wanted as usize),
            List::Rounds(max) => self.rounds(*max),
        };
        self.closed = !matches!(standing, Standing::Open);
        standing
    }

    fn single(&mut self) -> Standing {
        match self.results.first_mut().and_then(Option::take) {
            Some(Ok(output)) => Standing::Complete(output),
            Some(Err(fault)) => Standing::Failed(fault),
            None => Standing::Open,
        }
    }

    /// The failure is that of the first that failed. As they begin in order, it is the same in whatever order they end.
    fn all(&mut self, count: usize) -> Standing {
        match self.first_fault() {
            Some((item, fault)) if self.at_work == 0 => Standing::Failed(fault.of_item(item)),
            None if self.done == count => Standing::Complete(self.outputs().collect()),
            _ => Standing::Open,
        }
    }

    fn all_settled(&self, count: usize) -> Standing {
        if self.done + self.failed < count {
            return Standing::Open;
        }
        let told = |result: &Result<Value, Fault>| match result {
            Ok(output) => json!({ "outcome": "completed", "output": output, "failure": null }),
            Err(fault) => json!({ "outcome": "failed", "output": null, "failure": fault.to_value() }),
        };
        Standing::Complete(self.results.iter().flatten().map(told).collect())
    }

    fn first(&mut self, count: usize, wanted: usize) -> Standing {
        if self.done >= wanted {
            return Standing::Complete(self.outputs().take(wanted).collect());
        }
        if count - self.failed >= wanted {
            return Standing::Open;
        }
        let text = format!("`first: {wanted}` of {count} items: {} failed", self.failed);
        Standing::Failed(match self.first_fault() {
            Some((item, fault)) => {
                let why = fault.of_item(item);
                let told = why.told.as_ref().map(|told| format!("{text}; {told}"));
                let text = format!("{text}; {}", why.failure.text());
                Fault::new(why.kind, Failure::Permanent(text)).telling(told)
            }
            None => Fault::new(FaultKind::Invalid, Failure::Invalid(text)),
        })
    }

    fn rounds(&self, max: u32) -> Standing {
        match self.results.last() {
            Some(Some(Err(fault))) => Standing::Failed(fault.of_item(self.begun - 1)),
            Some(Some(Ok(output))) if self.good => Standing::Complete(output.clone()),
            Some(Some(Ok(_))) if self.begun >= max as usize => {
                let text = format!("`until` does not hold after {max} rounds, which is `max`");
                Standing::Failed(Fault::new(FaultKind::Output, Failure::Transient(text)))
            }
            _ => Standing::Open,
        }
    }

    fn first_fault(&self) -> Option<(usize, &Fault)> {
        let faulty =
            |(item, result): (usize, &'_ Option<Result<Value, Fault>>)| matches!(result, Some(Err(_))).then_some(item);
        let item = if self.failed == 0 { None } else { self.results.iter().enumerate().find_map(faulty) }?;
        let fault = self.results.get(item)?.as_ref()?.as_ref().err()?;
        Some((item, fault))
    }

    fn outputs(&mut self) -> impl Iterator<Item = Value> {
        self.results.iter_mut().filter_map(Option::take).filter_map(Result::ok)
    }

    /// The output of the round before this one; null for the first.
    pub(super) fn previous(&self, round: usize) -> Option<&Value> {
        let before = self.results.get(round.checked_sub(1)?)?.as_ref()?;
        before.as_ref().ok()
    }

    /// Whether some have begun and not ended.
    pub(super) fn are_at_work(&self) -> bool {
        self.at_work > 0
    }

    /// Whether it is a loop.
    pub(super) fn is_loop(&self) -> bool {
        matches!(self.list, List::Rounds(_))
    }

    /// An item of the list.
    pub(super) fn item(&self, item: usize) -> Option<&Value> {
        match &self.list {
            List::Each(list, _) => list.get(item),
            List::One | List::Rounds(_) => None,
        }
    }

    /// How many are done; none for a step without items.
    pub(super) fn progress(&self) -> Option<Progress> {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        match &self.list {
            List::One => None,
            List::Each(list, _) => Some(Progress { done: count(self.done), total: count(list.len()) }),
            List::Rounds(max) => Some(Progress { done: count(self.done), total: *max }),
        }
    }
}
