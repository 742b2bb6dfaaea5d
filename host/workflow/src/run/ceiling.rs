//! What a run and its steps may use, for those who look on: what their budgets say, and what people have allowed besides. It does
//! not know what is used.

use baton_policy::{Amounts, Spendable};
use serde::Serialize;

use super::Run;

/// What a run or a step may use: of a run all of it, of a step what its own budget says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ceiling {
    /// Milliseconds of wall time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall_ms: Option<u64>,
    /// Units of computing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
    /// Host calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<u64>,
    /// Bytes in and out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Money, in millionths of a dollar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub micro_usd: Option<u64>,
    /// Tokens of models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
}

impl Ceiling {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Ceiling::default()
    }

    /// How much of one may be used.
    #[must_use]
    pub fn of(&self, what: Spendable) -> Option<u64> {
        match what {
            Spendable::Fuel => self.fuel,
            Spendable::Calls => self.calls,
            Spendable::Bytes => self.bytes,
            Spendable::Usd => self.micro_usd,
            Spendable::Tokens => self.tokens,
        }
    }

    /// These; where one is all there is, nothing is said.
    fn at(amounts: Amounts) -> Self {
        let said = |what: Spendable| Some(amounts.of(what)).filter(|amount| *amount < u64::MAX);
        Ceiling {
            wall_ms: None,
            fuel: said(Spendable::Fuel),
            calls: said(Spendable::Calls),
            bytes: said(Spendable::Bytes),
            micro_usd: said(Spendable::Usd),
            tokens: said(Spendable::Tokens),
        }
    }
}

impl Run {
    /// What the run may use.
    #[must_use]
    pub fn ceiling(&self) -> Ceiling {
        Ceiling { wall_ms: Some(self.plan.budget().wall.limit.0), ..Ceiling::at(self.limit()) }
    }

    /// What a step may use: `onboard/crm` for one of a workflow that a step runs. Nothing is said of what is no step.
    #[must_use]
    pub fn ceiling_of(&self, step: &str) -> Ceiling {
        let (head, rest) = step.split_once('/').unwrap_or((step, ""));
        let Some(index) = self.plan.definition().index(head) else { return Ceiling::default() };
        match (rest, self.plan.inner(index)) {
            ("", None) => Ceiling::at(self.step_limit(index)),
            ("", Some(inner)) => {
                let budget = inner.budget();
                Ceiling { wall_ms: Some(budget.wall.limit.0), ..Ceiling::at(budget.amounts()) }
            }
            (_, None) => Ceiling::default(),
            (rest, Some(inner)) => Run::new(std::sync::Arc::clone(inner), self.id.clone(), self.seed).ceiling_of(rest),
        }
    }

    /// Milliseconds since the run began, without those in which it only waited for people, events or a time, or rested.
    #[must_use]
    pub fn worked_ms(&self) -> u64 {
        self.meter.wall_ms()
    }
}
