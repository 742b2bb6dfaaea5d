//! Whether an event can follow on what a run has seen, and what it changes. Nothing changes here.

use std::collections::VecDeque;

use baton_journal::{
    Decision, Digest, Event, Failure, Outcome, Payload, RunHeader, RunId, RunOutcome, Site, Timestamp, Usage,
};
use baton_policy::Resolution;
use serde_json::Value;

use super::{Ask, Run, RunError};
use baton_journal::json;

/// What an event changes.
pub(super) enum Change {
    /// The run begins with this input, or cannot begin with it.
    Begin(Result<Value, String>, VecDeque<RunId>),
    /// An attempt has begun.
    Started { site: Site, attempt: u32, deadline: Timestamp },
    /// An attempt ended; what its output is worth is not decided.
    Ended { site: Site, attempt: u32, outcome: Outcome, usage: Usage },
    /// What an attempt invoked itself has ended.
    Nested { site: Site, usage: Usage },
    /// A person was asked.
    Asked { step: String },
    /// A person was asked about calls of an attempt whose outcome nobody knows.
    Doubted(Box<Ask>),
    /// A person said what becomes of them.
    Resolved { site: Site, resolution: Resolution },
    /// A person answered.
    Answered { step: String, answer: Result<Value, Failure> },
    /// A delay is over.
    Elapsed { site: Site, attempt: u32 },
    /// The events of a run that this one was forked off are over.
    Forked,
    /// The run ended.
    End(RunOutcome),
    /// Nothing.
    Nothing,
}

impl Run {
    /// Checks an event, and says what it changes.
    pub(super) fn accept(&self, event: &Event) -> Result<Change, RunError> {
        if self.ended {
            return Err(RunError::OutOfOrder("the run has ended".to_owned()));
        }
        match (event, &self.input) {
            (Event::RunStarted(header), None) if self.ending.is_none() => self.begin(header),
            (Event::RunStarted(_), _) => Err(RunError::OutOfOrder("the run has begun already".to_owned())),
            (_, None) if self.ending.is_none() => Err(RunError::OutOfOrder("the run has not begun".to_owned())),
            (event, _) => self.accept_later(event),
        }
    }

    fn accept_later(&self, event: &Event) -> Result<Change, RunError> {
        match event {
            Event::InvocationStarted { caller: Some(_), .. }
            | Event::HostCallStarted { .. }
            | Event::HostCall { .. }
            | Event::Logged { .. } => Ok(Change::Nothing),
            Event::InvocationEnded { caller: Some(_), site, usage, .. } => self.nested(site, *usage),
            Event::InvocationStarted { site, attempt, deadline, .. } => self.started(site, *attempt, *deadline),
            Event::InvocationEnded { site, attempt, outcome, usage, .. } => {
                self.attempt_ended(site, *attempt, outcome, *usage)
            }
            Event::ApprovalRequested { step, token, .. } => match self.asked_about(step, event)? {
                Some(ask) => Ok(Change::Doubted(Box::new(ask))),
                None => self.asked(step, *token),
            },
            Event::ApprovalDecided { step, token, decision } => self.answered(step, *token, decision),
            Event::TimerFired { site, attempt } => self.elapsed(site, *attempt),
            Event::Forked if self.forks.is_empty() => {
                Err(RunError::OutOfOrder("the run was not forked off another one".to_owned()))
            }
            Event::Forked => Ok(Change::Forked),
            Event::Waiting { .. }
            | Event::EventReceived { .. }
            | Event::EventEmitted { .. }
            | Event::CancelRequested { .. }
            | Event::Paused { .. }
            | Event::Continued { .. } => Err(RunError::OutOfOrder("the run does not ask for this".to_owned())),
            Event::RunEnded(outcome) => Ok(Change::End(outcome.clone())),
            Event::RunStarted(_) => Err(RunError::OutOfOrder("the run has begun already".to_owned())),
        }
    }

    fn begin(&self, header: &RunHeader) -> Result<Change, RunError> {
        if header.plan_digest != self.plan.digest() {
            return Err(RunError::Foreign("the run was begun with another plan".to_owned()));
        }
        if header.seed != self.seed {
            return Err(RunError::Foreign("the run was begun with another seed".to_owned()));
        }
        let text = header.input.as_str().ok_or(RunError::NotLoaded("input of the run"))?;
        let input = json::parse_file(text).map_err(|error| format!("the input is not JSON: {error}"));
        let checked = input.and_then(|input| match self.plan.check_input(&input) {
            Ok(()) => Ok(input),
            Err(errors) => Err(format!("the input does not fit its schema: {}", errors.join("; "))),
        });
        Ok(Change::Begin(checked, header.forks.iter().map(|fork| fork.from.clone()).collect()))
    }

