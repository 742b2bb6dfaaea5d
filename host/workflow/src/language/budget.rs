//! `budget`, of a workflow and of a step. It does not know what is used.

use super::{Fields, Reader};
use crate::plan::budget::{BYTES, Bounds, CALLS, FAN_OUT, FUEL, TOKENS, USD, WALL};
use crate::plan::{RunBudget, RunLimit, StepBudget};
use crate::source::Node;
use crate::units::Quantity;

impl Reader<'_> {
    /// The budget of a run.
    pub(super) fn run_budget(&mut self, node: &Node) -> RunBudget {
        let known = &["wall", "fuel", "calls", "bytes", "usd", "tokens", "fan_out"];
        let Some(fields) = Fields::open(node, "budget", known, &mut self.report) else { return RunBudget::default() };
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
        let known = &["fuel", "calls", "bytes", "usd", "tokens", "fan_out"];
        let Some(fields) = Fields::open(node, "budget", known, &mut self.report) else { return StepBudget::default() };
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
