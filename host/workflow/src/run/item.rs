//! The items of a step that works: which have begun, and how they ended. It does not know why they did.

use baton_journal::Failure;
use serde_json::Value;

use super::Progress;

/// The items of a step; a step without `for_each` has one. They begin in order, and end in any.
#[derive(Clone, Debug)]
pub(super) struct Items {
    /// The list of `for_each`.
    list: Option<Vec<Value>>,
    /// The output of each item that has one.
    outputs: Vec<Option<Value>>,
    /// How many have begun.
    begun: usize,
    /// How many have begun and not ended: an attempt is at work, or is delayed.
    at_work: usize,
    /// How many have an output.
    done: usize,
    /// The failure of the first that failed for good. As they begin in order, it is the same in whatever order they end.
    failure: Option<(usize, Failure)>,
}

impl Items {
    /// Nothing begun.
    pub(super) fn new(list: Option<Vec<Value>>) -> Items {
        let count = list.as_ref().map_or(1, Vec::len);
        Items { list, outputs: vec![None; count], begun: 0, at_work: 0, done: 0, failure: None }
    }

    /// Begins the next item; none if all have begun.
    pub(super) fn begin(&mut self) -> Option<usize> {
        let next = (self.begun < self.outputs.len()).then_some(self.begun)?;
        self.begun += 1;
        self.at_work += 1;
        Some(next)
    }

    /// An item at work has its output, or failed for good.
    pub(super) fn end(&mut self, item: usize, result: Result<Value, Failure>) {
        self.at_work = self.at_work.saturating_sub(1);
        match result {
            Ok(output) => {
                self.done += 1;
                if let Some(place) = self.outputs.get_mut(item) {
                    *place = Some(output);
                }
            }
            Err(failure) => {
                if self.failure.as_ref().is_none_or(|(first, _)| item < *first) {
                    self.failure = Some((item, failure));
                }
            }
        }
    }

    /// Whether another may begin, when that many may be at work.
    pub(super) fn has_room(&self, most: usize) -> bool {
        self.failure.is_none() && self.begun < self.outputs.len() && self.at_work < most
    }

    /// The failure of the step, when none is at work any more.
    pub(super) fn failure(&self) -> Option<Failure> {
        let (item, failure) = self.failure.as_ref().filter(|_| self.at_work == 0)?;
        Some(match self.list {
            Some(_) => of_item(*item, failure),
            None => failure.clone(),
        })
    }

    /// The output of the step, when all are done: one value, or a list of them.
    pub(super) fn output(&self) -> Option<Value> {
        if self.done < self.outputs.len() {
            return None;
        }
        let mut outputs = self.outputs.iter().flatten().cloned();
        match self.list {
            Some(_) => Some(outputs.collect()),
            None => outputs.next(),
        }
    }

    /// An item of the list.
    pub(super) fn item(&self, item: usize) -> Option<&Value> {
        self.list.as_ref()?.get(item)
    }

    /// How many are done; none for a step without `for_each`.
    pub(super) fn progress(&self) -> Option<Progress> {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        self.list.as_ref().map(|list| Progress { done: count(self.done), total: count(list.len()) })
    }
}

/// The failure of an item as the step's.
fn of_item(item: usize, failure: &Failure) -> Failure {
    let text = format!("item {item}: {}", failure.text());
    match failure {
        Failure::Invalid(_) => Failure::Invalid(text),
        Failure::Transient(_) => Failure::Transient(text),
        Failure::Declined(_) => Failure::Declined(text),
        Failure::Permanent(_) => Failure::Permanent(text),
    }
}
