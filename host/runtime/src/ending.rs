//! How a run stands when its host is done with it: a summary for programs. It does not know how it is shown.

use baton_journal::{Digest, Quorum, RunId, RunOutcome, Usage};
use baton_workflow::{Action, Ask, Quarantined, Run, Status, StepView, Vote};
use serde::Serialize;
use serde_json::Value;

use crate::serve::Rest;
use crate::story::Story;

/// How a run stands when its host is done with it.
#[derive(Clone, Debug, Serialize)]
pub struct Ending {
    /// The run's id.
    pub run: RunId,
    /// The workflow's name.
    pub workflow: String,
    /// `completed`, `failed`, `cancelled`, `parked` (it waits for people, events or a time), `paused` (somebody wants it to rest),
    /// `queued` (it waits for its turn) or `running` (a host drives it, or died:
    /// whether one does, the store tells in [`RunSummary`](baton_journal::RunSummary)).
    pub outcome: &'static str,
    /// The workflow's output, if it completed.
    pub output: Option<Value>,
    /// What failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Blame>,
    /// The questions that it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Question>,
    /// The times and events that it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub awaits: Vec<Awaited>,
    /// The steps in the order of the plan; those of a workflow that a step runs, `onboard[2]/crm`, after that step.
    pub steps: Vec<Step>,
    /// The outputs that did not pass: they are in the journal, and nothing that followed has read them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quarantined: Vec<Quarantined>,
    /// What it waits for, for whoever goes on with it.
    #[serde(skip)]
    pub rest: Rest,
}

impl Ending {
    /// What all its steps used. What a workflow inside used is that of the step that ran it.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let own = self.steps.iter().filter(|step| !step.name.contains('/'));
        own.fold(Usage::default(), |sum, step| sum.plus(step.usage))
    }

    /// That of a run that was left before it had its turn.
    pub(crate) fn queued(story: &Story) -> Self {
        Ending { outcome: "queued", ..story.ending() }
    }

    pub(crate) fn of(run: RunId, machine: &Run) -> Self {
        let (outcome, output, error) = match (machine.status(), machine.outcome()) {
            (Status::Ended, Some(RunOutcome::Completed { output })) => {
                ("completed", output.as_str().and_then(|text| serde_json::from_str(text).ok()), None)
            }
            (Status::Ended, Some(RunOutcome::Failed { step, message })) => {
                ("failed", None, Some(Blame { step: step.clone(), message: message.clone() }))
            }
            (Status::Ended, Some(RunOutcome::Cancelled { by, reason })) => {
                ("cancelled", None, Some(Blame { step: None, message: cancelled(by, reason.as_deref()) }))
            }
            (Status::Parked, _) => ("parked", None, None),
            (Status::Paused, _) => ("paused", None, None),
            _ => ("running", None, None),
        };
        Ending {
            run,
            workflow: machine.plan().name().to_owned(),
            outcome,
            output,
            error,
            waiting: questions(machine).into_iter().map(Question::from).collect(),
            awaits: awaited(machine),
            steps: machine.all_steps().map(|step| Step::of(&step)).collect(),
            quarantined: machine.quarantined().into_iter().cloned().collect(),
            rest: rest(machine),
        }
    }
}

/// Who wanted a run to end, and why.
fn cancelled(by: &str, reason: Option<&str>) -> String {
    let because = reason.map_or_else(String::new, |reason| format!(": {reason}"));
    format!("cancelled by {by}{because}")
}

/// What a run waits for.
fn rest(machine: &Run) -> Rest {
    let mut rest = Rest::default();
    for action in machine.outstanding() {
        let until = match action {
            Action::Ask(ask) => ask.due(),
            Action::Wait(wait) => wait.until,
            Action::Await(wait) => {
                rest.events.extend(wait.name);
                wait.until
            }
            Action::Invoke(_) | Action::Stop(_) | Action::Emit(_) | Action::End(_) => continue,
        };
        rest.until = Some(rest.until.map_or(until, |first| first.min(until)));
    }
    rest
}

