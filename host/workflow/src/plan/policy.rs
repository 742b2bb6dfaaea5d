//! What a step does about failures: how it tries again, and what happens when it failed for good. It does not know when.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::FaultKind;
use super::budget::Bounds;
use super::definition::Site;
use crate::expression::{Expression, Template};
use crate::units::Millis;

/// How a step is tried again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retry {
    /// How many attempts there may be after the first.
    pub(crate) max: u32,
    /// The delay before the second attempt.
    pub(crate) backoff: Millis,
    /// How much longer each delay is than the one before.
    pub(crate) factor: f64,
    /// Whether a delay is shortened by up to half, so that steps which failed together do not return together.
    pub(crate) jitter: bool,
    /// The longest delay.
    pub(crate) max_backoff: Millis,
    /// After which kinds of failures; none: after those that may not happen again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on: Option<BTreeSet<FaultKind>>,
}

/// The most attempts after the first: what failed so often is not transient.
pub(crate) const MAX_RETRIES: u32 = 20;

/// Attempts after the first where `retry` is there and does not say.
pub(crate) const DEFAULT_RETRIES: u32 = 3;

/// The delay before the second attempt.
pub(crate) const BACKOFF: Bounds<Millis> =
    Bounds { default: Millis(1_000), least: Millis(0), most: Millis(86_400_000) };

/// The longest delay.
pub(crate) const MAX_BACKOFF: Bounds<Millis> =
    Bounds { default: Millis(60_000), least: Millis(0), most: Millis(86_400_000) };

/// How much longer each delay is than the one before.
pub(crate) const DEFAULT_FACTOR: f64 = 2.0;

/// The largest factor.
pub(crate) const MAX_FACTOR: f64 = 10.0;

/// How long one attempt may take: five minutes are long for a tool, and enough for most models.
pub(crate) const TIMEOUT: Bounds<Millis> =
    Bounds { default: Millis(300_000), least: Millis(1), most: Millis(86_400_000) };

/// How long a question to a person stands: a week has a working day in it, wherever people are.
pub(crate) const APPROVAL_TIMEOUT: Bounds<Millis> =
    Bounds { default: Millis(7 * 86_400_000), least: Millis(1_000), most: Millis(365 * 86_400_000) };

/// How long a step waits for an event: as long as a question to a person stands.
pub(crate) const EVENT_TIMEOUT: Bounds<Millis> =
    Bounds { default: Millis(7 * 86_400_000), least: Millis(1_000), most: Millis(365 * 86_400_000) };

/// How long a step may wait.
pub(crate) const SLEEP: Bounds<Millis> =
    Bounds { default: Millis(0), least: Millis(1), most: Millis(365 * 86_400_000) };

/// How deep workflows may be inside each other.
pub(crate) const MAX_NESTING: usize = 8;

/// How many items are at work at once if nothing is said.
pub(crate) const DEFAULT_PARALLEL: u32 = 4;

/// The most items at work at once: each has a sandbox of its own.
pub(crate) const MAX_PARALLEL: u32 = 64;

impl Retry {
    /// No second attempt: what holds where `retry` is not there.
    pub(crate) const NONE: Retry = Retry {
        max: 0,
        backoff: BACKOFF.default,
        factor: DEFAULT_FACTOR,
        jitter: true,
        max_backoff: MAX_BACKOFF.default,
        on: None,
    };

    /// What holds for what undoes something and says nothing: nobody else will do it.
    pub(crate) const OF_UNDOING: Retry = Retry { max: DEFAULT_RETRIES, ..Retry::NONE };

    /// What holds for a verifier that says nothing: one slip of its own should not cost the output that it looks at.
    pub(crate) const OF_VERIFYING: Retry = Retry { max: 1, ..Retry::NONE };

    /// Whether another attempt is made after a failure of a kind, if there is one left.
    pub(crate) fn takes(&self, kind: FaultKind) -> bool {
        self.on.as_ref().map_or(kind.is_passing(), |on| on.contains(&kind))
    }
}

/// What happens when a step failed for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OnFailure {
    /// The run fails.
    Fail,
    /// The run goes on with this value as the step's output.
    Continue(Template),
    /// Another step takes over.
    Then(String),
    /// A person is asked.
    Escalate(Box<Escalation>),
}

/// A person is asked what becomes of work that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Escalation {
    /// Who may answer; anybody if empty.
    pub(crate) to: Vec<String>,
    /// What is asked, if it is not what is always asked.
    pub(crate) question: Option<Template>,
    /// What the person is shown besides the evidence.
    pub(crate) show: Option<Template>,
    /// How long the question stands.
    pub(crate) timeout: Millis,
    /// What happens if the answer is no, or does not come; never another escalation.
    pub(crate) otherwise: OnFailure,
}

/// How often a person is asked about one item: who has said "once more" three times has seen what comes of it.
pub(crate) const MAX_ESCALATIONS: u32 = 3;

impl Escalation {
    /// Anybody is asked, what is always asked.
    pub(crate) fn of_anybody(otherwise: OnFailure) -> Escalation {
        Escalation { to: Vec::new(), question: None, show: None, timeout: APPROVAL_TIMEOUT.default, otherwise }
    }
}

impl OnFailure {
    /// What happens when nobody is asked any more.
    pub(crate) fn unasked(&self) -> &OnFailure {
        match self {
            OnFailure::Escalate(escalation) => &escalation.otherwise,
            other => other,
        }
    }

    /// Whom to ask, if somebody is.
    pub(crate) fn escalation(&self) -> Option<&Escalation> {
        match self {
            OnFailure::Escalate(escalation) => Some(escalation),
            _ => None,
        }
    }

    /// The value that takes the place of the output.
    pub(crate) fn replacement(&self) -> Option<&Template> {
        match self.unasked() {
            OnFailure::Continue(value) => Some(value),
            _ => None,
        }
    }

    /// The step that takes over.
    pub(crate) fn branch(&self) -> Option<&str> {
        match self.unasked() {
            OnFailure::Then(name) => Some(name),
            _ => None,
        }
    }

    /// Calls a function with every expression and where it stands.
    pub(crate) fn visit<'s>(&'s self, visit: &mut dyn FnMut(Site, &'s Expression)) {
        if let Some(value) = self.replacement() {
            value.visit(&mut |expression| visit(Site::Whole, expression));
        }
        let asked = self.escalation().into_iter().flat_map(|asked| asked.question.iter().chain(&asked.show));
        asked.for_each(|template| template.visit(&mut |expression| visit(Site::Item, expression)));
    }

    /// Calls a function with every expression, to change it.
    pub(crate) fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut Expression)) {
        match self {
            OnFailure::Fail | OnFailure::Then(_) => {}
            OnFailure::Continue(value) => value.visit_mut(visit),
            OnFailure::Escalate(asked) => {
                asked.question.iter_mut().chain(&mut asked.show).for_each(|template| template.visit_mut(visit));
                asked.otherwise.visit_mut(visit);
            }
        }
    }
}
