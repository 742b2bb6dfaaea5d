//! A new run that begins as another one did: what the other had done is taken over, one step and all that follows from it is
//! done once more, with another input or another version of a plugin if that is wanted. It does not know how a run is
//! driven.
//!
//! A yes is for one run: a question on which something depends that is done once more is asked again. What the other run
//! did outside stays done, and its keys are not used again: what is done once more is done for the new run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baton_journal::{
    Allowance, CallId, Chain, Claim, Entry, Event, Fork, InvocationId, Outcome, Payload, PluginPin, RunHeader, RunId,
    Scope, StateRequest, Store, Timestamp,
};
use baton_sandbox::run_state;
use baton_workflow::Run;
use serde_json::Value;

use crate::error::Error;
use crate::held::holding;
use crate::story::Story;

/// Where a run is forked, and what is changed.
#[derive(Clone, Debug, Default)]
pub struct Forking {
    /// The step that is done once more.
    pub step: String,
    /// Another input of the run; none: the one it had.
    pub input: Option<Value>,
    /// Plugins whose version of today is taken, in place of the one that the run began with.
    pub with: BTreeSet<String>,
}

/// A run that was forked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forked {
    /// The new run.
    pub run: RunId,
    /// The steps that are done once more, in the order of their names.
    pub redone: Vec<String>,
    /// How many entries were taken over.
    pub entries: u64,
}

/// The beginning of the new run: what was taken over, and its own header.
pub(crate) struct Beginning {
    at: Timestamp,
    events: Vec<(Timestamp, Event)>,
    redone: Vec<String>,
}

impl Beginning {
    /// The same, with what it sets aside of the budget of all runs.
    pub(crate) fn with(mut self, allowance: Option<Allowance>) -> Self {
        if let Some((_, Event::RunStarted(header))) = self.events.first_mut() {
            header.admission.allowance = allowance;
        }
        self
    }

    /// Takes over what is not done once more.
    ///
    /// # Errors
    /// There is no such step, the input does not fit, or what was done would not follow from the new input.
    pub(crate) fn of(
        story: &Story,
        id: &RunId,
        forking: &Forking,
        plugins: Vec<PluginPin>,
        engine: &str,
    ) -> Result<Self, Error> {
        if story.was_migrated() && !forking.with.is_empty() {
            return Err(Error::OtherVersion(story.id().clone()));
        }
        let plan = story.machine().plan();
        let redone = plan.redone_with(&forking.step);
        if redone.is_empty() {
            let steps = plan.steps().collect::<Vec<_>>().join(", ");
            return Err(Error::NoSuchStep { step: forking.step.clone(), steps });
        }
        let mut header = RunHeader { plugins, engine: engine.to_owned(), ..story.header_now() };
        if !forking.with.is_empty() {
            header.version = None; // it is not that version any more
        }
        if let Some(input) = &forking.input {
            let refused = |problems| Error::Input { path: "of the fork".to_owned(), problems };
            plan.check_input(input).map_err(refused)?;
            header.input = Payload::json(input);
        }
        let mut events = taken_over(story.entries(), &redone);
        note_forks(&mut header, &events, story, &forking.step);
        let at = story.entries().first().map(|entry| entry.at).unwrap_or_default();
        events.insert(0, (at, Event::RunStarted(header)));
        let redone = redone.into_iter().map(str::to_owned).collect();
        let beginning = Beginning { at, events, redone };
        beginning.require_following(story, id)?;
        Ok(beginning)
    }

    /// What was taken over must be what the new run would have done: with another input it need not be.
    fn require_following(&self, story: &Story, id: &RunId) -> Result<(), Error> {
        let mut run = Run::new(Arc::new(story.machine().plan().clone()), id.clone(), story.header().seed);
        for (at, event) in &self.events {
            run.follows(*at, event).map_err(|error| Error::NotForked(error.to_string()))?;
            run.apply(*at, event).map_err(|error| Error::NotForked(error.to_string()))?;
        }
        Ok(())
    }

    /// Writes the new run, up to where it is its own. A host that dies meanwhile leaves a run that nobody goes on with.
    pub(crate) async fn write(self, store: &Arc<dyn Store>, id: &RunId, now: Timestamp) -> Result<Forked, Error> {
        let Beginning { at, mut events, redone } = self;
        let entries = events.len() as u64;
        let (_, header) = events.remove(0);
        let (claim, _) = store.create(id.clone(), at, header).await?;
        let written = async {
            for (at, event) in events {
                append(store.as_ref(), &claim, at, event).await?;
            }
            store.append(&claim, now, Event::Forked).await?;
            Ok(store.flush().await?)
        };
        holding(store, &claim, written).await?;
        Ok(Forked { run: id.clone(), redone, entries })
    }
}

/// Appends what is taken over, and changes the state of the new run as the call changed that of its own.
async fn append(store: &dyn Store, claim: &Claim, at: Timestamp, event: Event) -> Result<(), Error> {
    let change = state_change(&claim.run, at, &event);
    store.append(claim, at, event).await?;
    if let Some(change) = change {
        store.state(claim, change).await?;
    }
    Ok(())
}

