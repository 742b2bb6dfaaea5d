//! `baton schema`: what the files may look like, for editors and programs.

use baton_runtime::bundle::published;
use baton_runtime::plan;
use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::error::{Error, Exit};

/// Print the JSON Schema of a file that people write
///
/// An editor that knows it completes keys, shows what each is for, and marks mistakes. A workflow names it in its first line
/// (`# yaml-language-server: $schema=workflow.json`), baton.toml and plugin.toml in theirs (`#:schema baton.json`). It says what a file
/// may look like; whether it fits the plugins, `baton check` says.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The file that it is of
    #[arg(value_name = "FILE")]
    pub of: Of,
}

/// A file that people write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Of {
    /// A workflow, in YAML.
    Workflow,
    /// `baton.toml`.
    Project,
    /// `plugin.toml`.
    Plugin,
}

impl Of {
    /// The schema.
    #[must_use]
    pub fn schema(self) -> Value {
        match self {
            Of::Workflow => plan::published(),
            Of::Project => published::project(),
            Of::Plugin => published::plugin(),
        }
    }
}

/// Carries it out.
///
/// # Errors
/// It cannot be printed.
pub fn run(args: &SchemaArgs) -> Result<Exit, Error> {
    crate::terminal::result(&format!("{:#}", args.of.schema()))?;
    Ok(Exit::Completed)
}
