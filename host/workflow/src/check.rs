//! How the parts of a workflow fit together: names, order, and what is known about values before there are any.
//! It does not know YAML.

use std::collections::BTreeSet;

use crate::language::MAX_STEPS;
use crate::plan::Definition;
use crate::source::{Node, Report};

mod fit;
mod infer;
mod names;
mod order;
mod sink;
mod world;

use sink::{First, InFile, Sink};

/// Checks what was read from a file.
pub(crate) fn source(definition: &Definition, root: &Node, report: &mut Report, broken_inputs: &[String]) {
    let mut sink = InFile { root, report };
    names::check(definition, &mut sink);
    order::check(definition, &mut sink);
    fit::check(definition, broken_inputs, &mut sink);
}

/// Checks what was read from a stored plan: what a run relies on.
///
/// # Errors
///
/// The first thing that is wrong.
pub(crate) fn stored(definition: &Definition) -> Result<(), String> {
    let unique: BTreeSet<&str> = definition.steps.iter().map(|step| step.name.as_str()).collect();
    if unique.len() != definition.steps.len() || unique.len() > MAX_STEPS || !definition.data.is_object() {
        return Err("its steps or its data are malformed".to_owned());
    }
    let mut sink = First::default();
    names::check(definition, &mut sink);
    order::check(definition, &mut sink);
    sink.0.map_or(Ok(()), Err)
}
