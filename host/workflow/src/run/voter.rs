//! Who may answer a question, and to whom a vote may be handed. Nobody has two votes. It does not know who somebody is: a
//! name and a role are what was said; whoever embeds a host decides who may say which.

use baton_journal::Turn;

use super::ballot::Delegation;
use super::{Ask, RunError};
use crate::plan::approval::is_same_person;

/// How often one vote may be handed on: from the one who is asked to a deputy, and from there once or twice more. Beyond that
/// nobody knows any more whose word it is.
const LONGEST_CHAIN: usize = 3;

/// How many votes of a question may be handed on, so that a journal does not grow by it.
const MOST_DELEGATIONS: usize = 64;

/// A person as one who may vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Voter {
    /// In which role.
    pub(super) role: Option<String>,
    /// Whose vote it is, if it was handed to them.
    pub(super) instead_of: Option<String>,
}

impl Ask {
    /// Who may answer, in words.
    #[must_use]
    pub fn audience(&self) -> String {
        let all: Vec<&str> = self.ballot.assignees.iter().chain(&self.roles).map(String::as_str).collect();
        match all.as_slice() {
            [] => "anybody".to_owned(),
            [one] => (*one).to_owned(),
            [many @ .., last] => format!("{} or {last}", many.join(", ")),
        }
    }

    /// A person as a voter.
    ///
    /// # Errors
    /// They have no vote, or none any more.
    pub(super) fn voter(&self, by: &str, role: Option<&str>) -> Result<Voter, RunError> {
        let step = &self.step;
        if self.has_voted(by) {
            let missing = self.still_needed();
            return refuse(format!("`{by}` has voted on `{step}` already, and nobody votes twice: {missing}"));
        }
        if let Some(handed) = self.ballot.delegations.iter().find(|handed| is_same_person(&handed.by, by)) {
            return refuse(format!("`{by}` has handed the vote on `{step}` to `{}`, who may answer", handed.to));
        }
        if self.has_own(by, role) {
            return Ok(Voter { role: role.map(str::to_owned), instead_of: None });
        }
        match self.held_by(by).filter(|held| role.is_none() || held.role.as_deref() == role) {
            Some(held) => Ok(Voter { role: held.role.clone(), instead_of: Some(self.origin(held).to_owned()) }),
            None => {
                let who = role.map_or_else(|| format!("`{by}`"), |role| format!("`{role}`"));
                refuse(format!("step `{step}` is for {}, not for {who} to answer", self.audience()))
            }
        }
    }

    /// What happens when a person hands their vote to another one.
    ///
    /// # Errors
    /// They have none, it may not be handed on, or the other one has a vote already.
    pub(super) fn delegation(&self, by: &str, role: Option<&str>, to: &str) -> Result<Delegation, RunError> {
        let (step, to) = (&self.step, to.trim());
        if !self.ballot.may_delegate {
            return refuse(format!("a vote on `{step}` cannot be handed on: the step does not say `delegate: true`"));
        }
        let voter = self.voter(by, role)?;
        if to.is_empty() || is_same_person(by, to) {
            return refuse("a vote is handed to somebody else".to_owned());
        }
        let is_asked = self.ballot.assignees.iter().any(|name| is_same_person(name, to));
        if is_asked || self.has_voted(to) || self.held_by(to).is_some() || self.has_handed(to) {
            return refuse(format!("`{to}` has, or had, a vote on `{step}`, and nobody votes twice: name another one"));
        }
        if self.chain(by) >= LONGEST_CHAIN || self.ballot.delegations.len() >= MOST_DELEGATIONS {
            return refuse(format!("this vote on `{step}` was handed on too often: `{by}` may answer"));
        }
        Ok(Delegation { by: by.to_owned(), role: voter.role, to: to.to_owned() })
    }

    /// The same as it is recorded.
    pub(super) fn handed(delegation: Delegation, comment: Option<String>) -> Turn {
        let Delegation { by, role, to } = delegation;
        Turn::Delegated { by, role, to, comment }
    }

    /// Whether a person may answer in their own name.
    fn has_own(&self, by: &str, role: Option<&str>) -> bool {
        let is_named = self.ballot.assignees.iter().any(|name| is_same_person(name, by));
        match role {
            Some(role) if !self.roles.is_empty() => self.roles.iter().any(|known| known == role),
            None if !self.roles.is_empty() => is_named,
            _ => is_named || self.ballot.assignees.is_empty(),
        }
    }

    fn has_voted(&self, name: &str) -> bool {
        self.ballot.votes.iter().any(|vote| is_same_person(&vote.by, name))
    }

    fn has_handed(&self, name: &str) -> bool {
        self.ballot.delegations.iter().any(|handed| is_same_person(&handed.by, name))
    }

    fn held_by(&self, name: &str) -> Option<&Delegation> {
        self.ballot.delegations.iter().find(|handed| is_same_person(&handed.to, name))
    }

    /// How often the vote was handed on that a person holds.
    fn chain(&self, name: &str) -> usize {
        std::iter::successors(self.held_by(name), |held| self.held_by(&held.by)).count()
    }

    /// Who had the vote at first.
    fn origin<'a>(&'a self, held: &'a Delegation) -> &'a str {
        let chain = std::iter::successors(Some(held), |held| self.held_by(&held.by));
        chain.last().map_or(&held.by, |first| &first.by)
    }

    /// What the question still needs, in words.
    pub(super) fn still_needed(&self) -> String {
        let missing = self.ballot.missing();
        let verb = if missing == 1 { "vote is" } else { "votes are" };
        match self.ballot.missing_roles().as_slice() {
            [] => format!("{missing} more {verb} needed, of others"),
            roles => format!("{missing} more {verb} needed, of {}", roles.join(" and ")),
        }
    }
}

pub(super) fn refuse<T>(text: String) -> Result<T, RunError> {
    Err(RunError::BadAnswer(text))
}
