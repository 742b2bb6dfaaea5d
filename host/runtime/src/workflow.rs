//! A project's workflow: its file and those it names, read and planned. It does not know how a plan runs.

use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path};

use baton_bundle::Project;
use baton_journal::json;
use baton_workflow::Plan;
use serde_json::Value;

use crate::error::Error;
use crate::plugins::Plugins;

/// The most bytes of a workflow, of a file it names, or of an input: with its documents as text, an application has
/// some megabytes; what is larger should be a reference to where it lies.
pub const MAX_FILE: u64 = 64 << 20;

/// Plans the project's workflow, checked against its plugins.
///
/// # Errors
/// The file cannot be read, or has problems.
pub fn plan(project: &Project, plugins: &Plugins) -> Result<Plan, Error> {
    plan_file(project, project.workflow()?, plugins)
}

/// Plans all workflows of a project, checked against its plugins.
///
/// # Errors
/// There is none, or a file cannot be read or has problems.
pub fn plan_all(project: &Project, plugins: &Plugins) -> Result<Vec<Plan>, Error> {
    if project.all_workflows().next().is_none() {
        project.workflow()?;
    }
    project.all_workflows().map(|path| plan_file(project, path, plugins)).collect()
}

/// Plans the workflow of a project that has this name.
///
/// # Errors
/// There is none, or a file cannot be read or has problems.
pub fn plan_named(project: &Project, name: &str, plugins: &Plugins) -> Result<Plan, Error> {
    let mut plans = plan_all(project, plugins)?;
    let names: Vec<String> = plans.iter().map(|plan| plan.name().to_owned()).collect();
    match names.iter().position(|known| known == name) {
        Some(place) => Ok(plans.swap_remove(place)),
        None => Err(Error::NoSuchWorkflow { name: name.to_owned(), known: names.join(", ") }),
    }
}

fn plan_file(project: &Project, path: &Path, plugins: &Plugins) -> Result<Plan, Error> {
    let text = read(path)?;
    // The folder of a bare file name is the empty path, which no system call takes.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.strip_prefix(project.folder()).unwrap_or(path).display().to_string();
    let files = |named: &str| read_beside(folder, named);
    Plan::parse(&name, &text, &files, &plugins.catalog()).map_err(Error::Workflow)
}

/// Plans a workflow of one step that calls a plugin's function (or its agent, for `run`) with the run's input.
///
/// # Errors
/// There is no such plugin or function.
pub fn plan_call(plugins: &Plugins, plugin: &str, function: &str) -> Result<Plan, Error> {
    let loaded = &plugins.get(plugin).ok_or_else(|| Error::PluginGone(plugin.to_owned()))?.loaded;
    let is_agent = function == "run" && loaded.is_agent();
    let (target, schema) = if is_agent {
        let schemas = plugins.get(plugin).and_then(|ready| ready.plugin.agent().cloned()).unwrap_or_default();
        (format!("agent: {plugin}"), schemas.input.unwrap_or(Value::Bool(true)))
    } else {
        (format!("tool: {plugin}/{function}"), loaded.require(function)?.parameters())
    };
    let text = format!(
        "workflow: call\ninput: {{ schema: input.json }}\nsteps:\n  call:\n    {target}\n    input: ${{{{ input }}}}\noutput: ${{{{ steps.call.output }}}}\n"
    );
    let files = |_: &str| Ok(schema.to_string().into_bytes());
    Plan::parse("call", text.as_bytes(), &files, &plugins.catalog()).map_err(Error::Workflow)
}

/// Reads an input and checks it against the plan's schema.
///
/// # Errors
/// The file cannot be read, is not UTF-8 or not JSON, or breaks the schema; each with its place.
pub fn read_input(path: &Path, plan: &Plan) -> Result<Value, Error> {
    let bytes = read(path)?;
    let refuse = |reason: String| Error::File { path: path.display().to_string(), reason };
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| refuse(format!("is not UTF-8: byte {} cannot be read as text", error.valid_up_to())))?;
    let input = json::parse_file(text).map_err(|error| refuse(format!("is not JSON: {error}")))?;
    check_input(&path.display().to_string(), &input, plan)?;
    Ok(input)
}

/// Checks an input against the plan's schema.
///
/// # Errors
/// It breaks the schema.
pub fn check_input(path: &str, input: &Value, plan: &Plan) -> Result<(), Error> {
    plan.check_input(input).map_err(|problems| Error::Input { path: path.to_owned(), problems })
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    read_capped(path).map_err(|reason| Error::File { path: path.display().to_string(), reason })
}

fn read_capped(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| format!("cannot be opened: {error}"))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(format!("has more than {} MiB", MAX_FILE >> 20));
    }
    Ok(bytes)
}

/// A workflow reads files of its own folder and below: its author is not the operator.
fn read_beside(folder: &Path, named: &str) -> Result<Vec<u8>, String> {
    let path = Path::new(named);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside {
        return Err("lies outside the folder of the workflow".to_owned());
    }
    let path = folder.join(path);
    let real = |path: &Path| path.canonicalize().map_err(|error| format!("cannot be opened: {error}"));
    if !real(&path)?.starts_with(real(folder)?) {
        return Err("leads outside the folder of the workflow".to_owned());
    }
    read_capped(&path)
}
