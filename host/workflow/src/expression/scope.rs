//! What an expression can see. It does not know how a run stores it.

use serde_json::Value;

/// What there is to see of steps that are settled.
pub(crate) trait StepOutputs {
    /// A step's output, if the step is settled.
    fn output(&self, step: &str) -> Option<&Value>;

    /// `completed`, `failed` or `skipped`, if the step is settled.
    fn outcome(&self, step: &str) -> Option<&Value>;
}

/// The variables of one evaluation.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The workflow's input.
    pub(crate) input: &'a Value,
    /// The data files, an object by their names.
    pub(crate) data: &'a Value,
    /// The steps.
    pub(crate) steps: &'a dyn StepOutputs,
    /// The item and its index, in a step that runs for each.
    pub(crate) item: Option<(&'a Value, &'a Value)>,
    /// The step's own output, in a check.
    pub(crate) output: Option<&'a Value>,
}

impl<'a> Scope<'a> {
    /// The value of a variable; `steps` is none.
    pub(crate) fn variable(&self, name: &str) -> Option<&'a Value> {
        match name {
            "input" => Some(self.input),
            "data" => Some(self.data),
            "item" => self.item.map(|(item, _)| item),
            "index" => self.item.map(|(_, index)| index),
            "output" => self.output,
            _ => None,
        }
    }
}
