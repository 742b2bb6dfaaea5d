//! `budget`, of a workflow and of a step. It does not know what is used.

use super::table::{Fallback, Field, Form, Table};
use super::{Fields, Reader};
use crate::plan::budget::{BYTES, Bounds, CALLS, FAN_OUT, FUEL, TOKENS, USD, WALL};
use crate::plan::{RunBudget, RunLimit, StepBudget};
use crate::source::Node;
use crate::units::Quantity;

/// `budget` of a workflow.
pub(super) static OF_RUN: Table = Table::new(
    "budget",
    "What a run may use. A run that passes its budget fails.",
    &[
        of_run("wall", Form::Quantity(&WALL), "Time, without the time in which the run only waits."),
        of_run("fuel", Form::Quantity(&FUEL), "Computing: 10 to 17 units are a nanosecond."),
        of_run("calls", Form::Quantity(&CALLS), "Host calls."),
        of_run("bytes", Form::Quantity(&BYTES), "Bytes in and out of all invocations."),
        of_run("usd", Form::Quantity(&USD), "Dollars, for whatever has a price."),
        of_run("tokens", Form::Quantity(&TOKENS), "Tokens of models."),
        of_run("fan_out", Form::Quantity(&FAN_OUT), "The items of one `for_each`."),
    ],
);

/// `budget` of a step.
pub(super) static OF_STEP: Table = Table::new(
    "step-budget",
    "What all attempts of the step together may use. What is not said is what is left to the run.",
    &[
        Field::new("fuel", Form::Quantity(&FUEL), "Computing: 10 to 17 units are a nanosecond."),
        Field::new("calls", Form::Quantity(&CALLS), "Host calls."),
        Field::new("bytes", Form::Quantity(&BYTES), "Bytes in and out of its invocations."),
        Field::new("usd", Form::Quantity(&USD), "Dollars, for whatever has a price."),
        Field::new("tokens", Form::Quantity(&TOKENS), "Tokens of models."),
        Field::new("fan_out", Form::Quantity(&FAN_OUT), "The items of its `for_each`."),
    ],
);

/// A limit that has a default.
const fn of_run(name: &'static str, form: Form, doc: &'static str) -> Field {
    Field::new(name, form, doc).or(Fallback::OfBounds)
}

impl Reader<'_> {
    /// The budget of a run.
    pub(super) fn run_budget(&mut self, node: &Node) -> RunBudget {
        let fields = Fields::open(node, "budget", &OF_RUN, &mut self.report);
        let Some(fields) = fields else { return RunBudget::default() };
        RunBudget {
            wall: self.run_limit(&fields, "wall", &WALL),
            fuel: self.run_limit(&fields, "fuel", &FUEL),
            calls: self.run_limit(&fields, "calls", &CALLS),
            bytes: self.run_limit(&fields, "bytes", &BYTES),
            usd: self.run_limit(&fields, "usd", &USD),
            tokens: self.run_limit(&fields, "tokens", &TOKENS),
            fan_out: self.run_limit(&fields, "fan_out", &FAN_OUT),
        }
    }

    fn run_limit<Q: Quantity>(&mut self, fields: &Fields<'_>, name: &str, bounds: &Bounds<Q>) -> RunLimit<Q> {
        let set = fields.get(name).and_then(|node| Some((self.quantity(node, name, bounds)?, node.span.start)));
        set.map_or_else(|| RunLimit::default_of(bounds), |(limit, at)| RunLimit { limit, at })
    }

    /// The budget of a step.
    pub(super) fn step_budget(&mut self, node: &Node) -> StepBudget {
        let fields = Fields::open(node, "budget", &OF_STEP, &mut self.report);
        let Some(fields) = fields else { return StepBudget::default() };
        StepBudget {
            fuel: fields.get("fuel").and_then(|node| self.quantity(node, "fuel", &FUEL)),
            calls: fields.get("calls").and_then(|node| self.quantity(node, "calls", &CALLS)),
            bytes: fields.get("bytes").and_then(|node| self.quantity(node, "bytes", &BYTES)),
            usd: fields.get("usd").and_then(|node| self.quantity(node, "usd", &USD)),
            tokens: fields.get("tokens").and_then(|node| self.quantity(node, "tokens", &TOKENS)),
            fan_out: fields.get("fan_out").and_then(|node| self.quantity(node, "fan_out", &FAN_OUT)),
        }
    }
}
