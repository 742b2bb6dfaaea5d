//! Actions that are asked for and not done, in the order in which they were asked for. It does not know steps.

use std::collections::BTreeMap;

use baton_journal::{RunOutcome, Site};
use indexmap::IndexMap;

use super::{Action, Ask, Await, Emit, Invoke, Wait};

/// Actions that are not done. There is at most one for each site, besides a question about it.
#[derive(Clone, Debug, Default)]
pub(super) struct Outstanding {
    actions: BTreeMap<u64, Box<Action>>,
    next: u64,
    /// Those that the host was not told of yet.
    fresh: Vec<u64>,
    work: IndexMap<Site, u64>,
    asks: BTreeMap<String, u64>,
    /// How many questions and waits hold up the attempt at a site.
    held_up: IndexMap<Site, usize>,
    /// How many wait for people, events or a time.
    waiting: usize,
    /// How many are work that has to end.
    at_work: usize,
    /// Whether nothing may begin.
    paused: bool,
}

impl Outstanding {
    /// Asks for something.
    pub(super) fn add(&mut self, action: Action) {
        let number = self.next;
        self.next += 1;
        match (action.site(), &action) {
            (Some(site), _) => drop(self.work.insert(site.clone(), number)),
            (None, Action::Ask(ask)) => drop(self.asks.insert(ask.step.clone(), number)),
            _ => {}
        }
        if let Some(site) = action.holds_up() {
            self.hold_up(site, |count| count + 1);
        }
        self.at_work += usize::from(action.is_work());
        self.waiting += usize::from(waits(&action, &self.held_up));
        self.fresh.push(number);
        self.actions.insert(number, Box::new(action));
    }

    /// Changes how much holds up the attempt at a site.
    fn hold_up(&mut self, site: &Site, change: impl FnOnce(usize) -> usize) {
        let waited = self.at(site).is_some_and(|action| waits(action, &self.held_up));
        match change(self.held_up.swap_remove(site).unwrap_or_default()) {
            0 => {}
            count => drop(self.held_up.insert(site.clone(), count)),
        }
        let waits = self.at(site).is_some_and(|action| waits(action, &self.held_up));
        self.waiting = self.waiting + usize::from(waits) - usize::from(waited);
    }

    /// What was asked for since the last time, and may begin.
    pub(super) fn take_new(&mut self) -> Vec<Action> {
        let fresh = std::mem::take(&mut self.fresh);
        let mut taken = Vec::with_capacity(fresh.len());
        for number in fresh {
            match self.actions.get(&number) {
                Some(action) if self.paused && action.begins() => self.fresh.push(number),
                Some(action) => taken.push((**action).clone()),
                None => {}
            }
        }
        taken
    }

    /// What is to be done: not what waits for an answer, nor what may not begin now.
    pub(super) fn to_do(&self) -> Vec<Action> {
        let is_held = |action: &&Action| is_held(action, &self.held_up) || self.paused && action.begins();
        self.all().filter(|action| !is_held(action)).cloned().collect()
    }

    /// Everything.
    pub(super) fn all(&self) -> impl Iterator<Item = &Action> {
        self.actions.values().map(Box::as_ref)
    }

    /// Whether an action is still wanted: later events may have made it needless.
    pub(super) fn wants(&self, action: &Action) -> bool {
        match (action, action.site()) {
            (Action::Ask(ask), _) => self.ask(&ask.step).is_some_and(|known| known.token == ask.token),
            (Action::Invoke(invoke), Some(site)) => self.invoke(site, invoke.attempt).is_some(),
            (Action::Stop(_), Some(site)) => self.stop(site).is_some(),
            (Action::Wait(wait), Some(site)) => self.wait(site, wait.attempt).is_some(),
            (Action::Await(_), Some(site)) => self.await_at(site).is_some(),
            (Action::Emit(_), Some(site)) => self.emit_at(site).is_some(),
            _ => self.end().is_some(),
        }
    }

