//! The written form of the lock: read strictly, with places; written so that a diff of two versions reads well.

use std::collections::BTreeMap;
use std::path::Path;

use baton_policy::{Effect, Grants, Name};
use serde::Deserialize;
use toml::Spanned;

use super::{Accepted, AcceptedTool, Lock, Schemas, VERSION};
use crate::digest::Digest;
use crate::error::{Error, Fault};
use crate::field;
use crate::manifest::FunctionName;
use crate::place::Place;
use crate::text;
use crate::version::Version;

/// The only key that every version has.
#[derive(Deserialize)]
struct Versioned {
    version: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "version")]
    _version: i64,
    #[serde(default)]
    plugins: BTreeMap<Name, Table>,
}

/// `[plugins.crm]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    version: Version,
    manifest: Digest,
    #[serde(default)]
    build: Option<Digest>,
    #[serde(default)]
    component: Option<Digest>,
    #[serde(deserialize_with = "field::grants")]
    asks: Grants,
    #[serde(default)]
    schemas: SchemasTable,
    seal: Spanned<Digest>,
    #[serde(default)]
    tools: BTreeMap<FunctionName, ToolTable>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SchemasTable {
    input: Option<Digest>,
    output: Option<Digest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolTable {
    effect: Effect,
    idempotent: bool,
    description: Digest,
}

/// Reads a lock.
pub(super) fn parse(file: &Path, source: &str) -> Result<Lock, Error> {
    let Versioned { version } = text::toml(file, source).map_err(Error::of_lock)?;
    if *version.get_ref() != VERSION {
        let message = format!("a lock of version {} cannot be read here", version.get_ref());
        return Err(at(file, source, version.span(), Fault::Version, message));
    }
    let written: File = text::toml(file, source).map_err(Error::of_lock)?;
    let mut lock = Lock::default();
    for (name, table) in written.plugins {
        let (seal, accepted) = table.take();
        if *seal.get_ref() != seal_of(&name, &accepted) {
            let message = format!("[plugins.{name}] is not what was sealed: it was edited by hand, or merged wrongly");
            return Err(at(file, source, seal.span(), Fault::Seal, message));
        }
        lock.plugins.insert(name, accepted);
    }
    Ok(lock)
}

fn at(file: &Path, source: &str, span: std::ops::Range<usize>, fault: Fault, message: String) -> Error {
    let place = Box::new(Place::of(file, source, span));
    Error::of_lock(Error::Text { place, fault, message, hint: None })
}

impl Table {
    fn take(self) -> (Spanned<Digest>, Accepted) {
        let Table { version, manifest, build, component, asks, schemas, seal, tools } = self;
        let schemas = Schemas { input: schemas.input, output: schemas.output };
        let tools = tools.into_iter().map(|(name, tool)| (name, tool.into())).collect();
        (seal, Accepted { version, manifest, build, component, asks, schemas, tools })
    }
}

impl From<ToolTable> for AcceptedTool {
    fn from(table: ToolTable) -> Self {
        let ToolTable { effect, idempotent, description } = table;
        AcceptedTool { effect, idempotent, description }
    }
}

/// The table of a plugin with its seal.
pub(super) fn sealed(name: &Name, accepted: &Accepted) -> String {
    format!("{}seal = \"{}\"\n{}", head(name, accepted), seal_of(name, accepted), tools(name, accepted))
}

/// The digest of all that the table says, as it is written.
fn seal_of(name: &Name, accepted: &Accepted) -> Digest {
    Digest::of(format!("{}{}", head(name, accepted), tools(name, accepted)).as_bytes())
}

fn head(name: &Name, accepted: &Accepted) -> String {
    let Accepted { version, manifest, build, component, asks, schemas, tools: _ } = accepted;
    let digest = |key: &str, digest: &Option<Digest>| digest.map(|digest| format!("{key} = \"{digest}\""));
    let mut lines = vec![format!("[plugins.{name}]"), format!("version = \"{version}\"")];
    lines.extend(
        [digest("manifest", &Some(*manifest)), digest("build", build), digest("component", component)]
            .into_iter()
            .flatten(),
    );
    lines.push(format!("asks = {asks}"));
    let schemas: Vec<String> =
        [digest("input", &schemas.input), digest("output", &schemas.output)].into_iter().flatten().collect();
    if !schemas.is_empty() {
        lines.push(format!("schemas = {{ {} }}", schemas.join(", ")));
    }
    lines.join("\n") + "\n"
}

fn tools(name: &Name, accepted: &Accepted) -> String {
    if accepted.tools.is_empty() {
        return String::new();
    }
    let tool = |(function, tool): (&FunctionName, &AcceptedTool)| {
        let AcceptedTool { effect, idempotent, description } = tool;
        let effect = effect.as_str();
        format!(
            "\"{function}\" = {{ effect = \"{effect}\", idempotent = {idempotent}, description = \"{description}\" }}\n"
        )
    };
    format!("\n[plugins.{name}.tools]\n{}", accepted.tools.iter().map(tool).collect::<String>())
}
