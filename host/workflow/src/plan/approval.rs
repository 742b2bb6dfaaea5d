//! A question to people, as a plan says it: who may answer, how many must, and what happens when they do not. It does not
//! know what they answer.

use baton_journal::Quorum;
use serde::{Deserialize, Serialize};

use super::budget::Bounds;
use crate::expression::{Expression, Template};
use crate::schema::Schema;
use crate::units::Millis;

/// The most people who are named for a question, and the most votes that it needs: more is an election.
pub(crate) const MAX_PEOPLE: u32 = 64;

/// The most reminders of a question: who does not answer after so many is not helped by another.
pub(crate) const MAX_REMINDERS: usize = 16;

/// The most escalations of a question: there are not more levels in most houses.
pub(crate) const MAX_ESCALATIONS: usize = 8;

/// When a reminder may come, counted from the question: a minute leaves time to have read it.
pub(crate) const REMINDER: Bounds<Millis> =
    Bounds { default: Millis(0), least: Millis(1_000), most: Millis(365 * 86_400_000) };

/// A question to people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    /// What is asked.
    pub(crate) question: Template,
    /// What they are shown.
    pub(crate) show: Template,
    /// In which roles somebody may answer.
    pub(crate) roles: Vec<String>,
    /// Who may answer, by name: a list of texts. Without roles and names anybody may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assignees: Option<Template>,
    /// How many must answer.
    #[serde(default, skip_serializing_if = "Quorum::is_one")]
    pub(crate) quorum: Quorum,
    /// When they are reminded, counted from the question, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) remind: Vec<Millis>,
    /// How long the question stands, or the first of those who are asked have.
    pub(crate) timeout: Millis,
    /// Who may answer too when that is over, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) escalations: Vec<Escalation>,
    /// What it means that nobody decided.
    #[serde(default, skip_serializing_if = "AtEnd::is_reject")]
    pub(crate) at_end: AtEnd,
    /// Whether a person may hand their vote to another one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) delegate: bool,
    /// What they add to a yes.
    pub(crate) answer: Option<Schema>,
}

/// Others who may answer when time is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Escalation {
    /// In which roles.
    pub(crate) roles: Vec<String>,
    /// Who, by name: a list of texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assignees: Option<Template>,
    /// How long the question stands then.
    pub(crate) timeout: Millis,
}

/// What it means that nobody decided in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtEnd {
    /// No.
    #[default]
    Reject,
    /// Yes.
    Approve,
    /// Neither: the step is broken.
    Fail,
}

impl AtEnd {
    fn is_reject(&self) -> bool {
        *self == AtEnd::Reject
    }
}

impl Approval {
    /// Stands for what could not be read, and for what says nothing.
    pub(crate) fn of(question: Template, timeout: Millis) -> Approval {
        Approval {
            question,
            show: Template::Literal(serde_json::Value::Null),
            roles: Vec::new(),
            assignees: None,
            quorum: Quorum::default(),
            remind: Vec::new(),
            timeout,
            escalations: Vec::new(),
            at_end: AtEnd::default(),
            delegate: false,
            answer: None,
        }
    }

    /// The lists of names, those of escalations included.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Template> {
        self.assignees.iter().chain(self.escalations.iter().filter_map(|level| level.assignees.as_ref()))
    }

    /// Calls a function with every expression.
    pub(crate) fn visit<'s>(&'s self, visit: &mut dyn FnMut(&'s Expression)) {
        [&self.question, &self.show].into_iter().chain(self.names()).for_each(|template| template.visit(visit));
    }

    /// Calls a function with every expression, to change it.
    pub(crate) fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut Expression)) {
        let levels = self.escalations.iter_mut().filter_map(|level| level.assignees.as_mut());
        let names = self.assignees.iter_mut().chain(levels);
        [&mut self.question, &mut self.show].into_iter().chain(names).for_each(|template| template.visit_mut(visit));
    }
}

/// Whether two names are of one person: case and spaces around do not make another one, so that nobody votes twice by
/// writing their name otherwise.
pub(crate) fn is_same_person(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
