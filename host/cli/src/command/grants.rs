//! `baton grants`: who may do what, and why.

use std::path::PathBuf;

use baton_runtime::bundle::{Plugin, Project};
use baton_runtime::policy::{Access, Decision, Effect, Grants, Request, StateScope, ToolCall, ToolName, WantedMount};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::{Format, OutputArgs};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{escape, paint, project, terminal};

/// Show what each plugin asks for, is granted and may do
///
/// A plugin may do what its author asked for (plugin.toml) and the operator granted (baton.toml): both, by name.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct GrantsArgs {
    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    pub project: Option<PathBuf>,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,

    /// Ask about one call.
    #[command(subcommand)]
    pub question: Option<Question>,
}

/// A question about grants.
#[derive(Debug, Subcommand)]
pub enum Question {
    /// Say why a call is allowed or denied, and which line would allow it
    Explain(ExplainArgs),
}

/// A call that a plugin might make.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The plugin, by its name in baton.toml
    pub plugin: String,

    /// What it would use: a tool as in `crm/contacts.upsert`, a scope of state (`run`, `agent`, `shared:ROOM`), a folder
    /// (`read:NAME`, `write:NAME`) or a variable (`environment:NAME`)
    pub call: String,

    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
}

/// Carries it out.
///
/// # Errors
/// The project cannot be loaded, or has no such plugin.
pub fn run(context: &Context, args: &GrantsArgs) -> Result<Exit, Error> {
    let named = match &args.question {
        Some(Question::Explain(explain)) => &explain.project,
        None => &args.project,
    };
    let project = project::load_meant(context, named.as_deref(), "grants examples/client-onboarding")?;
    let text = match (&args.question, args.output.format) {
        (Some(Question::Explain(explain)), _) => explained(&project, explain)?,
        (None, Format::Text) => project.plugins().map(shown).collect::<Vec<_>>().join("\n"),
        (None, Format::Json) => escape::escape_json(&format!("{:#}", Value::from_iter(project.plugins().map(as_json)))),
    };
    terminal::result(&text)?;
    Ok(Exit::Completed)
}

fn explained(project: &Project, explain: &ExplainArgs) -> Result<String, Error> {
    let policy = project.plugin(&explain.plugin).map_err(baton_runtime::Error::from)?.policy();
    let request = request(project, &explain.call)?;
    let what = request.describe();
    Ok(match policy.decide(&request) {
        Decision::Allowed => {
            format!("{} {} may use {what}: asked for and granted", paint::good("allowed:"), policy.plugin())
        }
        Decision::Denied { message, hint } => format!("{} {message}\n  to allow it: {hint}", paint::warn("denied:")),
    })
}

/// A slash stands in the name of a tool and in that of no scope.
fn request<'a>(project: &Project, call: &'a str) -> Result<Request<'a>, Error> {
    let scope = call.strip_prefix("state:").unwrap_or(call);
    match (call.contains('/'), scope, scope.strip_prefix("shared:")) {
        (true, ..) => Ok(Request::Tool { call: ToolCall { name: call, effect: effect(project, call) } }),
        (_, "run", _) => Ok(Request::State { scope: StateScope::Run }),
        (_, "agent", _) => Ok(Request::State { scope: StateScope::Agent }),
        (.., Some(room)) => Ok(Request::State { scope: StateScope::Shared(room) }),
        _ if call.contains(':') => what_is_there(call),
        _ => Err(no_call(call)),
    }
}

/// What a guest finds when it begins: a folder, as `read:rates` or `write:out`, or a variable, as `environment:REGION`.
fn what_is_there(call: &str) -> Result<Request<'_>, Error> {
    match call.split_once(':') {
        Some(("read", name)) => Ok(Request::Files { mount: WantedMount { name, access: Access::Read } }),
        Some(("write", name)) => Ok(Request::Files { mount: WantedMount { name, access: Access::Write } }),
        Some(("environment", name)) => Ok(Request::Environment { name }),
        _ => Err(no_call(call)),
    }
}

fn no_call(call: &str) -> Error {
    Error::usage(format!("`{}` is no call that needs a grant", escape::escape_line(call))).hint(
        "name a tool, as in crm/contacts.upsert, a scope of state (run, agent, shared:ROOM), a folder (read:NAME, \
         write:NAME) or a variable (environment:NAME)",
    )
}

/// What a call of the tool may change, as its manifest says; the worst if nobody knows it.
fn effect(project: &Project, tool: &str) -> Effect {
    let named = ToolName::parse(tool).and_then(|name| Some((project.plugin(name.plugin).ok()?, name.function)));
    named.map_or(Effect::Write, |(plugin, function)| plugin.tool(function).effect)
}

fn shown(plugin: &Plugin) -> String {
    let policy = plugin.policy();
    let line = |what: &str, grants: &Grants| format!("  {what:<10} {}\n", written(grants));
    let name = paint::strong(plugin.name().as_str());
    let (asked, granted) = (line("asked", policy.asked()), line("granted", policy.granted()));
    format!("{name}\n{asked}{granted}{}", line("effective", policy.effective()))
}

fn written(grants: &Grants) -> String {
    if grants.written().is_empty() { "nothing".to_owned() } else { grants.to_string() }
}

fn as_json(plugin: &Plugin) -> Value {
    let policy = plugin.policy();
    json!({
        "plugin": plugin.name().as_str(),
        "asked": policy.asked(),
        "granted": policy.granted(),
        "effective": policy.effective(),
    })
}
