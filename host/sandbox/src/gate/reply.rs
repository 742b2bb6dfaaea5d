//! What is replied to a host call, and how the journal keeps it. It does not know what is replied.

use std::sync::Arc;

use baton_journal::StoreError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::call_error::CallError;
use crate::error::SandboxError;

/// A reply.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reply<T> {
    Ok(T),
    Err(CallError),
}

/// What can be replied: it becomes a text and is read from one.
pub(crate) trait Written: Sized + Send {
    /// The text that the journal keeps.
    fn write(reply: &Reply<Self>) -> Result<Arc<str>, SandboxError>;

    /// Reads such a text.
    fn read(text: &str) -> Result<Reply<Self>, SandboxError>;
}

impl<T: Serialize + DeserializeOwned + Send> Written for T {
    fn write(reply: &Reply<Self>) -> Result<Arc<str>, SandboxError> {
        text(reply).map(Arc::from)
    }

    fn read(text: &str) -> Result<Reply<Self>, SandboxError> {
        let unreadable =
            |error| StoreError::Corrupt { what: format!("a reply is not what its host call answers: {error}") };
        Ok(serde_json::from_str(text).map_err(unreadable)?)
    }
}

/// A request or a reply as JSON.
pub(super) fn text(value: &impl Serialize) -> Result<String, SandboxError> {
    serde_json::to_string(value)
        .map_err(|error| SandboxError::engine(anyhow::Error::new(error).context("cannot write a host call as JSON")))
}

impl<T> From<Result<T, CallError>> for Reply<T> {
    fn from(result: Result<T, CallError>) -> Self {
        match result {
            Ok(value) => Reply::Ok(value),
            Err(error) => Reply::Err(error),
        }
    }
}

impl<T> From<Reply<T>> for Result<T, CallError> {
    fn from(reply: Reply<T>) -> Self {
        match reply {
            Reply::Ok(value) => Ok(value),
            Reply::Err(error) => Err(error),
        }
    }
}
