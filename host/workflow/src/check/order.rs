//! No step waits for itself. It does not know why steps wait.

use super::Sink;
use super::sink::Finding;
use crate::plan::{Definition, Graph};
use crate::problem::Code;

/// Reports every circle once, at its first step.
pub(crate) fn check(definition: &Definition, graph: &Graph, sink: &mut dyn Sink) {
    for circle in graph.circles() {
        let names: Vec<&str> = circle.iter().map(|step| definition.steps[*step].name.as_str()).collect();
        let Some(first) = names.first() else { continue };
        let finding = match names.len() {
            2 => Finding::new(
                Code::Cycle,
                format!("step `{first}` waits for itself"),
                Some("in `check`, a step's own output is `output`".to_owned()),
            ),
            _ => Finding::new(
                Code::Cycle,
                format!("steps wait for each other: {}", names.join(" → ")),
                Some("each waits for the next, by a reference, `needs` or `then`: take one of them away".to_owned()),
            ),
        };
        sink.at_path(&["steps", first], finding);
    }
}
