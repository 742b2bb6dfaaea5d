//! What a run and a step may use, with defaults and bounds: nothing is unlimited. It does not know how use is measured.

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
}

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

/// A hundred thousand host calls are more than a person will ever read in a journal.
pub(crate) const CALLS: Bounds<Count> = Bounds { default: Count(100_000), least: Count(0), most: Count(100_000_000) };

/// A gigabyte: the journal keeps what passes a sandbox's border.
pub(crate) const BYTES: Bounds<Bytes> =
    Bounds { default: Bytes(1_000_000_000), least: Bytes(1), most: Bytes(1_000_000_000_000) };

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
        }
    }
}

impl RunBudget {
    /// Forgets where the limits are set.
    pub(crate) fn forget_places(&mut self) {
        let places = [&mut self.wall.at, &mut self.fuel.at, &mut self.calls.at, &mut self.bytes.at];
        places.into_iter().for_each(|at| *at = Position::default());
    }
}
