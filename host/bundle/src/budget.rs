//! `[budget]` in `baton.toml`: what all runs of a project may cost together. It does not know what they cost.

use baton_policy::{MicroUsd, Period};
use schemars::JsonSchema;
use serde::Deserialize;

/// A hundred dollars a day: ten runs at the same time of the most that one may cost where nothing is said. Only what has a price counts.
const DEFAULT: MicroUsd = MicroUsd(100_000_000);

/// `[budget]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetEntry {
    /// The dollars that all runs which begin in a period may cost together. Default `"100.00 usd"`. Only what has a price counts.
    pub usd: MicroUsd,
    /// The period: `day` or `month`, of UTC. Default `day`.
    pub per: Period,
}

impl Default for BudgetEntry {
    fn default() -> Self {
        BudgetEntry { usd: DEFAULT, per: Period::Day }
    }
}

/// How much a project may take up and cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// What the journal of one run may take up.
    pub store: crate::StoreEntry,
    /// What all runs may cost together.
    pub budget: BudgetEntry,
}