    /// Whether nothing may begin.
    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    /// Lets nothing begin, or lets what was held begin.
    pub(super) fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// Takes out everything.
    pub(super) fn clear(&mut self) {
        *self = Outstanding::default();
    }

    /// Takes out what is done at a site, or not wanted there any more.
    pub(super) fn take(&mut self, site: &Site) -> Option<Action> {
        let number = self.work.swap_remove(site)?;
        self.take_number(number)
    }

    /// Takes out a question.
    pub(super) fn take_ask(&mut self, step: &str) -> Option<Ask> {
        let number = self.asks.remove(step)?;
        match self.take_number(number)? {
            Action::Ask(ask) => Some(ask),
            _ => None,
        }
    }

    fn take_number(&mut self, number: u64) -> Option<Action> {
        let action = self.actions.remove(&number)?;
        self.at_work -= usize::from(action.is_work());
        self.waiting -= usize::from(waits(&action, &self.held_up));
        if let Some(site) = action.holds_up() {
            self.hold_up(site, |count| count.saturating_sub(1));
        }
        Some(*action)
    }

    /// Takes out all of a kind.
    pub(super) fn take_all(&mut self, is_taken: impl Fn(&Action) -> bool) -> Vec<Action> {
        let numbers: Vec<u64> =
            self.actions.iter().filter(|(_, action)| is_taken(action)).map(|(number, _)| *number).collect();
        let taken: Vec<Action> = numbers.into_iter().filter_map(|number| self.take_number(number)).collect();
        for action in &taken {
            match (action.site(), action) {
                (Some(site), _) => drop(self.work.swap_remove(site)),
                (None, Action::Ask(ask)) => drop(self.asks.remove(&ask.step)),
                _ => {}
            }
        }
        taken
    }

    fn at(&self, site: &Site) -> Option<&Action> {
        self.actions.get(self.work.get(site)?).map(Box::as_ref)
    }

    /// Changes an action; what it is about stays.
    fn change(&mut self, number: u64, change: impl FnOnce(&mut Action)) {
        let Some(action) = self.actions.get_mut(&number) else { return };
        let waited = waits(action, &self.held_up);
        change(action);
        self.waiting = self.waiting + usize::from(waits(action, &self.held_up)) - usize::from(waited);
    }

    /// The attempt at a site.
    pub(super) fn invoke_at(&self, site: &Site) -> Option<&Invoke> {
        match self.at(site)? {
            Action::Invoke(invoke) => Some(invoke),
            _ => None,
        }
    }

    /// Changes the attempt at a site, if there is one.
    pub(super) fn change_invoke(&mut self, site: &Site, change: impl FnOnce(&mut Invoke)) {
        let Some(number) = self.work.get(site).copied() else { return };
        self.change(number, |action| {
            if let Action::Invoke(invoke) = action {
                change(invoke);
            }
        });
    }

    /// An attempt, by its number.
    pub(super) fn invoke(&self, site: &Site, attempt: u32) -> Option<&Invoke> {
        self.invoke_at(site).filter(|invoke| invoke.attempt == attempt)
    }

    /// An attempt that is to be stopped.
    pub(super) fn stop(&self, site: &Site) -> Option<&Invoke> {
        match self.at(site)? {
            Action::Stop(invoke) => Some(invoke),
            _ => None,
        }
    }

    /// A delay.
    pub(super) fn wait(&self, site: &Site, attempt: u32) -> Option<&Wait> {
        match self.at(site)? {
            Action::Wait(wait) if wait.attempt == attempt => Some(wait),
            _ => None,
        }
    }

    /// Whether another attempt is delayed at a site.
    pub(super) fn is_delayed(&self, site: &Site) -> bool {
        matches!(self.at(site), Some(Action::Wait(_)))
    }

    /// What a step waits for.
    pub(super) fn await_at(&self, site: &Site) -> Option<&Await> {
        match self.at(site)? {
            Action::Await(wait) => Some(wait),
            _ => None,
        }
    }

    /// The event that is to be emitted at a site.
    pub(super) fn emit_at(&self, site: &Site) -> Option<&Emit> {
        match self.at(site)? {
            Action::Emit(emit) => Some(emit),
            _ => None,
        }
    }

