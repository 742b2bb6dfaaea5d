//! `workflow`: a workflow that a step runs, read from its own file. It does not know what is in it.

use super::{Fields, Reader, read_inside};
use crate::plan::Inner;
use crate::plan::policy::MAX_NESTING;
use crate::plan::work::no_input;
use crate::problem::Code;
use crate::source::{Key, Node};

impl Reader<'_> {
    /// The workflow in the named file.
    pub(super) fn inner(&mut self, step: &Key, node: &Node, fields: &Fields<'_>) -> Option<Inner> {
        let definition = self.inner_definition(node);
        let input = fields.get("input").map(|node| self.template(node));
        if definition.is_none() || matches!(input, Some(None)) {
            self.broken.inputs.push(step.text.clone());
        }
        Some(Inner { definition: Box::new(definition?), input: input.flatten().unwrap_or_else(no_input) })
    }

    fn inner_definition(&mut self, node: &Node) -> Option<crate::plan::Definition> {
        let path = self.path(node, "workflow", "the path of a workflow file, such as `check.workflow.yaml`")?;
        if self.around.iter().any(|around| around == path) {
            let way: Vec<&str> = self.around.iter().map(String::as_str).chain([path]).collect();
            let hint = Some("a workflow that runs itself never ends: use `loop`".to_owned());
            self.report.add(Code::Cycle, node.span, format!("workflows run each other: {}", way.join(" → ")), hint);
            return None;
        }
        if self.around.len() >= MAX_NESTING {
            let message = format!("workflows are inside each other more than {MAX_NESTING} deep");
            self.report.add(Code::OutOfRange, node.span, message, None);
            return None;
        }
        let bytes = self.file_bytes(node, path)?;
        match read_inside(self, path, &bytes) {
            Ok(definition) => Some(definition),
            Err(problems) => {
                self.report.add_all(problems);
                None
            }
        }
    }
}
