//! The entries of a journal, sorted: what happened at each step, what each invocation did. It does not know how that is
//! shown, and takes any journal as it is, also one that could not have happened.

use std::collections::{BTreeMap, BTreeSet};

use baton_runtime::journal::{
    Authority, Decision, Digest, Entry, Event, InvocationId, Outcome, Payload, Quorum, RunOutcome, Site, Timestamp,
    Turn, Usage,
};

/// A run, sorted.
#[derive(Debug, Default)]
pub struct Account<'a> {
    /// The steps at which something happened, in the order in which they began.
    pub steps: Vec<StepAccount<'a>>,
    /// All invocations.
    pub invocations: BTreeMap<&'a InvocationId, InvocationAccount<'a>>,
    /// How the run ended, if it did.
    pub outcome: Option<&'a RunOutcome>,
}

/// A step at which something happened.
#[derive(Debug)]
pub struct StepAccount<'a> {
    /// Its name.
    pub name: &'a str,
    /// What happened, in order.
    pub happenings: Vec<Happening<'a>>,
    /// The time of the first entry and of the last.
    pub span: (Timestamp, Timestamp),
}

/// Something that happened at a step.
#[derive(Debug)]
pub enum Happening<'a> {
    /// An invocation, in [`Account::invocations`].
    Invocation(&'a InvocationId),
    /// A person was asked.
    Asked {
        /// What.
        question: &'a str,
        /// What was shown.
        show: &'a Payload,
        /// Who may answer: names, then roles.
        who: Vec<&'a str>,
        /// How many must.
        quorum: &'a Quorum,
        /// What binds an answer to it.
        token: Digest,
    },
    /// Something happened to the question, and it stayed open.
    Turned {
        /// When.
        at: Timestamp,
        /// What.
        turn: &'a Turn,
    },
    /// A person answered, or nobody did in time.
    Decided {
        /// When.
        at: Timestamp,
        /// How.
        decision: &'a Decision,
    },
}

/// One invocation.
#[derive(Debug)]
pub struct InvocationAccount<'a> {
    /// Where in the plan.
    pub site: &'a Site,
    /// Counts from 1.
    pub attempt: u32,
    /// The plugin.
    pub plugin: &'a str,
    /// The tool's function; none for an agent.
    pub function: Option<&'a str>,
    /// With whose grants it acts, if another invocation made it.
    pub authority: Option<Authority>,
    /// Its input.
    pub input: &'a Payload,
    /// How it ended, and what it used; none if it did not.
    pub ended: Option<(&'a Outcome, &'a Usage)>,
    /// What it did, in order.
    pub inside: Vec<Inside<'a>>,
}

/// Something that an invocation did.
#[derive(Debug)]
pub enum Inside<'a> {
    /// A host call.
    Call(Call<'a>),
    /// It wrote a line.
    Line {
        /// The level.
        level: &'a str,
        /// The line.
        message: &'a str,
    },
    /// A tool that it called, in [`Account::invocations`].
    Nested(&'a InvocationId),
}

/// A host call.
#[derive(Debug)]
pub struct Call<'a> {
    /// Counts from 0.
    pub sequence: u32,
    /// `interface.function`.
    pub operation: &'a str,
    /// The arguments.
    pub request: &'a Payload,
    /// The answer; none if the host died before it came.
    pub reply: Option<&'a Payload>,
}

impl<'a> Account<'a> {
    /// Sorts the entries of a run.
    #[must_use]
    pub fn of(entries: &'a [Entry]) -> Self {
        let mut account = Account::default();
        for entry in entries {
            account.take(entry);
        }
        account
    }

