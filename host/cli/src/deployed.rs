//! Finds the deployed workflow that a person means, in the project at hand or in all that are known, and tells how its versions
//! stand. It does not read what a version is.

use std::path::{Path, PathBuf};

use baton_runtime::ReadOnlyStore;
use baton_runtime::journal::{Deployment, Store as _, Traffic, Version};

use crate::args::WhichWorkflow;
use crate::context::Context;
use crate::error::Error;
use crate::{lookup, project};

/// A deployed workflow as a person names it: `client-onboarding`, or `client-onboarding@3` for a version of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The workflow.
    pub workflow: String,
    /// The number of the version; none: the one that a new run takes.
    pub number: Option<u32>,
}

impl Named {
    /// Reads a name; nothing if the text can only be a path.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (workflow, number) = match text.split_once('@') {
            Some((workflow, number)) => (workflow, Some(number.parse().ok()?)),
            None => (text, None),
        };
        let is_name = !workflow.is_empty() && !workflow.contains(['/', '\\', '.']);
        is_name.then(|| Named { workflow: workflow.to_owned(), number })
    }
}

/// The file of the project in which a workflow is deployed; none if it is deployed nowhere.
///
/// # Errors
/// Several projects have one of this name, or a store cannot be read.
pub async fn find(context: &Context, workflow: &str, project: Option<&Path>) -> Result<Option<PathBuf>, Error> {
    let near = lookup::near(context, project);
    if let Some(file) = near
        && has(&file, workflow).await?
    {
        return Ok(Some(file));
    }
    let mut found = Vec::new();
    for file in if project.is_none() { context.projects.list() } else { Vec::new() } {
        if has(&file, workflow).await.unwrap_or(false) {
            found.push(file);
        }
    }
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several => Err(ambiguous(workflow, several)),
    }
}

/// The same of a workflow that must be there.
///
/// # Errors
/// As [`find`], and if it is deployed nowhere.
pub async fn require(context: &Context, which: &WhichWorkflow) -> Result<PathBuf, Error> {
    let found = find(context, &which.workflow, which.project.as_deref()).await?;
    found.ok_or_else(|| nowhere(&which.workflow))
}

/// What is told of a workflow that is deployed nowhere.
#[must_use]
pub fn nowhere(workflow: &str) -> Error {
    Error::usage(format!("no version of a workflow `{workflow}` is deployed"))
        .hint("`baton versions` lists those there are; `baton deploy` stores one; --project names a project that was not used before")
}

/// The versions that a project's store has, of all workflows. A project without a store has none.
///
/// # Errors
/// The store cannot be read.
pub async fn versions_of(file: &Path) -> Result<Vec<Version>, Error> {
    match store_of(file)? {
        Some(store) => Ok(store.versions().await?),
        None => Ok(Vec::new()),
    }
}

/// What was done about the versions of a workflow.
///
/// # Errors
/// The store cannot be read.
pub async fn history_of(file: &Path, workflow: &str) -> Result<Vec<Deployment>, Error> {
    match store_of(file)? {
        Some(store) => Ok(store.history(workflow.to_owned()).await?),
        None => Ok(Vec::new()),
    }
}

/// Which versions new runs take, in words.
#[must_use]
pub fn told(traffic: &Traffic) -> String {
    match traffic.canary {
        None => format!("new runs take version {}", traffic.current),
        Some(canary) => format!(
            "{} of new runs take version {}, the others version {}",
            canary.weight, canary.version, traffic.current
        ),
    }
}

async fn has(file: &Path, workflow: &str) -> Result<bool, Error> {
    Ok(versions_of(file).await?.iter().any(|version| version.workflow == workflow))
}

fn store_of(file: &Path) -> Result<Option<ReadOnlyStore>, Error> {
    let store = project::store_of(file);
    if store.exists() { Ok(Some(ReadOnlyStore::open(&store)?)) } else { Ok(None) }
}

fn ambiguous(workflow: &str, files: &[PathBuf]) -> Error {
    let folders: Vec<String> = files.iter().filter_map(|file| Some(file.parent()?.display().to_string())).collect();
    Error::usage(format!("`{workflow}` is deployed from {} projects: {}", files.len(), folders.join(", ")))
        .hint("name one with --project")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_is_named_with_or_without_a_version() {
        let read = |text: &str| Named::read(text).map(|named| (named.workflow, named.number));
        assert_eq!(read("client-onboarding"), Some(("client-onboarding".to_owned(), None)));
        assert_eq!(read("client-onboarding@3"), Some(("client-onboarding".to_owned(), Some(3))));
        for path in ["", "@3", "a@", "a@b", "a@-1", "a/b", "./a", ".", "..", "a@3@4", "a.toml"] {
            assert_eq!(read(path), None, "{path}");
        }
    }
}
