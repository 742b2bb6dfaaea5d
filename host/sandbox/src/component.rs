//! Components that were loaded: compiled, linked, and asked what they export. It does not know manifests or grants.

use std::collections::BTreeSet;

use baton_journal::Digest;
use bytes::Bytes;
use serde_json::Value;
use wasmtime::component::types::{ComponentFunc, ComponentItem, Type};
use wasmtime::component::{Component, ComponentExportIndex, InstancePre};

use crate::error::SandboxError;
use crate::guest::Guest;
use crate::turns::Load;
use crate::value;

/// The interface whose export makes a component an agent; any version of the 0.1 track.
const AGENT: &str = "baton:plugin/agent@0.1.";

/// Exports that toolchains add for themselves: the function metadata of componentize-py and the start of
/// componentize-qjs. They are nobody's tools.
const TOOLCHAIN_EXPORTS: [&str; 2] = ["exports", "init"];

/// A component that is ready to be invoked any number of times. Cheap to share, never changes.
pub struct Loaded {
    pub(crate) plugin: String,
    pub(crate) digest: Digest,
    pub(crate) pre: InstancePre<Guest>,
    pub(crate) agent: Option<ComponentExportIndex>,
    pub(crate) functions: Vec<Function>,
    /// The compiled code, for the workers that run it; none: it runs in this process.
    pub(crate) code: Option<Bytes>,
    /// What it has computed lately.
    pub(crate) load: Load,
}

/// An exported function that can be called with JSON.
pub struct Function {
    /// `interface.function`, or `function` for one exported at the top.
    pub name: String,
    pub(crate) index: ComponentExportIndex,
    pub(crate) ty: ComponentFunc,
}

impl Function {
    /// The JSON Schema of its arguments, an object with a property for each parameter.
    #[must_use]
    pub fn parameters(&self) -> Value {
        value::parameters_schema(&self.ty)
    }

    /// The JSON Schema of its result. For a function that returns a `result` it is the schema of the `ok` side:
    /// the other becomes a failure.
    #[must_use]
    pub fn returns(&self) -> Value {
        match self.ty.results().next() {
            None => serde_json::json!({ "type": "null" }),
            Some(Type::Result(result)) => {
                result.ok().map_or(serde_json::json!({ "type": "null" }), |ok| value::schema(&ok))
            }
            Some(ty) => value::schema(&ty),
        }
    }
}

impl Loaded {
    /// The digest of the component's bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Whether it exports the agent interface.
    #[must_use]
    pub fn is_agent(&self) -> bool {
        self.agent.is_some()
    }

    /// The functions that can be called as tools, in the order of their names.
    #[must_use]
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The function of that name.
    ///
    /// # Errors
    /// There is none; the error lists those there are.
    pub fn require(&self, name: &str) -> Result<&Function, SandboxError> {
        self.functions.iter().find(|function| function.name == name).ok_or_else(|| self.no_function(name))
    }

    pub(crate) fn no_function(&self, name: &str) -> SandboxError {
        let agent = self.is_agent().then(|| "run".to_owned());
        SandboxError::NoSuchFunction {
            plugin: self.plugin.clone(),
            function: name.to_owned(),
            available: agent.into_iter().chain(self.functions.iter().map(|function| function.name.clone())).collect(),
        }
    }
}

/// The `run` export of an agent.
pub(crate) fn agent_export(component: &Component) -> Option<ComponentExportIndex> {
    let engine = component.engine();
    let ty = component.component_type();
    let name = ty.exports(engine).map(|(name, _)| name).find(|name| name.starts_with(AGENT))?;
    let interface = component.get_export_index(None, name)?;
    component.get_export_index(Some(&interface), "run")
}

/// Every export that can be called with JSON.
///
/// # Errors
/// Two of them have the same name.
pub(crate) fn functions(plugin: &str, component: &Component) -> Result<Vec<Function>, SandboxError> {
    let functions = exported(component);
    match ambiguous(&functions) {
        Some(function) => {
            let (plugin, function) = (plugin.to_owned(), function.to_owned());
            Err(SandboxError::AmbiguousFunction { plugin, function })
        }
        None => Ok(functions),
    }
}

fn exported(component: &Component) -> Vec<Function> {
    let engine = component.engine();
    let mut found = Vec::new();
    for (name, export) in component.component_type().exports(engine) {
        if name.starts_with(AGENT) || TOOLCHAIN_EXPORTS.contains(&name) {
            continue;
        }
        match export.ty {
            ComponentItem::ComponentFunc(ty) => found.extend(function(component, None, name, ty)),
            ComponentItem::ComponentInstance(instance) => {
                for (inner, export) in instance.exports(engine) {
                    if let ComponentItem::ComponentFunc(ty) = export.ty {
                        found.extend(function(component, Some(name), inner, ty));
                    }
                }
            }
            _ => {}
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// The first name that two functions have in common, letter case aside: of two interfaces with the same short name one
/// would be called for the other.
fn ambiguous(functions: &[Function]) -> Option<&str> {
    let mut seen = BTreeSet::new();
    functions.iter().map(|function| function.name.as_str()).find(|name| !seen.insert(name.to_ascii_lowercase()))
}

fn function(component: &Component, interface: Option<&str>, name: &str, ty: ComponentFunc) -> Option<Function> {
    let plain = ty.params().all(|(_, ty)| is_plain(&ty)) && ty.results().all(|ty| is_plain(&ty));
    if !plain || ty.async_() || name.starts_with('[') {
        return None;
    }
    let parent = match interface {
        Some(interface) => Some(component.get_export_index(None, interface)?),
        None => None,
    };
    let index = component.get_export_index(parent.as_ref(), name)?;
    let name = interface.map_or(name.to_owned(), |interface| format!("{}.{name}", short(interface)));
    Some(Function { name, index, ty })
}

/// `baton:crm/contacts@0.1.0` is `contacts`.
fn short(interface: &str) -> &str {
    let without_version = interface.split('@').next().unwrap_or(interface);
    without_version.rsplit('/').next().unwrap_or(without_version)
}

/// Whether values of the type can travel as JSON.
fn is_plain(ty: &Type) -> bool {
    match ty {
        Type::List(list) => is_plain(&list.ty()),
        Type::Tuple(tuple) => tuple.types().all(|ty| is_plain(&ty)),
        Type::Record(record) => record.fields().all(|field| is_plain(&field.ty)),
        Type::Variant(variant) => variant.cases().all(|case| case.ty.as_ref().is_none_or(is_plain)),
        Type::Option(option) => is_plain(&option.ty()),
        Type::Result(result) => [result.ok(), result.err()].iter().flatten().all(is_plain),
        Type::Own(_) | Type::Borrow(_) | Type::Future(_) | Type::Stream(_) | Type::ErrorContext => false,
        Type::Map(_) | Type::FixedLengthList(_) => false,
        _ => true,
    }
}
