//! What an expression can see. It does not know how a run stores it.

use serde_json::{Map, Value};

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
    /// The variables of the run's context.
    pub(crate) context: &'a Map<String, Value>,
    /// The item, in a step that runs for each.
    pub(crate) item: Option<&'a Value>,
    /// The number of the item or round.
    pub(crate) index: Option<&'a Value>,
    /// What came of the round before, in a loop.
    pub(crate) previous: Option<&'a Value>,
    /// The step's own output, where there is one.
    pub(crate) output: Option<&'a Value>,
    /// What is wrong with it, in what asks for it again.
    pub(crate) findings: Option<&'a Value>,
    /// How the run ends, in what has the last word.
    pub(crate) run: Option<&'a Value>,
    /// The event that came, in what decides about it.
    pub(crate) event: Option<&'a Value>,
}

impl<'a> Scope<'a> {
    /// What every expression sees.
    pub(crate) fn new(
        input: &'a Value,
        data: &'a Value,
        steps: &'a dyn StepOutputs,
        context: &'a Map<String, Value>,
    ) -> Scope<'a> {
        Scope {
            input,
            data,
            steps,
            context,
            item: None,
            index: None,
            previous: None,
            output: None,
            findings: None,
            run: None,
            event: None,
        }
    }

    /// The value of a variable; `steps` and `context` are none.
    pub(crate) fn variable(&self, name: &str) -> Option<&'a Value> {
        match name {
            "input" => Some(self.input),
            "data" => Some(self.data),
            "item" => self.item,
            "index" => self.index,
            "previous" => self.previous,
            "output" => self.output,
            "findings" => self.findings,
            "run" => self.run,
            "event" => self.event,
            _ => None,
        }
    }
}

/// No step is settled.
pub(crate) struct NoSteps;

impl StepOutputs for NoSteps {
    fn output(&self, _: &str) -> Option<&Value> {
        None
    }

    fn outcome(&self, _: &str) -> Option<&Value> {
        None
    }
}
