//! How the parts of a workflow fit together: names, order, and what is known about values before there are any.
//! It does not know YAML.

use std::collections::BTreeSet;

use crate::plan::definition::MAX_STEPS;
use crate::plan::policy::{MAX_FACTOR, MAX_PARALLEL, MAX_RETRIES};
use crate::plan::validation::MAX_REPAIRS;
use crate::plan::{Approval, Definition, Graph, Step, Work};
use crate::source::{Node, Report};

mod arithmetic;
mod compare;
mod fit;
mod infer;
mod names;
mod never;
mod order;
mod sink;
mod start;
mod ways;
mod whole;
mod world;

use sink::{First, InFile, Sink};

/// What could not be read, and is complained of already: nothing more is said about it.
#[derive(Debug, Default)]
pub(crate) struct Broken {
    /// Steps with an input that may be anything.
    pub(crate) inputs: Vec<String>,
    /// Steps that may run for each item.
    pub(crate) items: Vec<String>,
    /// Data files.
    pub(crate) data: Vec<String>,
    /// There may be any data.
    pub(crate) all_data: bool,
}

/// Checks what was read from a file.
pub(crate) fn source(definition: &Definition, root: &Node, report: &mut Report, broken: &Broken) {
    let mut sink = InFile { root, report };
    let graph = Graph::new(definition);
    names::check(definition, broken, &mut sink);
    order::check(definition, &graph, &mut sink);
    fit::check(definition, broken, &mut sink);
    // What could not be read may be the way to somewhere.
    if report.is_clean() {
        ways::check(definition, &graph, &mut InFile { root, report });
    }
    never::check(definition, &mut InFile { root, report });
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
    if let Some(step) = definition.steps.iter().find(|step| !is_within_bounds(step)) {
        return Err(format!("step `{}` is beyond the limits", step.name));
    }
    let mut sink = First::default();
    names::check(definition, &Broken::default(), &mut sink);
    order::check(definition, &Graph::new(definition), &mut sink);
    if let Some(problem) = sink.0 {
        return Err(problem);
    }
    let mut inner = definition.steps.iter().filter_map(|step| match &step.work {
        Work::Workflow(inner) => Some(inner),
        _ => None,
    });
    inner.try_for_each(|inner| stored(&inner.definition))
}

/// Whether what a step says about parallel items, attempts and votes is within the limits.
fn is_within_bounds(step: &Step) -> bool {
    let can_be_decided = |approval: &Approval| approval.quorum.needed() > 0 && approval.quorum.rejections > 0;
    !matches!(&step.work, Work::Approve(approval) if !can_be_decided(approval))
        && (1..=MAX_PARALLEL).contains(&step.max_parallel)
        && step.retry.max <= MAX_RETRIES
        && (1.0..=MAX_FACTOR).contains(&step.retry.factor)
        && step.retry.on.iter().flatten().all(|kind| kind.never_again().is_none())
        && step.repair.as_ref().is_none_or(|repair| (1..=MAX_REPAIRS).contains(&repair.max))
        && step.min_confidence.is_none_or(|least| (0.0..=1.0).contains(&least))
}
