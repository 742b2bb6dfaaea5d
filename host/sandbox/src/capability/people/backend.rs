//! What asks people, and the operation that needs it.

use std::time::Duration;

use baton_journal::BoxFuture;
use baton_policy::repetition::Kind;
use baton_policy::{Asked, OnUnknown, Request};
use serde::{Deserialize, Serialize};

use crate::backends::Backends;
use crate::call_error::CallError;
use crate::error::SandboxError;
use crate::gate::{CallSite, Effect, Operation, Unknown};

/// Bytes of a question: a line that a person reads. What else there is to know is shown with it.
const TEXT: usize = 1_000;

/// Roles of one question: more are no choice, but everybody.
const ROLES: usize = 16;

/// How long a question stands: at least so long that somebody can be told of it,
const SHORTEST: Duration = Duration::from_secs(1);

/// and at most a month: what nobody has answered by then is decided by silence.
const LONGEST: Duration = Duration::from_secs(30 * 86_400);

/// A question, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What is asked.
    pub text: String,
    /// What the person is shown, JSON.
    pub show: String,
    /// The JSON Schema of what the person adds.
    pub schema: Option<String>,
    /// Who may answer; anybody if empty.
    pub roles: Vec<String>,
    /// How long it stands, in milliseconds.
    pub within_ms: u64,
}

/// What became of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum Answer {
    /// Yes.
    Approved {
        /// Who said so.
        by: String,
        /// In which role.
        role: Option<String>,
        /// In their words.
        comment: Option<String>,
        /// What they added, JSON.
        added: Option<String>,
    },
    /// No.
    Rejected {
        /// Who said so.
        by: String,
        /// In which role.
        role: Option<String>,
        /// In their words.
        comment: Option<String>,
    },
    /// Nobody answered in time.
    Expired,
}

impl Question {
    /// Why nobody is asked this; nothing if it is a question.
    pub(super) fn fault(&self) -> Option<String> {
        let line = self.text.trim();
        let within = SHORTEST.as_millis()..=LONGEST.as_millis();
        if line.is_empty() || self.text.len() > TEXT || self.text.contains(char::is_control) {
            return Some(format!("a question is one line of 1 to {TEXT} bytes"));
        }
        if self.roles.len() > ROLES {
            return Some(format!("a question is for at most {ROLES} roles"));
        }
        (!within.contains(&u128::from(self.within_ms))).then(|| "a question stands for a second to 30 days".to_owned())
    }
}

/// Asks people for agents.
pub trait People: Send + Sync {
    /// What became of the question that the host call at `site` asks. As long as nobody knows, the error
    /// [`SandboxError::Suspended`]: then it is asked, and the invocation is begun again with the answer.
    fn ask(&self, site: CallSite, question: Question)
    -> BoxFuture<'_, Result<Result<Answer, CallError>, SandboxError>>;
}

/// A host where nobody can be asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silence;

impl People for Silence {
    fn ask(&self, _: CallSite, _: Question) -> BoxFuture<'_, Result<Result<Answer, CallError>, SandboxError>> {
        Box::pin(async { Ok(Err(CallError::Invalid("nobody can be asked here".to_owned()))) })
    }
}

/// `people.ask`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ask(pub(super) Question);

impl Operation for Ask {
    type Reply = Answer;

    fn name(&self) -> &'static str {
        "people.ask"
    }

    fn permission(&self, _: &Backends) -> Option<Request<'_>> {
        Some(Request::People { asked: Asked::Roles(&self.0.roles) })
    }

    /// A question is told to somebody: what led to it must last. Its intent is what is asked.
    fn effect(&self, _: &Backends) -> Effect {
        Effect::Outside
    }

    fn kind(&self) -> Kind {
        Kind::Asks
    }

    /// It is the same question however often it is put.
    fn unknown(&self, _: &CallSite, _: &Backends) -> Unknown {
        Unknown { on: OnUnknown::Retry, ..Unknown::of("people.ask") }
    }

    async fn perform(self, site: CallSite, backends: &Backends) -> Result<Result<Answer, CallError>, SandboxError> {
        if !site.invocation.target.is_replayed() {
            let text = "only an agent may ask people: a tool is not replayed, and the answer would find nobody";
            return Ok(Err(CallError::Invalid(text.to_owned())));
        }
        match self.0.fault() {
            Some(fault) => Ok(Err(CallError::Invalid(fault))),
            None => backends.people.ask(site, self.0).await,
        }
    }
}
