//! `plugin.toml`, the author's: the written form. It does not know what the operator grants, nor whether the files it
//! names exist.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use baton_policy::{Effect, Grants, Name, ToolName};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;
use crate::field;
use crate::text;
use crate::version::Version;

/// The name of the file.
pub const FILE_NAME: &str = "plugin.toml";

/// A plugin's manifest as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The plugin's own name; a project may know it by another.
    pub name: Name,
    /// Its version: `1.2.3`.
    pub version: Version,
    /// What it does, in a sentence.
    #[serde(default, deserialize_with = "field::sentence")]
    pub description: String,
    /// The component, relative to the manifest's folder. It may lie outside, where builds put it.
    #[serde(deserialize_with = "field::relative")]
    pub component: PathBuf,
    /// How the component is made; without it the component is shipped as it is.
    #[serde(default)]
    #[schemars(with = "Option<BuildKeys>")]
    pub build: Option<BuildSection>,
    /// For an agent: what goes in and comes out.
    #[serde(default)]
    pub agent: Option<AgentSection>,
    /// Facts about exported functions that their types do not say, by `interface.function` or `function`.
    #[serde(default)]
    pub tools: BTreeMap<FunctionName, ToolFacts>,
    /// What it asks for.
    #[serde(default, deserialize_with = "field::grants")]
    pub asks: Grants,
}

/// `[build]`: how the component is made. Exactly one of the two.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BuildKeys")]
pub enum BuildSection {
    /// A cargo package of the manifest's folder, or of the workspace it is in, built for `wasm32-wasip2`.
    Cargo(String),
    /// A command with its arguments, run in the manifest's folder.
    Command(Vec<String>),
}

/// `[agent]`: JSON Schemas, as files in the plugin's folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AgentSection {
    /// The schema of the input; without it any JSON is taken.
    #[serde(deserialize_with = "field::inside")]
    pub input: Option<PathBuf>,
    /// The schema of the output; without it any JSON is taken.
    #[serde(deserialize_with = "field::inside")]
    pub output: Option<PathBuf>,
}

/// `[tools."contacts.upsert"]`: facts about an exported function that its types do not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ToolFacts {
    /// What it does, in a sentence.
    #[serde(deserialize_with = "field::sentence")]
    pub description: String,
    /// What a call may change. Default `write`.
    pub effect: Effect,
    /// Whether a call repeated with the same idempotency key changes nothing more. Default `false`.
    pub idempotent: bool,
}

/// The name of an exported function: `interface.function`, or `function` for one exported at the top.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FunctionName(String);

baton_policy::written_as!(FunctionName, {
    "type": "string",
    "pattern": "^[A-Za-z][A-Za-z0-9-]*(\\.[A-Za-z][A-Za-z0-9-]*)?$",
});

impl Manifest {
    /// Reads a manifest's text; `file` is for the errors.
    ///
    /// # Errors
    /// [`Error::Text`] with the place of the first fault.
    pub fn parse(file: &Path, source: &str) -> Result<Self, Error> {
        text::toml(file, source)
    }
}

impl FunctionName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for FunctionName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no function's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the name of a function: write `interface.function`, or `function` for one exported at the top")]
pub struct NotAFunction;

impl FromStr for FunctionName {
    type Err = NotAFunction;

    fn from_str(text: &str) -> Result<Self, NotAFunction> {
        if ToolName::is_function(text) { Ok(FunctionName(text.to_owned())) } else { Err(NotAFunction) }
    }
}

impl Serialize for FunctionName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FunctionName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The keys of `[build]`, before it is clear that there is exactly one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline, extend("oneOf" = [{ "required": ["cargo"] }, { "required": ["command"] }]))]
struct BuildKeys {
    /// A cargo package of the manifest's folder, or of the workspace it is in, built for `wasm32-wasip2`.
    cargo: Option<String>,
    /// A command with its arguments, run in the manifest's folder.
    command: Option<Vec<String>>,
}

impl TryFrom<BuildKeys> for BuildSection {
    type Error = &'static str;

    fn try_from(keys: BuildKeys) -> Result<Self, &'static str> {
        match (keys.cargo, keys.command) {
            (Some(package), None) if is_package(&package) => Ok(BuildSection::Cargo(package)),
            (Some(_), None) => {
                Err("the `cargo` of [build] is not the name of a package: write letters, digits, `-` and `_`")
            }
            (None, Some(argv)) if is_command(&argv) => Ok(BuildSection::Command(argv)),
            (None, Some(_)) => {
                Err("the `command` of [build] cannot be run: write a program and its arguments, each on one line, \
                 such as [\"make\", \"agent.wasm\"]")
            }
            (Some(_), Some(_)) => Err("[build] has `cargo` and `command`: write one of them"),
            (None, None) => Err("[build] is empty: write cargo = \"package\" or command = [\"program\", \"argument\"]"),
        }
    }
}

/// Tells whether this can be run and shown to whoever is to run it.
fn is_command(argv: &[String]) -> bool {
    argv.first().is_some_and(|program| !program.is_empty()) && !argv.iter().any(|word| word.contains(char::is_control))
}

/// Tells whether a text is a package's name, so that cargo cannot take it for an option.
pub(crate) fn is_package(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests;