/// The questions that people have not answered.
pub(crate) fn questions(machine: &Run) -> Vec<Ask> {
    let outstanding = machine.outstanding().into_iter();
    outstanding.filter_map(|action| if let Action::Ask(ask) = action { Some(ask) } else { None }).collect()
}

/// A time or an event that a step waits for.
#[derive(Clone, Debug, Serialize)]
pub struct Awaited {
    /// The step.
    pub step: String,
    /// The name of the events; null if it waits for a time.
    pub event: Option<String>,
    /// When it has waited long enough: milliseconds since the Unix epoch.
    pub until: u64,
}

fn awaited(machine: &Run) -> Vec<Awaited> {
    let waits = machine.outstanding().into_iter();
    let waits = waits.filter_map(|action| if let Action::Await(wait) = action { Some(wait) } else { None });
    waits.map(|wait| Awaited { step: wait.site.to_string(), event: wait.name, until: wait.until.0 }).collect()
}

/// What failed.
#[derive(Clone, Debug, Serialize)]
pub struct Blame {
    /// The step, if one is to blame.
    pub step: Option<String>,
    /// What happened.
    pub message: String,
}

/// A question to people.
#[derive(Clone, Debug, Serialize)]
pub struct Question {
    /// The step that asks, or what it is about: `summarise[2]`; of an agent that asks, its call: `review#1/4`.
    pub step: String,
    /// What is asked.
    pub question: String,
    /// Binds an answer to exactly this question and what is shown with it.
    pub token: Digest,
    /// In which roles somebody may answer; anybody, if there are no assignees either.
    pub roles: Vec<String>,
    /// Who may answer, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assignees: Vec<String>,
    /// How many must answer; absent if one is enough.
    #[serde(skip_serializing_if = "Quorum::is_one")]
    pub quorum: Quorum,
    /// The votes that were given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<Given>,
    /// How many must still say yes.
    pub missing: u32,
    /// When time is over, unless it is escalated: milliseconds since the Unix epoch.
    pub deadline: u64,
    /// The JSON Schema of what the person adds, if the step asks for something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
}

impl From<Ask> for Question {
    fn from(ask: Ask) -> Self {
        Question {
            step: ask.step,
            question: ask.question,
            token: ask.token,
            roles: ask.roles,
            missing: ask.ballot.missing(),
            assignees: ask.ballot.assignees,
            quorum: ask.ballot.quorum,
            votes: ask.ballot.votes.into_iter().map(Given::from).collect(),
            deadline: ask.deadline.0,
            answer: ask.answer_schema,
        }
    }
}

/// A vote that was given.
#[derive(Clone, Debug, Serialize)]
pub struct Given {
    /// `approved` or `rejected`.
    pub decision: &'static str,
    /// Who gave it.
    pub by: String,
    /// In which role.
    pub role: Option<String>,
    /// Whose vote it was, if it was handed to them.
    pub instead_of: Option<String>,
}

impl From<Vote> for Given {
    fn from(vote: Vote) -> Self {
        let Vote { yes, by, role, instead_of, .. } = vote;
        Given { decision: if yes { "approved" } else { "rejected" }, by, role, instead_of }
    }
}

/// What became of a step.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// `waiting`, `running`, `asking`, `sleeping`, `completed`, `failed`, `cancelled` or `skipped`.
    pub outcome: &'static str,
    /// Attempts begun, of all items together.
    pub attempts: u32,
    /// How many of its outputs did not pass.
    #[serde(skip_serializing_if = "is_none")]
    pub quarantined: u32,
    /// What its invocations used, those of a workflow that it runs included.
    pub usage: Usage,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl Step {
    fn of(step: &StepView<'_>) -> Self {
        Step {
            name: step.name.to_owned(),
            outcome: step.status.as_str(),
            attempts: step.attempts,
            quarantined: step.quarantined,
            usage: step.usage,
            failure: step.failure.map(ToString::to_string),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_none(count: &u32) -> bool {
    *count == 0
}
