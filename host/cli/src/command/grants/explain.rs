//! Why one call is allowed or denied, and which lines would allow it. It decides nothing itself.

use std::path::PathBuf;

use baton_runtime::bundle::{Project, Standing, entries};
use baton_runtime::policy::{Decision, Grants, Policy, Request, ToolCall, ToolName};
use clap::Args;

use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{escape, paint, terminal};

/// Say why a call is allowed or denied, and which line would allow it
///
/// The answer goes to stdout, and the exit code is 0 whatever it is; it is 2 for a call or a plugin that there is not.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The plugin, by its name in baton.toml
    pub plugin: String,

    /// What it would call, such as `crm/contacts.upsert`, `agent`, `read FOLDER`, `environment NAME`, `secret NAME`
    #[arg(required = true, num_args = 1..)]
    pub call: Vec<String>,

    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
}

pub(super) fn run(context: &Context, project: &Project, args: &ExplainArgs) -> Result<Exit, Error> {
    let plugin = project.plugin(&args.plugin)?;
    let call = args.call.join(" ");
    let request = with_effect(project, Request::read_call(&call).ok_or_else(|| unknown(&call))?);
    let mut text = explained(plugin.policy(), &request);
    if is_refused(project, &args.plugin)? {
        let accept = context.again(project.file()).command(&["grants", "accept", &args.plugin]);
        text.push_str(&format!("\n  but it changed since it was accepted, so it does not run; to accept it: {accept}"));
    }
    terminal::result(&text)?;
    Ok(Exit::Completed)
}

/// A call of a tool changes what the tool's manifest says; the most if nobody knows it.
fn with_effect<'a>(project: &Project, request: Request<'a>) -> Request<'a> {
    let Request::Tool { call } = request else { return request };
    let named = ToolName::parse(call.name).and_then(|name| Some((project.plugin(name.plugin).ok()?, name.function)));
    let effect = named.map_or(call.effect, |(plugin, function)| plugin.tool(function).effect);
    Request::Tool { call: ToolCall { effect, ..call } }
}

fn unknown(call: &str) -> Error {
    if let Some(fault) = Request::fault(call) {
        return Error::usage(escape::escape_line(&fault));
    }
    let message = format!("`{}` is no call that needs a grant", escape::escape_line(call));
    Request::CALLS.iter().fold(Error::usage(message), |error, form| error.hint(format!("name {form}")))
}

fn explained(policy: &Policy, request: &Request<'_>) -> String {
    match policy.decide(request) {
        Decision::Allowed => {
            let what = escape::escape_line(&request.describe());
            let heading = format!("{} `{}` may use {what}", paint::good("allowed:"), policy.plugin());
            let asked = reasons("asked", "its plugin.toml", policy.asked(), request);
            heading + &asked + &reasons("granted", "baton.toml", policy.granted(), request)
        }
        Decision::Denied { message, hint } => {
            let heading = format!("{} {}", paint::warn("denied:"), escape::escape_line(&message));
            heading + &remedy(request, &hint)
        }
    }
}

/// The entries that cover the request.
fn reasons(word: &str, file: &str, grants: &Grants, request: &Request<'_>) -> String {
    let line = |entry: entries::Entry| {
        let text = escape::escape_line(&entry.text);
        format!("\n  {word:<8} by {} = [\"{text}\"] of {file}", entry.key)
    };
    entries::covering(grants, request).into_iter().map(line).collect()
}

/// The lines to write, each on a line of its own, so that they can be copied; or why there are none. A hint says
/// `place: line`, for two files `place: line; and place: line`.
fn remedy(request: &Request<'_>, hint: &str) -> String {
    if request.needed().is_none() {
        return format!("\n  {}", escape::escape_line(hint));
    }
    let shown = |part: &str| {
        let (place, line) = part.split_once(": ").unwrap_or(("", part));
        format!("\n  to allow it, {}:\n{}", escape::escape_line(place), escape::escape_line(line))
    };
    hint.split("; and ").map(shown).collect()
}

fn is_refused(project: &Project, name: &str) -> Result<bool, Error> {
    let reviews = project.review()?;
    let of_plugin = reviews.iter().find(|review| review.plugin().name().as_str() == name);
    Ok(of_plugin.is_some_and(|review| review.standing() == Standing::Refused))
}
