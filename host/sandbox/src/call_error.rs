//! Why a host call was not done, as the journal keeps it and as the guest gets it (`baton:plugin/types.error`).

use baton_journal::Failure;
use serde::{Deserialize, Serialize};

use crate::bindings::baton::plugin::types;

/// Why a host call was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "case", content = "text")]
pub enum CallError {
    /// No grant allows it.
    #[error("{0}")]
    Denied(String),
    /// The arguments are malformed, too large, or name something that does not exist.
    #[error("{0}")]
    Invalid(String),
    /// A quota of the room is used up.
    #[error("{0}")]
    Quota(String),
    /// What was called failed: a plugin that ran, or a server.
    #[error("{0}")]
    Failed(Failure),
}

impl From<CallError> for types::Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Denied(text) => types::Error::Denied(text),
            CallError::Invalid(text) => types::Error::Invalid(text),
            CallError::Quota(text) => types::Error::Quota(text),
            CallError::Failed(failure) => types::Error::Failed(failure.into()),
        }
    }
}

impl From<Failure> for types::Failure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Invalid(text) => types::Failure::Invalid(text),
            Failure::Transient(text) => types::Failure::Transient(text),
            Failure::Declined(text) => types::Failure::Declined(text),
            Failure::Permanent(text) => types::Failure::Permanent(text),
        }
    }
}

impl From<types::Failure> for Failure {
    fn from(failure: types::Failure) -> Self {
        match failure {
            types::Failure::Invalid(text) => Failure::Invalid(text),
            types::Failure::Transient(text) => Failure::Transient(text),
            types::Failure::Declined(text) => Failure::Declined(text),
            types::Failure::Permanent(text) => Failure::Permanent(text),
        }
    }
}
