//! What the output of a step must pass before anything reads it, and how it is asked for again if it does not. It does not
//! know outputs.

use serde::{Deserialize, Serialize};

use crate::expression::{Expression, Template};

/// The JSON Schema of what a verifier gives: `{ verdict: "pass" | "fail", reasons: [text], confidence: 0..1 }`.
pub const VERDICT_SCHEMA: &str = include_str!("../../schemas/verdict.json");

/// What must hold of an output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub(crate) struct Check {
    /// What.
    pub(crate) that: Expression,
    /// What is told if it does not.
    pub(crate) message: Option<Template>,
}

/// A check as a plan stores it.
#[derive(Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Written {
    Bare(Expression),
    Told { that: Expression, message: Template },
}

impl From<Written> for Check {
    fn from(written: Written) -> Check {
        match written {
            Written::Bare(that) => Check { that, message: None },
            Written::Told { that, message } => Check { that, message: Some(message) },
        }
    }
}

impl From<Check> for Written {
    fn from(Check { that, message }: Check) -> Written {
        match message {
            None => Written::Bare(that),
            Some(message) => Written::Told { that, message },
        }
    }
}

impl Check {
    /// Calls a function with every expression.
    pub(crate) fn visit<'c>(&'c self, visit: &mut dyn FnMut(&'c Expression)) {
        visit(&self.that);
        self.message.iter().for_each(|message| message.visit(visit));
    }

    /// Calls a function with every expression, to change it.
    pub(crate) fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut Expression)) {
        visit(&mut self.that);
        self.message.iter_mut().for_each(|message| message.visit_mut(visit));
    }
}

/// How an output that does not pass is asked for again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repair {
    /// How many times.
    pub(crate) max: u32,
    /// With what, instead of the step's input.
    pub(crate) input: Template,
}

/// The key under which a plugin is told what is wrong, if nothing else is said.
pub(crate) const FEEDBACK: &str = "feedback";

/// The most repairs of one output: whoever does not understand after five times what is wrong will not after ten.
pub(crate) const MAX_REPAIRS: u32 = 5;

/// Repairs where `repair` is there and does not say: one for the slip, one for what the first mended badly.
pub(crate) const DEFAULT_REPAIRS: u32 = 2;

/// How sure a verifier must be that an output passes, where nothing is said: less is a coin that was tossed.
pub(crate) const DEFAULT_CONFIDENCE: f64 = 0.5;