/// The events of steps that are not done once more: of each invocation that came to its end, and of each question that was
/// answered; one about calls of an invocation is taken over with it.
fn taken_over(entries: &[Entry], redone: &BTreeSet<&str>) -> Vec<(Timestamp, Event)> {
    let (mut ended, mut decided) = (BTreeSet::new(), BTreeSet::new());
    for entry in entries {
        match &entry.event {
            Event::InvocationEnded { invocation, caller: None, site, outcome, .. }
                if *outcome != Outcome::Suspended && !redone.contains(site.step.as_str()) =>
            {
                ended.insert(invocation.as_str());
            }
            Event::ApprovalDecided { step, .. } if !redone.contains(step.as_str()) => _ = decided.insert(step.as_str()),
            _ => {}
        }
    }
    let mut asked_about = BTreeMap::new(); // by site: whose calls a question there is about
    let mut is_taken = |event: &Event| match event {
        Event::InvocationStarted { invocation, caller: None, site, .. } => {
            asked_about.insert(site.to_string(), root(invocation).to_owned());
            ended.contains(root(invocation))
        }
        Event::InvocationStarted { invocation, .. }
        | Event::HostCallStarted { invocation, .. }
        | Event::HostCall { invocation, .. }
        | Event::Logged { invocation, .. }
        | Event::InvocationEnded { invocation, .. } => ended.contains(root(invocation)),
        Event::ApprovalRequested { step, .. }
        | Event::ApprovalTurn { step, .. }
        | Event::ApprovalDecided { step, .. }
            if step.contains('#') =>
        {
            ended.contains(root_of(step))
        }
        Event::ApprovalRequested { step, .. }
        | Event::ApprovalTurn { step, .. }
        | Event::ApprovalDecided { step, .. } => match asked_about.get(step) {
            Some(invocation) => ended.contains(invocation.as_str()),
            None => decided.contains(step.as_str()),
        },
        Event::TimerFired { site, .. }
        | Event::Waiting { site, .. }
        | Event::EventReceived { site, .. }
        | Event::EventEmitted { site, .. } => !redone.contains(site.step.as_str()),
        Event::Forked | Event::Migrated(_) => true,
        Event::RunStarted(_)
        | Event::CancelRequested { .. }
        | Event::Paused { .. }
        | Event::Continued { .. }
        | Event::RunEnded(_) => false,
    };
    entries.iter().filter(|entry| is_taken(&entry.event)).map(|entry| (entry.at, entry.event.clone())).collect()
}

/// The step's invocation that an invocation belongs to.
fn root(invocation: &InvocationId) -> &str {
    root_of(invocation.as_str())
}

/// The same of a call: `onboard[2]/crm#1` of `onboard[2]/crm#1/4`.
fn root_of(call: &str) -> &str {
    let attempt = call.find('#').unwrap_or_default();
    call[attempt..].find('/').map_or(call, |end| &call[..attempt + end])
}

/// Notes in the header where the taken entries are from; earlier forks have other places now.
fn note_forks(header: &mut RunHeader, events: &[(Timestamp, Event)], story: &Story, step: &str) {
    let is_mark = |(_, event): &&(Timestamp, Event)| matches!(event, Event::Forked);
    let marks = events.iter().zip(1..).filter(|(event, _)| is_mark(event)).map(|(_, sequence)| sequence);
    header.forks.iter_mut().zip(marks).for_each(|(fork, sequence)| fork.entries = sequence);
    header.forks.push(Fork {
        from: story.id().clone(),
        head: story.entries().last().map_or_else(|| Chain::of(story.id()).head(), |entry| entry.digest),
        step: step.to_owned(),
        entries: events.len() as u64 + 1,
        plugins: story.header().plugins.clone(),
    });
}

/// What a taken call changed in the state of its run: the new run's is made alike.
fn state_change(run: &RunId, at: Timestamp, event: &Event) -> Option<StateRequest> {
    let Event::HostCall { invocation, sequence, operation, request, reply } = event else { return None };
    let op = run_state(operation, request.as_str()?, reply.as_str()?)?;
    let call = CallId { run: run.clone(), invocation: invocation.clone(), sequence: *sequence };
    Some(StateRequest { call, scope: Scope::Run(run.clone()), op, now: at, quota: u64::MAX })
}

/// The plugins of the new run: those of the other one, but for those of which today's version is wanted, and those that it
/// did not have.
pub(crate) fn pins(
    story: &Story,
    forking: &Forking,
    reached: BTreeSet<String>,
    today: &BTreeMap<String, PluginPin>,
) -> Result<Vec<PluginPin>, Error> {
    let gone = |name: &String| Error::PluginGone(name.clone());
    if let Some(unknown) = forking.with.iter().find(|name| !reached.contains(*name)) {
        return Err(gone(unknown));
    }
    let had = |name: &str| story.pins().iter().find(|pin| pin.name == name);
    let pin = |name: String| match had(&name) {
        Some(pin) if !forking.with.contains(&name) => Ok(pin.clone()),
        _ => today.get(&name).cloned().ok_or_else(|| gone(&name)),
    };
    let others = story.pins().iter().map(|pin| pin.name.clone());
    reached.iter().cloned().chain(others).collect::<BTreeSet<_>>().into_iter().map(pin).collect()
}
