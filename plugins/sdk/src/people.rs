//! Questions to people. While nobody has answered, the run is parked and this agent takes no memory; the answer brings it back
//! to this very call.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error as ThisError;

use crate::bindings::baton::plugin::people as host;
use crate::{Error, Failure};

/// How long a question stands that says nothing: a week, so that nobody who was away for one finds it decided.
const WITHIN: Duration = Duration::from_secs(7 * 86_400);

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    text: String,
    show: Value,
    schema: Option<Value>,
    roles: Vec<String>,
    within: Duration,
}

/// A yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who gave it.
    pub by: String,
    /// In which role.
    pub role: Option<String>,
    /// In their words.
    pub comment: Option<String>,
    added: Option<String>,
}

/// A no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Who gave it.
    pub by: String,
    /// In which role.
    pub role: Option<String>,
    /// In their words.
    pub comment: Option<String>,
}

/// Why there is no yes.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum Refusal {
    /// Somebody said no.
    #[error("rejected by {}", .0.by)]
    Rejected(Rejection),
    /// Nobody answered in time.
    #[error("nobody answered in time")]
    Expired,
    /// Nobody was asked.
    #[error("nobody was asked")]
    NotAsked(#[source] Error),
}

impl Question {
    /// A question of one line that anybody may answer with a yes or a no, within a week.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), show: Value::Null, schema: None, roles: Vec::new(), within: WITHIN }
    }

    /// The same, with what the person is shown.
    ///
    /// # Errors
    ///
    /// It cannot be written as JSON.
    pub fn show(self, show: &impl Serialize) -> Result<Self, Error> {
        let show = serde_json::to_value(show).map_err(|error| Error::Invalid(format!("what is shown: {error}")))?;
        Ok(Self { show, ..self })
    }

    /// The same, for people in one of these roles.
    #[must_use]
    pub fn roles<R: Into<String>>(self, roles: impl IntoIterator<Item = R>) -> Self {
        Self { roles: roles.into_iter().map(Into::into).collect(), ..self }
    }

    /// The same, answered by a value that fits a JSON Schema.
    #[must_use]
    pub fn schema(self, schema: Value) -> Self {
        Self { schema: Some(schema), ..self }
    }

    /// The same, standing for another time: a second to 30 days.
    #[must_use]
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }
}

impl Answer {
    /// What the person added; an error if they added nothing, or what does not fit the type.
    ///
    /// # Errors
    ///
    /// As said.
    pub fn added<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let added = self.added.as_deref().unwrap_or("null");
        crate::task::decode(added).map_err(|error| Error::Invalid(format!("what {} added: {error}", self.by)))
    }
}

/// Asks people, and waits for the answer.
///
/// # Errors
///
/// Somebody says no, nobody answers in time, or nobody can be asked.
pub fn ask(question: &Question) -> Result<Answer, Refusal> {
    let wire = host::Question {
        text: question.text.clone(),
        show: question.show.to_string(),
        schema: question.schema.as_ref().map(ToString::to_string),
        roles: question.roles.clone(),
        within_ms: u64::try_from(question.within.as_millis()).unwrap_or(u64::MAX),
    };
    match host::ask(&wire) {
        Ok(host::Answer { by, role, comment, added }) => Ok(Answer { by, role, comment, added }),
        Err(host::Refusal::Rejected(host::Rejection { by, role, comment })) => {
            Err(Refusal::Rejected(Rejection { by, role, comment }))
        }
        Err(host::Refusal::Expired) => Err(Refusal::Expired),
        Err(host::Refusal::NotAsked(error)) => Err(Refusal::NotAsked(error)),
    }
}

/// What a no means for the agent that asked.
impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // A person decided, or silence did: another path is for the workflow to say.
            Refusal::Rejected(Rejection { comment: Some(comment), by, .. }) => {
                Self::Declined(format!("rejected by {by}: {comment}"))
            }
            Refusal::Rejected(_) | Refusal::Expired => Self::Declined(refusal.to_string()),
            Refusal::NotAsked(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_is_declined_with_its_reason() {
        let rejection = |comment: Option<&str>| {
            let comment = comment.map(str::to_owned);
            Failure::from(Refusal::Rejected(Rejection { by: "Ada".into(), role: None, comment }))
        };
        assert_eq!(rejection(None), Failure::declined("rejected by Ada"));
        assert_eq!(rejection(Some("too risky")), Failure::declined("rejected by Ada: too risky"));
        assert_eq!(Failure::from(Refusal::Expired), Failure::declined("nobody answered in time"));
        assert_eq!(Failure::from(Refusal::NotAsked(Error::Denied("x".into()))), Failure::declined("x"));
    }
}
