//! A person accepts plugins as they are now. What is accepted is what was shown.

use std::path::PathBuf;

use baton_runtime::bundle::{Project, Review, Standing};
use clap::Args;

use super::diff;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{escape, paint, terminal};

/// Accept plugins as they are now, after showing how they changed
///
/// Writes baton.lock. A plugin that asks for more than was accepted, that is described otherwise or that is another
/// component does not run before. Without a terminal, --yes says so.
#[derive(Debug, Args)]
pub struct AcceptArgs {
    /// The plugins, by their names in baton.toml; by default all that changed
    #[arg(value_name = "PLUGIN")]
    pub plugins: Vec<String>,

    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,

    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
}

pub(super) fn run(context: &Context, project: &Project, args: &AcceptArgs) -> Result<Exit, Error> {
    let mut reviews = project.review_whole(&names(project, args)?)?;
    reviews.retain(|review| review.standing() != Standing::Accepted);
    if reviews.is_empty() {
        context.terminal.tell("nothing changed since it was accepted");
        return Ok(Exit::Completed);
    }
    reviews.iter().for_each(|review| terminal::tell(&shown(review)));
    if !args.yes && !asked(context, project, &reviews)? {
        context.terminal.tell("nothing was accepted");
        return Ok(Exit::Failed);
    }
    let path = project.accept(&reviews)?;
    context.terminal.tell(&format!("{} {}; wrote {}", paint::good("accepted"), listed(&reviews, ", "), path.display()));
    Ok(Exit::Completed)
}

fn names<'a>(project: &'a Project, args: &'a AcceptArgs) -> Result<Vec<&'a str>, Error> {
    if args.plugins.is_empty() {
        return Ok(project.plugins().map(|plugin| plugin.name().as_str()).collect());
    }
    args.plugins.iter().map(|name| Ok(project.plugin(name)?.name().as_str())).collect()
}

/// How a plugin changed; of one that is new, what it asks for.
fn shown(review: &Review) -> String {
    let plugin = review.plugin();
    let heading = format!("{} {}", paint::strong(plugin.name().as_str()), plugin.version());
    if review.standing() == Standing::New {
        let asked = plugin.policy().asked();
        let asks = if asked.is_empty() { "nothing".to_owned() } else { asked.to_string() };
        return format!("{heading}\n  new; it asks for {}", escape::escape_line(&asks));
    }
    let lines = diff::lines(review, "  ");
    let lines = if lines.is_empty() { "  nothing that anybody must accept\n".to_owned() } else { lines };
    format!("{heading}\n{}", lines.trim_end_matches('\n'))
}

fn asked(context: &Context, project: &Project, reviews: &[Review]) -> Result<bool, Error> {
    if !context.terminal.can_ask() {
        let command = format!("grants accept {} --yes", listed(reviews, " "));
        let command = context.again(project.file()).command(&command.split(' ').collect::<Vec<_>>());
        return Err(Error::usage("nobody is there to say yes").hint(format!("if that is meant: {command}")));
    }
    let answer = terminal::ask(&format!("Accept {} like this? [y/N]", listed(reviews, ", "))).unwrap_or_default();
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}

fn listed(reviews: &[Review], between: &str) -> String {
    reviews.iter().map(|review| review.plugin().name().as_str()).collect::<Vec<_>>().join(between)
}
