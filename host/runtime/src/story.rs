//! What can be read of a run: its journal, what the machine makes of it, and a summary for programs. It does not know
//! how it is shown.

use std::sync::Arc;

use baton_journal::{Entry, Event, RunHeader, RunId, RunOutcome, Usage};
use baton_workflow::{Action, Ask, Plan, Run, Status, StepView};
use serde::Serialize;
use serde_json::Value;

use crate::error::Error;

/// A run and its journal.
pub struct Story {
    id: RunId,
    run: Run,
    entries: Vec<Entry>,
}

impl Story {
    /// Rebuilds what the machine knew from the entries of a run.
    ///
    /// # Errors
    /// The journal does not begin with a plan that this version can use, or its events cannot have happened.
    pub fn of(id: RunId, entries: Vec<Entry>) -> Result<Self, Error> {
        let header = header(&entries)?;
        let plan = header.plan.as_str().ok_or_else(|| Error::Plan("it is not loaded".to_owned()))?;
        let plan = Plan::from_json(plan).map_err(|error| Error::Plan(error.to_string()))?;
        let mut run = Run::new(Arc::new(plan), id.clone(), header.seed);
        for entry in &entries {
            run.apply(entry.at, &entry.event)?;
        }
        Ok(Story { id, run, entries })
    }

    pub(crate) fn from_parts(id: RunId, run: Run, entries: Vec<Entry>) -> Self {
        Story { id, run, entries }
    }

    pub(crate) fn into_parts(self) -> (Run, Vec<Entry>) {
        (self.run, self.entries)
    }

    /// The run's id.
    #[must_use]
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// What was fixed when it began.
    ///
    /// # Panics
    /// Never: a story is made only of entries that begin with a header.
    #[must_use]
    pub fn header(&self) -> &RunHeader {
        header(&self.entries).expect("a story begins with a header, which was checked when it was made")
    }

    /// The journal.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The machine, as it stands after the last entry.
    #[must_use]
    pub fn machine(&self) -> &Run {
        &self.run
    }

    /// Whether the run ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.run.status() == Status::Ended
    }

    /// The questions that people have not answered.
    #[must_use]
    pub fn questions(&self) -> Vec<Ask> {
        let outstanding = self.run.outstanding().into_iter();
        outstanding.filter_map(|action| if let Action::Ask(ask) = action { Some(ask) } else { None }).collect()
    }

    /// The summary that `baton run -o json` prints.
    #[must_use]
    pub fn ending(&self) -> Ending {
        let (outcome, output, error) = match (self.run.status(), self.run.outcome()) {
            (Status::Ended, Some(RunOutcome::Completed { output })) => {
                ("completed", output.as_str().and_then(|text| serde_json::from_str(text).ok()), None)
            }
            (Status::Ended, Some(RunOutcome::Failed { step, message })) => {
                ("failed", None, Some(Blame { step: step.clone(), message: message.clone() }))
            }
            (Status::Parked, _) => ("parked", None, None),
            _ => ("running", None, None),
        };
        Ending {
            run: self.id.clone(),
            workflow: self.header().workflow.clone(),
            outcome,
            output,
            error,
            waiting: self.questions().into_iter().map(Question::from).collect(),
            steps: self.run.steps().map(|step| Step::of(&step)).collect(),
        }
    }
}

fn header(entries: &[Entry]) -> Result<&RunHeader, Error> {
    match entries.first().map(|entry| &entry.event) {
        Some(Event::RunStarted(header)) => Ok(header),
        _ => Err(Error::Plan("the journal does not begin with one".to_owned())),
    }
}

/// How a run stands when its host is done with it.
#[derive(Clone, Debug, Serialize)]
pub struct Ending {
    /// The run's id.
    pub run: RunId,
    /// The workflow's name.
    pub workflow: String,
    /// `completed`, `failed`, `parked` (it waits for people) or `running` (a host drives it, or died:
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
    /// The steps in the order of the plan.
    pub steps: Vec<Step>,
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
    /// The step that asks.
    pub step: String,
    /// What is asked.
    pub question: String,
    /// Who may answer; anybody if empty.
    pub roles: Vec<String>,
    /// When nobody needs to answer any more: milliseconds since the Unix epoch.
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
            roles: ask.roles,
            deadline: ask.deadline.0,
            answer: ask.answer_schema,
        }
    }
}

/// What became of a step.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// `waiting`, `running`, `asking`, `completed`, `failed` or `skipped`.
    pub outcome: &'static str,
    /// Attempts begun, of all items together.
    pub attempts: u32,
    /// What its invocations used.
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
            usage: step.usage,
            failure: step.failure.map(ToString::to_string),
        }
    }
}
