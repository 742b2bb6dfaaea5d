//! A person's answer from the command line is recorded, and the run goes on. It does not know which answer it is.

use baton_runtime::Error as HostError;
use baton_runtime::journal::{Decision, StoreError};
use baton_runtime::plan::Ask;

use crate::again::quoted;
use crate::args::DecisionArgs;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{drive, ending, lookup, paint, project};

/// Who answers, or does something else that is kept: as said, or the user.
///
/// # Errors
/// Nobody knows. The journal is there to tell who decided, so nothing is made up.
pub fn who(context: &Context, by: Option<&String>) -> Result<String, Error> {
    person(context, by.map(String::as_str))
}

/// Who acts: as said, or the user.
///
/// # Errors
/// Nobody knows.
pub fn person(context: &Context, named: Option<&str>) -> Result<String, Error> {
    let named = named.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    named.or_else(|| context.user.clone()).ok_or_else(|| {
        Error::usage("nobody knows who you are: neither USER nor LOGNAME is set, and the account has no name")
            .hint("say who you are: --by NAME")
    })
}

/// Records an answer and goes on with the run, unless that is not wanted.
///
/// # Errors
/// The run is not found, the step does not ask, the role may not answer, the answer does not fit, or the host fails.
pub async fn record(context: &Context, args: &DecisionArgs, decision: Decision) -> Result<Exit, Error> {
    let found = lookup::find(context, &args.which).await?;
    let today = project::today(context, &found.project)?;
    let host = project::open_store(today.file(), today.store())?;
    let word = if matches!(decision, Decision::Rejected { .. }) { "rejected" } else { "approved" };
    let again = context.again(today.file());
    if let Err(error) = host.decide(&found.run, &args.step, decision.clone()).await {
        let story = host.story(&found.run).await;
        let questions = story.map(|story| story.questions()).unwrap_or_default();
        let question = questions.iter().find(|question| question.step == args.step);
        let see = format!("see the run: {}", again.command(&["show", found.run.as_str()]));
        return Err(refused(error, question, &decision, &see));
    }
    context.terminal.tell(&format!("{} {}", paint::outcome(word, word), args.step));
    if args.no_resume {
        context.terminal.tell(&format!("  go on with it: {}", again.command(&["resume", found.run.as_str()])));
        return Ok(Exit::Completed);
    }
    drop(host);
    drive::resume(context, &found.project, &found.run, args.output.format).await
}

/// Why an answer was not taken, with what would be: what the host says, else what the question tells, else `see`.
#[must_use]
pub fn refused(error: HostError, question: Option<&Ask>, decision: &Decision, see: &str) -> Error {
    let hint = match &error {
        HostError::Run(_) => question.and_then(|question| wanted(question, decision)),
        HostError::Store(StoreError::Claimed(_)) => {
            Some("if it asks on a terminal, answer there; after `later` it is free for others".to_owned())
        }
        _ => None,
    };
    let error = Error::from(error);
    match hint {
        Some(hint) => error.hint(hint),
        None if error.hints().is_empty() => error.hint(see),
        None => error,
    }
}

/// What the question wants and the answer does not give.
fn wanted(question: &Ask, decision: &Decision) -> Option<String> {
    let (role, approved) = match decision {
        Decision::Approved { role, .. } => (role, true),
        Decision::Rejected { role, .. } => (role, false),
        Decision::Expired => return None,
    };
    let may = |role: &String| question.roles.contains(role);
    if !question.roles.is_empty() && !role.as_ref().is_some_and(may) {
        let roles: Vec<String> = question.roles.iter().map(|role| format!("--as {}", quoted(role))).collect();
        return Some(format!("say in which role you answer: {}", roles.join(" or ")));
    }
    let schema = question.answer_schema.as_ref().filter(|_| approved)?;
    Some(format!("--answer FILE, where {}", ending::answer_line(schema)))
}