    fn nested(&self, site: &Site, usage: Usage) -> Result<Change, RunError> {
        match self.plan.definition().index(&site.step) {
            Some(_) => Ok(Change::Nested { site: site.clone(), usage }),
            None => Err(RunError::Foreign(format!("the plan has no step `{}`", site.step))),
        }
    }

    fn started(&self, site: &Site, attempt: u32, deadline: Timestamp) -> Result<Change, RunError> {
        match self.outstanding.invoke(site, attempt) {
            Some(_) if self.outstanding.is_in_doubt(site) => {
                Err(RunError::OutOfOrder(format!("attempt {attempt} of `{site}` waits for an answer")))
            }
            Some(invoke) if invoke.started.is_none() => Ok(Change::Started { site: site.clone(), attempt, deadline }),
            Some(_) => Err(RunError::OutOfOrder(format!("attempt {attempt} of `{site}` has begun already"))),
            None => Err(RunError::OutOfOrder(format!("attempt {attempt} of `{site}` was not asked for"))),
        }
    }

    fn attempt_ended(&self, site: &Site, attempt: u32, outcome: &Outcome, usage: Usage) -> Result<Change, RunError> {
        let started = self.outstanding.invoke(site, attempt).is_some_and(|invoke| invoke.started.is_some());
        if !started {
            return Err(RunError::OutOfOrder(format!("attempt {attempt} of `{site}` is not at work")));
        }
        if let Outcome::Completed { output: Payload::Stored { .. } } = outcome {
            return Err(RunError::NotLoaded("output of an invocation"));
        }
        Ok(Change::Ended { site: site.clone(), attempt, outcome: outcome.clone(), usage })
    }

    fn asked(&self, step: &str, token: Digest) -> Result<Change, RunError> {
        match self.outstanding.ask(step) {
            Some(ask) if ask.token != token => Err(another_question(step)),
            Some(ask) if ask.requested => Err(RunError::OutOfOrder(format!("step `{step}` has asked already"))),
            Some(_) => Ok(Change::Asked { step: step.to_owned() }),
            None if self.is_dropped(step, token) => Ok(Change::Nothing),
            None => Err(not_asking(step)),
        }
    }

    fn answered(&self, step: &str, token: Digest, decision: &Decision) -> Result<Change, RunError> {
        if self.is_dropped(step, token) {
            return Ok(Change::Nothing);
        }
        let ask = self.outstanding.ask(step).filter(|ask| ask.requested).ok_or_else(|| not_asking(step))?;
        if ask.token != token {
            return Err(another_question(step));
        }
        if let Some(site) = &ask.in_doubt {
            return Ok(Change::Resolved { site: site.clone(), resolution: self.resolution(step, decision)? });
        }
        let answer = self.answer(step, decision)?;
        Ok(Change::Answered { step: step.to_owned(), answer })
    }

    /// Whether a question was dropped because the run fails. A host may have asked it, or a person answered it, at that
    /// very moment: then it comes too late, and changes nothing.
    fn is_dropped(&self, step: &str, token: Digest) -> bool {
        self.dropped.iter().any(|ask| ask.step == step && ask.token == token)
    }

    fn elapsed(&self, site: &Site, attempt: u32) -> Result<Change, RunError> {
        match self.outstanding.wait(site, attempt) {
            Some(_) => Ok(Change::Elapsed { site: site.clone(), attempt }),
            // The delay was dropped because the run fails.
            None if self.ending.is_some() => Ok(Change::Nothing),
            None => Err(RunError::OutOfOrder(format!("nothing waits before attempt {attempt} of `{site}`"))),
        }
    }
}

/// The step waits for no answer.
pub(super) fn not_asking(step: &str) -> RunError {
    RunError::OutOfOrder(format!("step `{step}` does not wait for an answer"))
}

fn another_question(step: &str) -> RunError {
    RunError::Foreign(format!("this answers another question than the one step `{step}` asks"))
}
