//! Whether an event is in every field the one that the plan leads to: for those who do not trust a journal. A host that
//! goes on with a run does not ask: what is recorded holds, also where a later version would have computed otherwise.

use baton_journal::{Decision, Digest, Event, Payload, RunOutcome, Site, Timestamp};

use super::accept::place_of;
use super::{Invoke, Run};

mod question;

/// An event that does not follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is {recorded}, and the plan leads to {expected}")]
pub struct NotFollowing {
    /// What differs.
    pub what: String,
    /// What the event has.
    pub recorded: String,
    /// What follows from the plan and the events before.
    pub expected: String,
}

impl Run {
    /// Compares an event with what was asked for, before it is applied. What people, plugins and clocks say follows from
    /// nothing, and is not compared.
    ///
    /// # Errors
    /// It is not what was asked for.
    pub fn follows(&self, at: Timestamp, event: &Event) -> Result<(), NotFollowing> {
        if let Some(inner) = place_of(event).filter(|step| self.inside(step).is_some()) {
            return self.machine_of(inner).follows(at, event);
        }
        match event {
            Event::InvocationStarted { caller: None, site, attempt, plugin, function, input, .. } => {
                let invoke = self.outstanding.invoke(site, *attempt);
                invoke.map_or(Ok(()), |invoke| follows_invoke(invoke, plugin, function.as_deref(), input))
            }
            Event::ApprovalRequested { step, .. } => self.follows_question(at, step, event),
            Event::ApprovalTurn { step, turn, .. } => self.follows_turn(at, step, turn),
            Event::ApprovalDecided { step, decision: Decision::Expired, .. } => self.follows_expiry(at, step),
            Event::TimerFired { site, attempt: 0 } => self.follows_await(at, site),
            Event::TimerFired { site, attempt } => self.follows_wait(at, site, *attempt),
            Event::Waiting { site, name, until } => self.follows_waiting(site, name.as_deref(), *until),
            Event::EventEmitted { site, name, data } => self.follows_emit(site, name, data),
            Event::RunEnded(outcome) => self.follows_end(outcome),
            _ => Ok(()),
        }
    }

    fn follows_wait(&self, at: Timestamp, site: &Site, attempt: u32) -> Result<(), NotFollowing> {
        match self.outstanding.wait(site, attempt) {
            Some(wait) => not_before(format!("attempt {attempt} of `{site}`"), at, wait.until),
            None => Ok(()),
        }
    }

    fn follows_await(&self, at: Timestamp, site: &Site) -> Result<(), NotFollowing> {
        let wait = self.outstanding.await_at(site);
        wait.map_or(Ok(()), |wait| not_before(format!("the end of waiting at `{site}`"), at, wait.until))
    }

    fn follows_waiting(&self, site: &Site, name: Option<&str>, until: Timestamp) -> Result<(), NotFollowing> {
        let Some(wait) = self.outstanding.await_at(site) else { return Ok(()) };
        let told = |name: Option<&str>, until: Timestamp| {
            format!("{} until {}", name.map_or_else(|| "a time".to_owned(), quoted), until.0)
        };
        let (recorded, expected) = (told(name, until), told(wait.name.as_deref(), wait.until));
        if recorded == expected { Ok(()) } else { differs(format!("what `{site}` waits for"), recorded, expected) }
    }

    fn follows_emit(&self, site: &Site, name: &str, data: &Payload) -> Result<(), NotFollowing> {
        let Some(emit) = self.outstanding.emit_at(site) else { return Ok(()) };
        if emit.name != name {
            return differs(format!("the event of `{site}`"), quoted(name), quoted(&emit.name));
        }
        same(format!("what the event of `{site}` says"), data.digest(), emit.data.digest())
    }

    fn follows_end(&self, outcome: &RunOutcome) -> Result<(), NotFollowing> {
        match self.outstanding.end() {
            None => differs("the run's end".to_owned(), "there".to_owned(), "more work".to_owned()),
            Some(asked) if is_same_end(asked, outcome) => Ok(()),
            Some(asked) => differs("the run's end".to_owned(), told(outcome), told(asked)),
        }
    }
}

fn follows_invoke(invoke: &Invoke, plugin: &str, function: Option<&str>, input: &Payload) -> Result<(), NotFollowing> {
    let called = |plugin: &str, function: Option<&str>| match function {
        Some(function) => format!("tool {plugin}/{function}"),
        None => format!("agent {plugin}"),
    };
    let expected = (invoke.target.plugin(), invoke.target.function());
    if (plugin, function) != expected {
        let what = format!("what `{}` invokes", invoke.site);
        return differs(what, called(plugin, function), called(expected.0, expected.1));
    }
    same(format!("the input of `{}`", invoke.site), input.digest(), invoke.input.digest())
}

fn is_same_end(one: &RunOutcome, other: &RunOutcome) -> bool {
    match (one, other) {
        (RunOutcome::Completed { output: one }, RunOutcome::Completed { output: other }) => {
            one.digest() == other.digest()
        }
        (one, other) => one == other,
    }
}

fn told(outcome: &RunOutcome) -> String {
    match outcome {
        RunOutcome::Completed { output } => format!("completed with the output {}", output.digest().short()),
        RunOutcome::Cancelled { by, .. } => format!("cancelled by {}", quoted(by)),
        RunOutcome::Failed { message, .. } => format!("failed with {}", quoted(message)),
    }
}

fn same(what: String, recorded: Digest, expected: Digest) -> Result<(), NotFollowing> {
    if recorded == expected { Ok(()) } else { differs(what, recorded.short(), expected.short()) }
}

fn quoted(text: &str) -> String {
    const SHOWN: usize = 80;
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("“{shown}{more}”")
}

fn not_before(what: String, at: Timestamp, until: Timestamp) -> Result<(), NotFollowing> {
    if at >= until {
        return Ok(());
    }
    let expected = format!("{} at the earliest", until.0);
    differs(format!("the time of {what}, in milliseconds,"), at.0.to_string(), expected)
}

fn differs(what: String, recorded: String, expected: String) -> Result<(), NotFollowing> {
    Err(NotFollowing { what, recorded, expected })
}
