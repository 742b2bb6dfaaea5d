//! Why there is no response. The cases are what a caller can do about it; no text holds a secret.

use std::fmt;
use std::time::Duration;

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EgressError {
    /// It is not granted: the request, or the address at which its host is. Asking again changes nothing.
    #[error("{what}")]
    Denied {
        /// What is not allowed, and why.
        what: String,
        /// The entry of a grant of http that would allow it.
        entry: String,
    },
    /// The request is malformed. Nothing was looked up.
    #[error("{0}")]
    Invalid(String),
    /// The server cannot be reached, or went away. It may be there later.
    #[error("{stage} failed: {detail}")]
    Unreachable {
        /// In which part of the exchange.
        stage: Stage,
        /// What the system said.
        detail: String,
    },
    /// The server is not who the URL says, as far as its certificate tells.
    #[error("the server's certificate is not to be trusted: {0}")]
    Untrusted(String),
    /// A limit of time was reached.
    #[error("{stage} took longer than {}", Shown(*.limit))]
    TimedOut {
        /// In which part of the exchange.
        stage: Stage,
        /// The limit.
        limit: Duration,
    },
    /// A limit of size was reached.
    #[error("{what} is larger than {limit} {unit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// Of what: bytes, headers, times.
        unit: &'static str,
    },
    /// The server's answer is not HTTP/1.1, or not what was asked for.
    #[error("the server's answer cannot be read: {0}")]
    Malformed(String),
}

impl EgressError {
    /// Whether the same request may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, EgressError::Unreachable { .. } | EgressError::TimedOut { .. })
    }

    /// The error with another text where the text is not all ours.
    pub(crate) fn map_text(self, map: impl Fn(String) -> String) -> Self {
        match self {
            EgressError::Denied { what, entry } => EgressError::Denied { what: map(what), entry: map(entry) },
            EgressError::Invalid(text) => EgressError::Invalid(map(text)),
            EgressError::Unreachable { stage, detail } => EgressError::Unreachable { stage, detail: map(detail) },
            EgressError::Untrusted(text) => EgressError::Untrusted(map(text)),
            EgressError::Malformed(text) => EgressError::Malformed(map(text)),
            other @ (EgressError::TimedOut { .. } | EgressError::TooLarge { .. }) => other,
        }
    }
}

/// A part of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The look-up of the host.
    Resolve,
    /// The TCP connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Sending the request and reading the headers of the response.
    Head,
    /// Reading the body of the response.
    Body,
    /// All of it.
    Exchange,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Resolve => "looking up the host",
            Stage::Connect => "connecting",
            Stage::Tls => "the TLS handshake",
            Stage::Head => "waiting for the response",
            Stage::Body => "waiting for more of the response's body",
            Stage::Exchange => "the exchange",
        })
    }
}

/// A duration for people.
struct Shown(Duration);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", Duration::from_millis(u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)))
    }
}
