//! An agent that verifies: each text and each number of an output must stand in a source. It calls no model, so that it cannot be
//! talked into anything by what it reads.
//!
//! - [`leaf`]: the texts and numbers in an output, with their places.
//! - [`source`]: whether one of them stands in a text.

mod leaf;
mod source;

use baton_sdk::{Agent, Failure, Task};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use source::Source;

/// What is to be verified.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The output.
    output: Value,
    /// The text that must bear it out.
    source: String,
}

/// Whether it passes.
#[derive(Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Verdict {
    /// `pass` if the source bears out all of it.
    verdict: Word,
    /// What it does not bear out, each with its place.
    reasons: Vec<String>,
    /// How sure that is: the share of what is long enough not to stand there by chance.
    confidence: f64,
}

/// The two verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum Word {
    /// It may be used.
    Pass,
    /// It may not.
    Fail,
}

/// The most reasons that are given: more are not read.
const MAX_REASONS: usize = 12;

/// The agent.
#[derive(Debug)]
pub struct Reviewer;

impl Agent for Reviewer {
    type Input = Input;
    type Output = Verdict;

    fn run(task: Task<Input>) -> Result<Verdict, Failure> {
        Ok(verdict(&task.input.output, &Source::new(&task.input.source)))
    }
}

fn verdict(output: &Value, source: &Source) -> Verdict {
    let leaves = leaf::leaves(output);
    if leaves.is_empty() {
        return Verdict { verdict: Word::Fail, reasons: vec!["there is nothing in it".to_owned()], confidence: 1.0 };
    }
    let missing = leaves.iter().filter(|leaf| !source.has(&leaf.value));
    let reasons: Vec<String> = missing.take(MAX_REASONS).map(leaf::Leaf::objection).collect();
    if !reasons.is_empty() {
        return Verdict { verdict: Word::Fail, reasons, confidence: 1.0 };
    }
    let telling = u32::try_from(leaves.iter().filter(|leaf| leaf.is_telling()).count()).unwrap_or(u32::MAX);
    let all = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
    Verdict { verdict: Word::Pass, reasons, confidence: f64::from(telling) / f64::from(all) }
}

// Only in a component: natively two agents may be linked into one test, and both would export `run`.
#[cfg(target_family = "wasm")]
baton_sdk::agent!(Reviewer);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(output: &Value) -> Verdict {
        verdict(output, &Source::new("Halden  Paper AS\nPay to NO93 8601: EUR 1,654.00"))
    }

    #[test]
    fn what_the_source_bears_out_passes() {
        let passed = of(&json!({"supplier": "halden paper as", "cents": 165_400, "notes": [], "pay_to": "NO93 8601"}));
        assert_eq!(passed, Verdict { verdict: Word::Pass, reasons: Vec::new(), confidence: 1.0 });
        assert!(of(&json!(["AS", "Halden Paper"])).confidence < 0.6, "two letters stand anywhere");
    }

    #[test]
    fn what_it_does_not_bear_out_is_named_with_its_place() {
        let failed = of(&json!({"pay_to": "GB29 NWBK", "items": [{"cents": 7_000}]}));
        let reasons = [
            "`items[0].cents` is 7000, which is not in the source",
            "`pay_to` is \"GB29 NWBK\", which is not in the source",
        ];
        assert_eq!((failed.verdict, failed.reasons), (Word::Fail, reasons.map(str::to_owned).to_vec()));
    }

    #[test]
    fn nothing_does_not_pass() {
        for nothing in [json!(null), json!({}), json!({"a": "", "b": [], "c": 0, "d": false})] {
            assert_eq!(of(&nothing).reasons, ["there is nothing in it"], "{nothing}");
        }
    }

    #[test]
    fn the_schemas_of_the_manifest_are_those_of_the_types() {
        baton_sdk::schema::check::<Reviewer>(env!("CARGO_MANIFEST_DIR"));
    }
}
