//! Steps that wait for a time or an event, and steps that emit one; what may follow of it, and what follows. It does not know where events come from.

use baton_journal::{Digest, Failure, Payload, Site, Timestamp, json};
use serde_json::{Value, json};

use super::accept::Change;
use super::fault::Fault;
use super::state::Phase;
use super::{Action, Await, Emit, Run, RunError};
use crate::expression::{Scope, evaluate};
use crate::plan::{self, FaultKind, Listen, Sleep, Work};
use crate::units::moment;

impl Run {
    /// A step begins to wait for a time.
    ///
    /// # Errors
    ///
    /// If the time has no value, or is no time.
    pub(super) fn sleep(&mut self, step: usize, sleep: &Sleep) -> Result<(), Fault> {
        let now = self.meter.now();
        let until = match sleep {
            Sleep::For(time) => Timestamp(now.0.saturating_add(time.0)),
            Sleep::Until(expression) => moment(&self.evaluate(expression)?).ok_or_else(|| {
                let text = expression.text();
                Failure::Invalid(format!("`until` is no time: `{text}` (write `2027-01-31T09:00:00Z`)"))
            })?,
        };
        self.wait_at(step, None, until);
        Ok(())
    }

    /// A step begins to wait for an event.
    pub(super) fn listen(&mut self, step: usize, listen: &Listen) {
        let until = Timestamp(self.meter.now().0.saturating_add(listen.timeout.0));
        self.wait_at(step, Some(listen.name.clone()), until);
    }

    fn wait_at(&mut self, step: usize, name: Option<String>, until: Timestamp) {
        self.steps[step].phase = Phase::Sleeping;
        self.outstanding.add(Action::Await(Await {
            site: self.site(step, 0),
            name,
            until,
            noted: false,
            awaited_by: None,
        }));
    }

    /// A step emits an event.
    ///
    /// # Errors
    ///
    /// If what it says has no value.
    pub(super) fn emit(&mut self, step: usize, emit: &plan::Emit) -> Result<(), Fault> {
        let data = Payload::json(&self.render(&emit.data, self.local(step, 0))?);
        let site = self.site(step, 0);
        let parts: [&[u8]; 3] = [b"emit", self.id.as_str().as_bytes(), site.step.as_bytes()];
        let key = Digest::of_parts(parts).to_string();
        self.steps[step].phase = Phase::Emitting;
        self.outstanding.add(Action::Emit(Emit { site, name: emit.name.clone(), data, key }));
        Ok(())
    }

    /// Whether a step, or an agent of it, waits there for a time or an event, and the journal has its beginning.
    #[must_use]
    pub fn is_waiting(&self, site: &Site) -> bool {
        self.machine_of(&site.step).outstanding.await_at(site).is_some_and(|wait| wait.noted)
    }

    /// Whether a step, or an agent of it, waits for this event. One that has no value for the step's condition is not the one.
    #[must_use]
    pub fn hears(&self, site: &Site, name: &str, data: &Value) -> bool {
        let machine = self.machine_of(&site.step);
        let waits = machine.outstanding.await_at(site).is_some_and(|wait| wait.name.as_deref() == Some(name));
        waits && machine.fits(site, name, data)
    }

    fn fits(&self, site: &Site, name: &str, data: &Value) -> bool {
        let Some((step, _)) = self.place(site) else { return self.listeners.fit(&site.step, data) };
        let work = &self.plan.definition().steps[step].work;
        let Work::Listen(Listen { condition: Some(condition), .. }) = work else { return true };
        let event = json!({ "name": name, "data": data });
        let outputs = self.outputs();
        let scope = Scope { event: Some(&event), ..self.scope(&outputs) };
        evaluate(condition, &scope) == Ok(Value::Bool(true))
    }

    /// A step has waited long enough, or an agent of it.
    pub(super) fn end_wait(&mut self, site: &Site) {
        self.outstanding.take(site);
        if self.end_wait_of_agent(site) {
            return;
        }
        let Some((step, _)) = self.place(site) else { return };
        match &self.plan.definition().steps[step].work {
            Work::Listen(listen) => {
                let text = format!("no event `{}` came within {}", listen.name, listen.timeout);
                self.fail(step, &Fault::new(FaultKind::Timeout, Failure::Declined(text)));
            }
            _ => self.complete(step, Value::Null),
        }
    }

    /// The event came that a step waits for, or an agent of it.
    pub(super) fn end_listening(&mut self, site: &Site, data: Value) {
        self.outstanding.take(site);
        if self.end_wait_of_agent(site) {
            return;
        }
        if let Some((step, _)) = self.place(site) {
            self.complete(step, data);
        }
    }

    /// The event was emitted.
    pub(super) fn end_emitting(&mut self, site: &Site) {
        self.outstanding.take(site);
        if let Some((step, _)) = self.place(site) {
            self.complete(step, Value::Null);
        }
    }
}

/// Whether what is recorded of waiting and emitting can follow, and what it changes.
impl Run {
    /// A step begins to wait.
    ///
    /// # Errors
    ///
    /// If it was not asked to.
    pub(super) fn waiting<'e>(&self, site: &'e Site) -> Result<Change<'e>, RunError> {
        match self.outstanding.await_at(site) {
            Some(wait) if !wait.noted => Ok(Change::Waiting { site }),
            _ if self.is_ending() => Ok(Change::Nothing), // it was dropped at that very moment
            _ => Err(not_waiting(site)),
        }
    }

    /// Time is over.
    ///
    /// # Errors
    ///
    /// If nothing waits there.
    pub(super) fn waited<'e>(&self, site: &'e Site) -> Result<Change<'e>, RunError> {
        match self.outstanding.await_at(site) {
            Some(wait) if wait.noted => Ok(Change::Waited { site }),
            _ if self.is_ending() => Ok(Change::Nothing),
            _ => Err(not_waiting(site)),
        }
    }

    /// An event came.
    ///
    /// # Errors
    ///
    /// If nothing waits there, or not for this one.
    pub(super) fn received<'e>(&self, site: &'e Site, name: &str, data: &Payload) -> Result<Change<'e>, RunError> {
        let text = data.as_str().ok_or(RunError::NotLoaded("event's data"))?;
        let data =
            json::parse(text).map_err(|error| RunError::Foreign(format!("the event's data is no JSON: {error}")))?;
        match self.outstanding.await_at(site) {
            Some(wait) if wait.noted && self.hears(site, name, &data) => Ok(Change::Received { site, data }),
            Some(_) => Err(RunError::Foreign(format!("`{site}` waits for another event than this `{name}`"))),
            None if self.is_ending() => Ok(Change::Nothing),
            None => Err(not_waiting(site)),
        }
    }

    /// A step has emitted its event.
    ///
    /// # Errors
    ///
    /// If it was not asked to.
    pub(super) fn emitted<'e>(&self, site: &'e Site) -> Result<Change<'e>, RunError> {
        match self.outstanding.emit_at(site) {
            Some(_) => Ok(Change::Emitted { site }),
            None => Err(RunError::OutOfOrder(format!("`{site}` emits nothing"))),
        }
    }
}

fn not_waiting(site: &Site) -> RunError {
    RunError::OutOfOrder(format!("`{site}` does not wait for this"))
}
