//! The votes on a question: how many are given, how many are missing, and whether it is decided. It does not know who may
//! vote, nor when time is over.

use std::collections::BTreeMap;

use baton_journal::{Quorum, Timestamp};
use serde_json::{Value, json};

use super::Ask;
use crate::plan::AtEnd;
use crate::units::Millis;

/// How a question is decided, and how far that has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ballot {
    /// Who may answer, by name, in whatever role.
    pub assignees: Vec<String>,
    /// How many must answer.
    pub quorum: Quorum,
    /// Whether a person may hand their vote to another one.
    pub may_delegate: bool,
    /// The votes that were given, in their order.
    pub votes: Vec<Vote>,
    /// The votes that were handed on, in their order.
    pub delegations: Vec<Delegation>,
    /// When those who may answer are reminded, the earliest first.
    pub reminders: Vec<Timestamp>,
    /// How many of these moments are over.
    pub reminded: u32,
    /// Who may answer too when time is over, one after the other.
    pub levels: Vec<Level>,
    /// How many of these have come.
    pub level: u32,
    /// What it means that nobody decided in the end.
    pub at_end: AtEnd,
}

/// What a person said.
#[derive(Clone, Debug, PartialEq)]
pub struct Vote {
    /// Whether it is a yes.
    pub yes: bool,
    /// Who said it.
    pub by: String,
    /// In which role.
    pub role: Option<String>,
    /// In their words.
    pub comment: Option<String>,
    /// What they added.
    pub answer: Option<Value>,
    /// Whose vote it was, if it was handed to them.
    pub instead_of: Option<String>,
}

/// A vote that was handed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// By whom.
    pub by: String,
    /// In which role.
    pub role: Option<String>,
    /// To whom.
    pub to: String,
}

/// Others who may answer when time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// In which roles.
    pub roles: Vec<String>,
    /// Who, by name.
    pub assignees: Vec<String>,
    /// How long the question stands then.
    pub timeout: Millis,
}

impl Ballot {
    /// How many must still say yes.
    #[must_use]
    pub fn missing(&self) -> u32 {
        let (of_role, others) = self.given();
        let open =
            |(role, needed): (&String, &u32)| needed.saturating_sub(of_role.get(role.as_str()).copied().unwrap_or(0));
        let open: u32 = self.quorum.of_role.iter().map(open).fold(self.quorum.votes, u32::saturating_add);
        open.saturating_sub(others)
    }

    /// The roles in which somebody must still say yes.
    #[must_use]
    pub fn missing_roles(&self) -> Vec<&str> {
        let (of_role, _) = self.given();
        let is_open = |(role, needed): &(&String, &u32)| of_role.get(role.as_str()).copied().unwrap_or(0) < **needed;
        self.quorum.of_role.iter().filter(is_open).map(|(role, _)| role.as_str()).collect()
    }

    /// Votes of the roles that are counted by themselves, and of all others: those can stand in for any role, as
    /// somebody to whom a question was escalated does.
    fn given(&self) -> (BTreeMap<&str, u32>, u32) {
        let (mut of_role, mut others) = (BTreeMap::new(), 0u32);
        for vote in self.votes.iter().filter(|vote| vote.yes) {
            match vote.role.as_deref().filter(|role| self.quorum.of_role.contains_key(*role)) {
                Some(role) => *of_role.entry(role).or_insert(0) += 1,
                None => others = others.saturating_add(1),
            }
        }
        (of_role, others)
    }

    /// How many have said no.
    fn against(&self) -> u32 {
        let against = self.votes.iter().filter(|vote| !vote.yes).count();
        u32::try_from(against).unwrap_or(u32::MAX)
    }

    /// Whether it is yes or no; nothing as long as votes are missing.
    pub(super) fn verdict(&self) -> Option<bool> {
        if self.against() >= self.quorum.rejections {
            return Some(false);
        }
        (self.missing() == 0).then_some(true)
    }

    /// The same with one more vote.
    pub(super) fn with(&self, vote: Vote) -> Ballot {
        let mut ballot = self.clone();
        ballot.votes.push(vote);
        ballot
    }

    /// How many of how many have said yes: `1 of 2 votes`.
    #[must_use]
    pub fn count(&self) -> String {
        let needed = self.quorum.needed();
        let noun = if needed == 1 { "vote" } else { "votes" };
        format!("{} of {needed} {noun}", needed.saturating_sub(self.missing()))
    }

    /// What a yes comes to, as others see it.
    pub(super) fn approved(&self, last: Option<&Vote>) -> Value {
        let votes: Vec<Value> = self.votes.iter().map(Vote::to_value).collect();
        let said = |of: fn(&Vote) -> Value| last.map_or(Value::Null, of);
        json!({
            "decision": "approved",
            "by": said(|vote| json!(vote.by)),
            "role": said(|vote| json!(vote.role)),
            "comment": said(|vote| json!(vote.comment)),
            "answer": said(|vote| json!(vote.answer)),
            "votes": votes,
        })
    }

    /// Who said no, and why.
    pub(super) fn rejected(&self) -> String {
        let against = self.votes.iter().filter(|vote| !vote.yes);
        let told: Vec<String> = against.map(|vote| rejected(&vote.by, vote.comment.as_deref())).collect();
        told.join("; ")
    }
}

impl Vote {
    fn to_value(&self) -> Value {
        let Vote { yes, by, role, comment, answer, instead_of } = self;
        let decision = if *yes { "approved" } else { "rejected" };
        json!({
            "decision": decision, "by": by, "role": role, "comment": comment, "answer": answer,
            "instead_of": instead_of,
        })
    }
}

impl Ask {
    /// How long a question stands altogether that was asked with this time.
    pub(super) fn whole_time(&self, first: Millis) -> Millis {
        Millis(self.ballot.levels.iter().fold(first.0, |sum, level| sum.saturating_add(level.timeout.0)))
    }
}

/// Who said no, and why.
pub(super) fn rejected(by: &str, comment: Option<&str>) -> String {
    let because = comment.map_or_else(String::new, |comment| format!(": {comment}"));
    format!("rejected by {by}{because}")
}
