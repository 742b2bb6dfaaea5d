//! The plan: a workflow that was checked, with everything it needs embedded. It does not know files, nor how a run goes.

use baton_journal::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalog::Catalog;
use crate::problem::Problems;

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

/// A checked workflow. It exists only valid.
#[derive(Clone, Debug)]
pub struct Plan {
    digest: Digest,
}

/// A text that is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a plan: {0}")]
pub struct NotAPlan(String);

impl Plan {
    /// Parses a workflow file and checks all of it against the plugins there are.
    ///
    /// # Errors
    ///
    /// All problems of the file.
    pub fn parse(file: &str, text: &[u8], files: Files<'_>, catalog: &Catalog) -> Result<Plan, Problems> {
        let _ = (file, text, files, catalog);
        Err(Problems(Vec::new()))
    }

    /// Takes a plan as [`Plan::to_json`] wrote it.
    ///
    /// # Errors
    ///
    /// If the text is no plan, or not a valid one.
    pub fn from_json(_text: &str) -> Result<Plan, NotAPlan> {
        Err(NotAPlan(String::new()))
    }

    /// The plan as canonical JSON, with everything a run needs.
    #[must_use]
    pub fn to_json(&self) -> String {
        String::new()
    }

    /// The content hash: of what the workflow says, not of how its file is laid out.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The workflow's name.
    #[must_use]
    pub fn name(&self) -> &str {
        ""
    }

    /// The JSON Schema of the workflow's input, if it states one.
    #[must_use]
    pub fn input_schema(&self) -> Option<&Value> {
        None
    }

    /// Checks an input before a run is started with it.
    ///
    /// # Errors
    ///
    /// Every place at which the input breaks the schema.
    pub fn check_input(&self, _input: &Value) -> Result<(), Vec<String>> {
        Ok(())
    }

    /// The plugins the plan invokes, each once, in order of their names.
    #[must_use]
    pub fn plugins(&self) -> Vec<&str> {
        Vec::new()
    }
}
