//! The plan: a workflow that was checked, with everything it needs embedded. It does not know files, nor how a run goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baton_journal::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::sorted;
use crate::catalog::Catalog;
use crate::check;
use crate::language;
use crate::problem::Problems;

pub(crate) mod approval;
pub(crate) mod budget;
pub(crate) mod context;
pub(crate) mod definition;
pub mod drawing;
pub(crate) mod fault;
pub(crate) mod graph;
pub(crate) mod policy;
pub(crate) mod repeat;
pub mod schedule;
pub(crate) mod steps;
pub mod trigger;
pub(crate) mod validation;
pub(crate) mod work;

pub(crate) use approval::Approval;
pub use approval::AtEnd;
pub use budget::{RunBudget, RunLimit, StepBudget};
pub(crate) use context::{Merge, Variable};
pub(crate) use definition::{Definition, Role, Step};
pub use drawing::{Drawing, Edge, Node};
pub(crate) use fault::FaultKind;
pub(crate) use graph::Graph;
pub(crate) use policy::{Escalation, OnFailure, Retry};
pub(crate) use repeat::{Join, Rounds};
pub use schedule::{Due, Schedule};
pub(crate) use steps::Steps;
pub use trigger::{Occasion, Occurrence, Trigger};
pub use validation::VERDICT_SCHEMA;
pub(crate) use validation::{Check, Repair};
pub(crate) use work::{Case, Emit, Inner, Invocation, Listen, Sleep, Switch, Work};

/// Reads a file that the workflow names, by the path as written there.
pub type Files<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// What a step invokes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// An agent's `run`.
    Agent {
        /// The plugin's name.
        plugin: String,
    },
    /// A tool.
    Tool {
        /// The plugin's name.
        plugin: String,
        /// `interface.function`, or `function` alone.
        function: String,
    },
}

impl Target {
    /// The plugin's name.
    #[must_use]
    pub fn plugin(&self) -> &str {
        match self {
            Target::Agent { plugin } | Target::Tool { plugin, .. } => plugin,
        }
    }

    /// The tool's function; none for an agent.
    #[must_use]
    pub fn function(&self) -> Option<&str> {
        match self {
            Target::Agent { .. } => None,
            Target::Tool { function, .. } => Some(function),
        }
    }
}

/// A checked workflow. It exists only valid.
#[derive(Clone, Debug)]
pub struct Plan {
    definition: Definition,
    graph: Graph,
    /// The workflows that its steps run, by the step.
    inner: BTreeMap<usize, Arc<Plan>>,
    digest: Digest,
}

/// A text that is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a plan: {0}")]
pub struct NotAPlan(String);

impl Plan {
    /// Parses a workflow file and checks all of it against the plugins there are. The file's name is for error texts.
    ///
    /// # Errors
    ///
    /// All problems of the file.
    pub fn parse(file: &str, text: &[u8], files: Files<'_>, catalog: &Catalog) -> Result<Plan, Problems> {
        Ok(Plan::assemble(language::read(file, text, files, catalog)?))
    }

    /// Takes a plan as [`Plan::to_json`] wrote it.
    ///
    /// # Errors
    ///
    /// If the text is no plan, or not a valid one.
    pub fn from_json(text: &str) -> Result<Plan, NotAPlan> {
        let definition: Definition = serde_json::from_str(text).map_err(|error| NotAPlan(error.to_string()))?;
        if definition.format != definition::FORMAT {
            return Err(NotAPlan(format!(
                "its format is {}, this version reads {}",
                definition.format,
                definition::FORMAT
            )));
        }
        check::stored(&definition).map_err(NotAPlan)?;
        Ok(Plan::assemble(definition))
    }

    fn assemble(definition: Definition) -> Plan {
        let mut content = definition.clone();
        content.forget_places();
        let digest = Digest::of(canonical(&content).as_bytes());
        let inner = definition.steps.iter().enumerate().filter_map(|(index, step)| match &step.work {
            Work::Workflow(inner) => Some((index, Arc::new(Plan::assemble((*inner.definition).clone())))),
            _ => None,
        });
        let (graph, inner) = (Graph::new(&definition), inner.collect());
        Plan { definition, graph, inner, digest }
    }

    /// The plan as JSON, with everything a run needs: keys sorted, no spaces. Besides the content it has the places in
    /// the file, for error texts.
    #[must_use]
    pub fn to_json(&self) -> String {
        canonical(&self.definition)
    }

    /// The content hash: of what the workflow says, not of how its file is laid out.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The workflow's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.definition.workflow
    }

    /// The JSON Schema of the workflow's input, if it states one.
    #[must_use]
    pub fn input_schema(&self) -> Option<&Value> {
        self.definition.input.as_ref().map(|schema| schema.document())
    }

    /// Checks an input before a run is started with it.
    ///
    /// # Errors
    ///
    /// The places at which the input breaks the schema, eight at most.
    pub fn check_input(&self, input: &Value) -> Result<(), Vec<String>> {
        self.definition.input.as_ref().map_or(Ok(()), |schema| schema.check(input))
    }

    /// The plugins the plan invokes, each once, in order of their names; those of the workflows in it included.
    #[must_use]
    pub fn plugins(&self) -> Vec<&str> {
        let own = self.definition.steps.iter().filter_map(|step| match &step.work {
            Work::Invoke(invocation) => Some(invocation.target.plugin()),
            _ => None,
        });
        let mut names: Vec<&str> = own.chain(self.inner.values().flat_map(|plan| plan.plugins())).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The names of its steps, in the plan's order.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        self.definition.steps.iter().filter(|step| step.role.is_own()).map(|step| step.name.as_str())
    }

    /// The steps that are done once more if this one is: it, those that wait for it, and the questions that it or one of
    /// those waits for, as a yes is for one run. Nothing if there is no such step.
    #[must_use]
    pub fn redone_with(&self, step: &str) -> BTreeSet<&str> {
        let mut redone = BTreeSet::new();
        let mut open: Vec<usize> = self.definition.index(step).into_iter().collect();
        while let Some(next) = open.pop() {
            if redone.insert(next) {
                open.extend(self.graph.following(next));
                open.extend(self.graph.preceding(next).into_iter().filter(|before| self.asks(*before)));
            }
        }
        let is_redone = |step: &Step| self.definition.index(&step.name).is_some_and(|index| redone.contains(&index));
        let steps = self.definition.steps.iter();
        let redone = steps.filter(|step| is_redone(self.definition.owner(step).unwrap_or(step)));
        redone.map(|step| step.name.as_str()).collect()
    }

    fn asks(&self, step: usize) -> bool {
        matches!(self.definition.steps[step].work, Work::Approve(_))
    }

    /// The workflow that a step runs.
    pub(crate) fn inner(&self, step: usize) -> Option<&Arc<Plan>> {
        self.inner.get(&step)
    }

    /// What a run of it may use.
    #[must_use]
    pub fn budget(&self) -> &RunBudget {
        &self.definition.budget
    }

    /// What it says.
    pub(crate) fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Who waits for whom.
    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }
}

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.definition == other.definition
    }
}

/// The one text of a definition.
fn canonical(definition: &Definition) -> String {
    let value = serde_json::to_value(definition).map(|value| sorted(&value));
    value.expect("a definition has only string keys and finite numbers, so it is JSON").to_string()
}
