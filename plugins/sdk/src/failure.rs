//! Why a plugin did not do what it was asked, and why a host call was not done.
//!
//! These are the words of the contract's `types` interface. A failure's variant decides what the host may do next,
//! so the conversions behind `?` matter: each is stated where it stands.

use thiserror::Error as ThisError;

/// Why a plugin did not do what it was asked. The text is for the people who read the run.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum Failure {
    /// The input can never work. The host does not try again.
    #[error("invalid: {0}")]
    Invalid(String),
    /// It may work later. The host tries again as the step's `retry` says.
    #[error("transient: {0}")]
    Transient(String),
    /// The plugin will not do it: a rule forbids it. Another path or a person decides.
    #[error("declined: {0}")]
    Declined(String),
    /// It is broken beyond repair. The host gives up.
    #[error("permanent: {0}")]
    Permanent(String),
}

impl Failure {
    /// Says that the input can never work.
    pub fn invalid(reason: impl ToString) -> Self {
        Self::Invalid(reason.to_string())
    }

    /// Says that it may work later.
    pub fn transient(reason: impl ToString) -> Self {
        Self::Transient(reason.to_string())
    }

    /// Says that a rule forbids it.
    pub fn declined(reason: impl ToString) -> Self {
        Self::Declined(reason.to_string())
    }

    /// Says that it is broken beyond repair.
    pub fn permanent(reason: impl ToString) -> Self {
        Self::Permanent(reason.to_string())
    }

    /// The text for the people who read the run.
    pub fn reason(&self) -> &str {
        match self {
            Self::Invalid(reason) | Self::Transient(reason) | Self::Declined(reason) | Self::Permanent(reason) => {
                reason
            }
        }
    }
}

/// Why a host call was not done. Running out of a budget is not among the cases: it ends the invocation.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum Error {
    /// No grant allows this call. The text says which grant is missing; asking again changes nothing.
    #[error("denied: {0}")]
    Denied(String),
    /// The arguments are malformed, too large, or name something that does not exist.
    #[error("invalid arguments: {0}")]
    Invalid(String),
    /// A quota of the room that was asked (not of the invocation) is used up.
    #[error("a quota is used up: {0}")]
    Quota(String),
    /// The called plugin ran and failed; its own failure says what may be done next.
    #[error("the called plugin failed")]
    Failed(#[source] Failure),
}

/// What a failed host call means for the plugin that made it.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            // The operator can grant it, or the workflow can go another way: that is for people to decide.
            Error::Denied(reason) => Self::Declined(reason),
            // The arguments were this plugin's own: its task's input need not be wrong, and no second try mends them.
            Error::Invalid(reason) => Self::Permanent(format!("a host call was refused: {reason}")),
            Error::Quota(reason) => {
                Self::Permanent(format!("a quota is used up, and waiting does not free it: {reason}"))
            }
            // The callee's input was this plugin's own making, too.
            Error::Failed(Self::Invalid(reason)) => {
                Self::Permanent(format!("the called plugin refused its input: {reason}"))
            }
            Error::Failed(failure) => failure,
        }
    }
}

/// A value that cannot be written as JSON, or text of the plugin's own that does not parse, is the plugin's own fault.
///
/// A task's input never comes this way: [`Task::decode`](crate::Task::decode) makes that [`Failure::Invalid`].
impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Permanent(format!("JSON: {error}"))
    }
}

/// The `types` interface under the names that generated bindings expect. Tools name it in `with`.
pub mod contract {
    pub use super::{Error, Failure};

    /// A JSON text.
    pub type Json = String;
    /// Milliseconds since the Unix epoch.
    pub type Timestamp = u64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_becomes_the_failure_that_lets_the_host_do_the_right_thing() {
        let check = |error: Error, expected: Failure| assert_eq!(Failure::from(error), expected);
        check(Error::Denied("grant it".into()), Failure::declined("grant it"));
        check(Error::Invalid("key".into()), Failure::permanent("a host call was refused: key"));
        check(
            Error::Quota("1 MiB".into()),
            Failure::permanent("a quota is used up, and waiting does not free it: 1 MiB"),
        );
        check(Error::Failed(Failure::transient("busy")), Failure::transient("busy"));
        check(Error::Failed(Failure::declined("no")), Failure::declined("no"));
        check(Error::Failed(Failure::invalid("name")), Failure::permanent("the called plugin refused its input: name"));
    }

    #[test]
    fn a_value_that_is_no_json_is_the_plugins_own_fault() {
        fn encode() -> Result<String, Failure> {
            let keys_are_no_strings = std::collections::BTreeMap::from([((1, 2), 3)]);
            Ok(serde_json::to_string(&keys_are_no_strings)?)
        }
        assert_eq!(encode(), Err(Failure::permanent("JSON: key must be a string")));
    }

    #[test]
    fn a_source_is_not_told_twice() {
        let error = Error::Failed(Failure::transient("busy"));
        assert_eq!(error.to_string(), "the called plugin failed");
        assert_eq!(std::error::Error::source(&error).map(ToString::to_string), Some("transient: busy".into()));
    }
}
