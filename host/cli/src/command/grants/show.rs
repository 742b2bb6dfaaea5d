//! The list of plugins: asked, granted, effective, and how each stands to the lock. It judges nothing itself.

use baton_runtime::bundle::{Project, Review, Standing};
use baton_runtime::policy::Grants;
use serde_json::{Value, json};

use super::diff;
use crate::args::Format;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{escape, paint, terminal};

/// The width of the column of words.
const COLUMN: usize = 11;

pub(super) fn run(context: &Context, project: &Project, format: Format) -> Result<Exit, Error> {
    let reviews = project.review()?;
    let accept =
        |review: &Review| context.again(project.file()).command(&["grants", "accept", review.plugin().name().as_str()]);
    let text = match format {
        Format::Text => reviews.iter().map(|review| shown(review, &accept(review))).collect::<Vec<_>>().join("\n"),
        Format::Json => escape::escape_json(&format!("{:#}", Value::from_iter(reviews.iter().map(as_json)))),
    };
    terminal::result(text.trim_end_matches('\n'))?;
    Ok(Exit::Completed)
}

fn shown(review: &Review, accept: &str) -> String {
    let (plugin, policy) = (review.plugin(), review.plugin().policy());
    let mut text = format!("{} {}\n", paint::strong(plugin.name().as_str()), plugin.version());
    for (word, grants) in [("asked", policy.asked()), ("granted", policy.granted()), ("effective", policy.effective())]
    {
        text.push_str(&row(word, grants));
    }
    text + &standing(review, accept)
}

/// A capability in a line, the word before the first.
fn row(word: &str, grants: &Grants) -> String {
    let mut lines: Vec<String> = grants.written().iter().map(|(key, value)| format!("{key} = {value}")).collect();
    if lines.is_empty() {
        lines.push("nothing".to_owned());
    }
    let words = std::iter::once(word).chain(std::iter::repeat(""));
    words.zip(lines).map(|(word, line)| format!("  {word:<COLUMN$}{}\n", escape::escape_line(&line))).collect()
}

fn standing(review: &Review, accept: &str) -> String {
    match review.standing() {
        Standing::Accepted => String::new(),
        Standing::New => format!("  {:<COLUMN$}it is accepted as it is when it is first used\n", "new"),
        Standing::Harmless if review.changes().is_empty() => String::new(),
        Standing::Harmless => {
            format!("  since it was accepted, and nothing that needs a yes:\n{}", diff::lines(review, "    "))
        }
        Standing::Refused => {
            let heading = paint::warn("since it was accepted it changed, so it does not run:");
            format!("  {heading}\n{}    to accept it: {accept}\n", diff::lines(review, "    "))
        }
    }
}

fn as_json(review: &Review) -> Value {
    let policy = review.plugin().policy();
    let change = |line: String| Value::from(line);
    json!({
        "plugin": review.plugin().name().as_str(),
        "version": review.plugin().version().to_string(),
        "asked": policy.asked(),
        "granted": policy.granted(),
        "effective": policy.effective(),
        "standing": review.standing().as_str(),
        "accepted": review.accepted().map(|accepted| &accepted.asks),
        "changes": review.lines().iter().map(ToString::to_string).map(change).collect::<Value>(),
        "gains": review.gains(),
    })
}