    /// A question.
    pub(super) fn ask(&self, step: &str) -> Option<&Ask> {
        match self.actions.get(self.asks.get(step)?)?.as_ref() {
            Action::Ask(ask) => Some(ask),
            _ => None,
        }
    }

    /// Puts a question as it stands by now into the place of the one before.
    pub(super) fn renew_ask(&mut self, ask: Ask) {
        if let Some(number) = self.asks.get(&ask.step).copied() {
            self.change(number, |action| *action = Action::Ask(ask));
        }
    }

    /// Notes that the journal has a question.
    pub(super) fn note_ask(&mut self, step: &str) {
        let Some(number) = self.asks.get(step).copied() else { return };
        self.change(number, |action| {
            if let Action::Ask(ask) = action {
                ask.requested = true;
            }
        });
    }

    /// Notes that the journal has the beginning of what a step waits for.
    pub(super) fn note_await(&mut self, site: &Site) {
        let Some(number) = self.work.get(site).copied() else { return };
        self.change(number, |action| {
            if let Action::Await(wait) = action {
                wait.noted = true;
            }
        });
    }

    /// Changes every action; what they are about, and whether they wait, stays.
    pub(super) fn for_each(&mut self, change: impl FnMut(&mut Action)) {
        self.actions.values_mut().map(Box::as_mut).for_each(change);
    }

    /// Whether something is at work that has to end.
    pub(super) fn is_at_work(&self) -> bool {
        self.at_work > 0
    }

    /// The end that is asked for.
    pub(super) fn end(&self) -> Option<&RunOutcome> {
        match self.actions.last_key_value()?.1.as_ref() {
            Action::End(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Whether a person is asked about calls of a site whose outcome nobody knows.
    pub(super) fn is_in_doubt(&self, site: &Site) -> bool {
        self.ask(&site.to_string()).is_some_and(|ask| ask.in_doubt.is_some())
    }

    /// Whether an attempt at a site waits: for an answer to what the host asks about its calls, or for what its agents ask or
    /// wait for.
    pub(super) fn is_held_up(&self, site: &Site) -> bool {
        self.held_up.contains_key(site)
    }

    /// Takes out what the agents of an attempt at a site ask or wait for; the questions are handed back.
    pub(super) fn take_held_up(&mut self, site: &Site) -> Vec<Ask> {
        let taken = self.take_all(|action| match action {
            Action::Ask(ask) => ask.about() == Some(site),
            Action::Await(wait) => wait.awaited_by.as_ref() == Some(site),
            _ => false,
        });
        taken.into_iter().filter_map(|action| if let Action::Ask(ask) = action { Some(ask) } else { None }).collect()
    }

    /// Whether an agent of an attempt of a step waits for an event.
    pub(super) fn has_waits(&self, step: &str) -> bool {
        let is_of = |wait: &Await| wait.awaited_by.as_ref().is_some_and(|site| site.step == step);
        self.all().any(|action| matches!(action, Action::Await(wait) if is_of(wait)))
    }

    /// Whether an attempt of a step waits for an answer.
    pub(super) fn has_doubts(&self, step: &str) -> bool {
        let is_of = |ask: &Ask| ask.about().is_some_and(|site| site.step == step);
        self.asks.keys().filter_map(|step| self.ask(step)).any(is_of)
    }

    /// Whether there is something, and all of it waits for people, events or a time.
    pub(super) fn only_waits(&self) -> bool {
        !self.is_empty() && self.waiting == self.actions.len()
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }
}

/// Whether it waits for people, an event or a time.
fn waits(action: &Action, held_up: &IndexMap<Site, usize>) -> bool {
    action.is_waiting() || is_held(action, held_up)
}

/// Whether it is an attempt that begins when nothing holds it up any more.
fn is_held(action: &Action, held_up: &IndexMap<Site, usize>) -> bool {
    matches!(action, Action::Invoke(invoke) if invoke.started.is_none() && held_up.contains_key(&invoke.site))
}
