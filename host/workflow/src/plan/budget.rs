//! What a run and a step may use, with defaults and bounds: nothing is unlimited. It does not know how use is measured.

use baton_policy::{Amounts, MicroUsd, Spendable};
use serde::{Deserialize, Serialize};

use super::definition::is_nowhere;
use crate::problem::Position;
use crate::units::{Bytes, Count, Millis, Quantity};

/// A limit of a run, and the place in the file that sets it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunLimit<Q> {
    /// How much.
    pub limit: Q,
    /// Where it is set; nowhere if it is the default.
    #[serde(default = "Position::default", skip_serializing_if = "is_nowhere")]
    pub at: Position,
}

/// What a run may use.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunBudget {
    /// Wall time, without the time in which the run only waits for people.
    pub wall: RunLimit<Millis>,
    /// Computing, of all invocations.
    pub fuel: RunLimit<Count>,
    /// Host calls, of all invocations.
    pub calls: RunLimit<Count>,
    /// Bytes in and out of all invocations.
    pub bytes: RunLimit<Bytes>,
    /// Money, of all invocations.
    #[serde(default = "default_usd", skip_serializing_if = "is_default_usd")]
    pub usd: RunLimit<MicroUsd>,
    /// Tokens of models, of all invocations.
    #[serde(default = "default_tokens", skip_serializing_if = "is_default_tokens")]
    pub tokens: RunLimit<Count>,
    /// The items of one `for_each`.
    #[serde(default = "default_fan_out", skip_serializing_if = "is_default_fan_out")]
    pub fan_out: RunLimit<Count>,
}

/// What a plan that says nothing of a limit means, in its stored form too.
macro_rules! silent {
    ($default:ident, $is_default:ident, $quantity:ty, $bounds:ident) => {
        fn $default() -> RunLimit<$quantity> {
            RunLimit::default_of(&$bounds)
        }

        fn $is_default(limit: &RunLimit<$quantity>) -> bool {
            *limit == $default()
        }
    };
}

silent!(default_usd, is_default_usd, MicroUsd, USD);
silent!(default_tokens, is_default_tokens, Count, TOKENS);
silent!(default_fan_out, is_default_fan_out, Count, FAN_OUT);

/// What all attempts of a step may use together; where nothing is set, what is left to the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepBudget {
    /// Computing.
    pub fuel: Option<Count>,
    /// Host calls.
    pub calls: Option<Count>,
    /// Bytes in and out.
    pub bytes: Option<Bytes>,
    /// Money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd: Option<MicroUsd>,
    /// Tokens of models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Count>,
    /// The items of its `for_each`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fan_out: Option<Count>,
}

impl StepBudget {
    /// The amounts; all where nothing is set.
    pub(crate) fn amounts(&self) -> Amounts {
        Amounts {
            fuel: self.fuel.map_or(u64::MAX, |fuel| fuel.0),
            calls: self.calls.map_or(u64::MAX, |calls| calls.0),
            bytes: self.bytes.map_or(u64::MAX, |bytes| bytes.0),
            micro_usd: self.usd.map_or(u64::MAX, |usd| usd.0),
            tokens: self.tokens.map_or(u64::MAX, |tokens| tokens.0),
        }
    }
}

/// A kind of limit, with what holds if a workflow is silent and the most it may say.
pub(crate) struct Bounds<Q> {
    /// What holds if nothing is said.
    pub(crate) default: Q,
    /// The least.
    pub(crate) least: Q,
    /// The most.
    pub(crate) most: Q,
}

/// An hour: agents that think with models take minutes, and a run nobody looks at should not go on for a day.
pub(crate) const WALL: Bounds<Millis> =
    Bounds { default: Millis(3_600_000), least: Millis(1), most: Millis(30 * 86_400_000) };

/// A trillion units are some ten minutes of one processor.
pub(crate) const FUEL: Bounds<Count> =
    Bounds { default: Count(1_000_000_000_000), least: Count(1), most: Count(1_000_000_000_000_000) };

/// A million host calls: as many items as may be at work at once (64), each with the default limits of a plugin and of a tool
/// that it calls, find enough.
pub(crate) const CALLS: Bounds<Count> = Bounds { default: Count(1_000_000), least: Count(0), most: Count(100_000_000) };

/// Ten gigabytes: what may pass the borders of as many sandboxes. The journal keeps it, and has a quota of its own.
pub(crate) const BYTES: Bounds<Bytes> =
    Bounds { default: Bytes(10_000_000_000), least: Bytes(1), most: Bytes(1_000_000_000_000) };

/// Ten dollars: more than a run costs that works, and less than hurts if it is one that does not. Only what has a price counts.
pub(crate) const USD: Bounds<MicroUsd> =
    Bounds { default: MicroUsd(10_000_000), least: MicroUsd(0), most: MicroUsd(1_000_000_000_000) };

/// Two million tokens: a book of a thousand pages, read twice.
pub(crate) const TOKENS: Bounds<Count> =
    Bounds { default: Count(2_000_000), least: Count(0), most: Count(1_000_000_000_000) };

/// Ten thousand items of one `for_each`: each is several entries of the journal, whose quota is a million.
pub(crate) const FAN_OUT: Bounds<Count> = Bounds { default: Count(10_000), least: Count(1), most: Count(1_000_000) };

impl<Q: Quantity> RunLimit<Q> {
    /// The limit that holds when nothing is said.
    pub(crate) fn default_of(bounds: &Bounds<Q>) -> Self {
        RunLimit { limit: bounds.default, at: Position::default() }
    }
}

impl Default for RunBudget {
    fn default() -> Self {
        RunBudget {
            wall: RunLimit::default_of(&WALL),
            fuel: RunLimit::default_of(&FUEL),
            calls: RunLimit::default_of(&CALLS),
            bytes: RunLimit::default_of(&BYTES),
            usd: default_usd(),
            tokens: default_tokens(),
            fan_out: default_fan_out(),
        }
    }
}

impl RunBudget {
    /// The amounts of what its invocations share.
    pub(crate) fn amounts(&self) -> Amounts {
        Amounts {
            fuel: self.fuel.limit.0,
            calls: self.calls.limit.0,
            bytes: self.bytes.limit.0,
            micro_usd: self.usd.limit.0,
            tokens: self.tokens.limit.0,
        }
    }

    /// Where the limit of one is set.
    pub(crate) fn place(&self, what: Spendable) -> Position {
        match what {
            Spendable::Fuel => self.fuel.at,
            Spendable::Calls => self.calls.at,
            Spendable::Bytes => self.bytes.at,
            Spendable::Usd => self.usd.at,
            Spendable::Tokens => self.tokens.at,
        }
    }

    /// Forgets where the limits are set.
    pub(crate) fn forget_places(&mut self) {
        let RunBudget { wall, fuel, calls, bytes, usd, tokens, fan_out } = self;
        let places =
            [&mut wall.at, &mut fuel.at, &mut calls.at, &mut bytes.at, &mut usd.at, &mut tokens.at, &mut fan_out.at];
        places.into_iter().for_each(|at| *at = Position::default());
    }
}