    /// How many items a step ran for; 0 for one that runs once.
    #[must_use]
    pub fn items(&self, step: &StepAccount<'_>) -> u64 {
        let item = |happening: &Happening<'_>| match happening {
            Happening::Invocation(id) => self.invocations.get(id)?.site.item,
            _ => None,
        };
        step.happenings.iter().filter_map(item).collect::<BTreeSet<u32>>().len() as u64
    }

    fn take(&mut self, entry: &'a Entry) {
        let at = entry.at;
        match &entry.event {
            Event::Forked
            | Event::Migrated(_)
            | Event::CancelRequested { .. }
            | Event::Paused { .. }
            | Event::Continued { .. } => {}
            Event::InvocationStarted { .. } => self.started(entry),
            Event::InvocationEnded { invocation, site, outcome, usage, .. } => {
                self.step(&site.step, at);
                if let Some(known) = self.invocations.get_mut(invocation) {
                    known.ended = Some((outcome, usage));
                }
            }
            Event::HostCallStarted { invocation, sequence, operation, request } => {
                self.called(invocation, Call { sequence: *sequence, operation, request, reply: None });
            }
            Event::HostCall { invocation, sequence, operation, request, reply } => {
                self.called(invocation, Call { sequence: *sequence, operation, request, reply: Some(reply) });
            }
            Event::Logged { invocation, level, message } => self.inside(invocation, Inside::Line { level, message }),
            Event::ApprovalRequested { step, question, show, roles, assignees, quorum, token, .. } => {
                let who = assignees.iter().chain(roles).map(String::as_str).collect();
                let asked = Happening::Asked { question, show, who, quorum, token: *token };
                self.step(step_of(step), at).happenings.push(asked);
            }
            Event::ApprovalTurn { step, turn, .. } => {
                self.step(step_of(step), at).happenings.push(Happening::Turned { at, turn });
            }
            Event::ApprovalDecided { step, decision, .. } => {
                self.step(step_of(step), at).happenings.push(Happening::Decided { at, decision });
            }
            Event::TimerFired { site, .. }
            | Event::Waiting { site, .. }
            | Event::EventReceived { site, .. }
            | Event::EventEmitted { site, .. } => {
                self.step(step_of(&site.step), at);
            }
            Event::RunEnded(outcome) => self.outcome = Some(outcome),
            Event::RunStarted(_) => {}
        }
    }

    fn started(&mut self, entry: &'a Entry) {
        let Event::InvocationStarted { invocation, site, attempt, caller, plugin, function, input, authority, .. } =
            &entry.event
        else {
            return;
        };
        // A host that went on after a crash may begin it again: it stays one invocation.
        if let Some(known) = self.invocations.get_mut(invocation) {
            known.ended = None;
            return;
        }
        match caller.as_ref().filter(|caller| self.invocations.contains_key(caller)) {
            Some(caller) => self.inside(caller, Inside::Nested(invocation)),
            None => self.step(&site.step, entry.at).happenings.push(Happening::Invocation(invocation)),
        }
        let (function, attempt) = (function.as_deref(), *attempt);
        let (authority, ended, inside) = (*authority, None, Vec::new());
        let account = InvocationAccount { site, attempt, plugin, function, authority, input, ended, inside };
        self.invocations.insert(invocation, account);
    }

    /// The step, which lasts at least to this moment.
    fn step(&mut self, name: &'a str, at: Timestamp) -> &mut StepAccount<'a> {
        let index = match self.steps.iter().position(|step| step.name == name) {
            Some(index) => index,
            None => {
                self.steps.push(StepAccount { name, happenings: Vec::new(), span: (at, at) });
                self.steps.len() - 1
            }
        };
        let step = &mut self.steps[index];
        step.span.1 = at;
        step
    }

    /// A call, or the answer to one whose intent was written before.
    fn called(&mut self, invocation: &'a InvocationId, call: Call<'a>) {
        let Some(account) = self.invocations.get_mut(invocation) else { return };
        let intended = account.inside.iter_mut().find_map(|inside| match inside {
            Inside::Call(known) if known.sequence == call.sequence => Some(known),
            _ => None,
        });
        match intended {
            Some(known) => *known = call,
            None => account.inside.push(Inside::Call(call)),
        }
    }

    fn inside(&mut self, invocation: &'a InvocationId, inside: Inside<'a>) {
        if let Some(account) = self.invocations.get_mut(invocation) {
            account.inside.push(inside);
        }
    }
}

/// The step of a question or of something to wait for, also if it is about an item of it or of an agent: `summarise` of `summarise[2]`, `review` of
/// `review#1/4`, `onboard[2]/crm` of `onboard[2]/crm[1]`.
fn step_of(site: &str) -> &str {
    let site = site.split('#').next().unwrap_or(site);
    site.strip_suffix(']').and_then(|item| item.rsplit_once('[')).map_or(site, |(step, _)| step)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_question_is_of_its_step() {
        let steps = ["a", "a[2]", "a#1/4", "a[2]#1/4", "a[2]/b", "a[2]/b[1]", "a[2]/b[1]#3/0.1"].map(super::step_of);
        assert_eq!(steps, ["a", "a", "a", "a", "a[2]/b", "a[2]/b", "a[2]/b"]);
    }
}
