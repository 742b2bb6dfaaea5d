//! How an invocation or a run ends, and what it used. It does not know how either is measured.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::payload::Payload;

/// A plugin's own word that it did not do the work (`baton:plugin/types.failure`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "case", content = "text")]
pub enum Failure {
    /// The input can never work: not tried again.
    Invalid(String),
    /// It may work later: tried again as the step's `retry` says.
    Transient(String),
    /// The plugin, or a person, will not do it: another path decides.
    Declined(String),
    /// Broken beyond repair: given up.
    Permanent(String),
}

impl Failure {
    /// The text, without the case.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Failure::Invalid(text) | Failure::Transient(text) | Failure::Declined(text) | Failure::Permanent(text) => {
                text
            }
        }
    }

    /// The case's name.
    #[must_use]
    pub fn case(&self) -> &'static str {
        match self {
            Failure::Invalid(_) => "invalid",
            Failure::Transient(_) => "transient",
            Failure::Declined(_) => "declined",
            Failure::Permanent(_) => "permanent",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.case(), self.text())
    }
}

/// What ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// Computing.
    Fuel,
    /// Linear memory or tables.
    Memory,
    /// The guest's stack.
    Stack,
    /// Host calls.
    Calls,
    /// Bytes through host calls.
    Bytes,
    /// Wall time of a run (of an invocation it is [`Outcome::TimedOut`]).
    Wall,
    /// The same call with the same answer: a loop.
    Repeats,
}

/// How an invocation ended: the engine branches on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// It answered.
    Completed {
        /// Its answer, JSON.
        output: Payload,
    },
    /// It said that it did not do the work, or its answer was not acceptable.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// It broke: unreachable code, memory out of bounds, an exit.
    Trapped {
        /// What the engine said.
        message: String,
    },
    /// A limit ended it.
    Exhausted {
        /// Which.
        limit: Limit,
        /// What was reached, and the setting that raises it.
        message: String,
    },
    /// It may not run at all: a grant is missing.
    Denied {
        /// Which.
        message: String,
    },
    /// The host stopped it at its deadline.
    TimedOut {
        /// The time it had, in milliseconds.
        after_ms: u64,
    },
    /// The host stopped it, because its run does not need it any more.
    Cancelled,
    /// It waits for something outside; replay brings it back.
    Suspended,
}

impl Outcome {
    /// The outcome's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Completed { .. } => "completed",
            Outcome::Failed { .. } => "failed",
            Outcome::Trapped { .. } => "trapped",
            Outcome::Exhausted { .. } => "exhausted",
            Outcome::Denied { .. } => "denied",
            Outcome::TimedOut { .. } => "timed-out",
            Outcome::Cancelled => "cancelled",
            Outcome::Suspended => "suspended",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Completed { .. } | Outcome::Cancelled | Outcome::Suspended => f.write_str(self.name()),
            Outcome::Failed { failure } => write!(f, "failed ({}): {}", failure.case(), failure.text()),
            Outcome::Trapped { message } | Outcome::Exhausted { message, .. } | Outcome::Denied { message } => {
                write!(f, "{}: {message}", self.name())
            }
            Outcome::TimedOut { after_ms } => write!(f, "timed out after {after_ms} ms"),
        }
    }
}

/// What an invocation used. Sums over invocations are sums of every field but `memory_bytes`, which is the largest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Units of computing, the surcharge for host calls included.
    pub fuel: u64,
    /// The largest linear memory, in bytes.
    pub memory_bytes: u64,
    /// Milliseconds from start to end, time in the host included.
    pub wall_ms: u64,
    /// Host calls.
    pub host_calls: u64,
    /// Bytes in and out: input, output, and both directions of host calls.
    pub bytes: u64,
    /// Money, in millionths of a dollar: what the operator says that an invocation costs.
    #[serde(default, skip_serializing_if = "is_none")]
    pub micro_usd: u64,
    /// Tokens of models.
    #[serde(default, skip_serializing_if = "is_none")]
    pub tokens: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(amount: &u64) -> bool {
    *amount == 0
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Usage) -> Usage {
        Usage {
            fuel: self.fuel.saturating_add(other.fuel),
            memory_bytes: self.memory_bytes.max(other.memory_bytes),
            wall_ms: self.wall_ms.saturating_add(other.wall_ms),
            host_calls: self.host_calls.saturating_add(other.host_calls),
            bytes: self.bytes.saturating_add(other.bytes),
            micro_usd: self.micro_usd.saturating_add(other.micro_usd),
            tokens: self.tokens.saturating_add(other.tokens),
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum RunOutcome {
    /// Every step ended well or was handled; the workflow's `output` was made.
    Completed {
        /// The workflow's output, JSON.
        output: Payload,
    },
    /// A step failed and nothing handled it, or the run's budget ran out.
    Failed {
        /// The step, if one is to blame.
        step: Option<String>,
        /// What happened, for the operator.
        message: String,
    },
    /// Somebody wanted it to end.
    Cancelled {
        /// Who.
        by: String,
        /// In their words.
        reason: Option<String>,
    },
}
