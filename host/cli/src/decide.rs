//! What a person says to a question from the command line is recorded, and the run goes on. It does not know what they say.

use baton_runtime::journal::{Decision, Event, RunStatus, StoreError};
use baton_runtime::plan::Ask;
use baton_runtime::{Answer, Error as HostError, Said};

use crate::again::quoted;
use crate::args::{DecisionArgs, PersonArgs, WhichRun};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::lookup::Found;
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
/// The run is not found, the step does not ask, the person may not answer, the answer does not fit, or the host fails.
pub async fn record(context: &Context, args: &DecisionArgs, decision: Decision) -> Result<Exit, Error> {
    let word = if matches!(decision, Decision::Rejected { .. }) { "rejected" } else { "approved" };
    let (found, event) = say(context, &args.which, &args.step, &args.person, Said::Decision(decision)).await?;
    let is_open = matches!(event, Event::ApprovalTurn { .. });
    let open = if is_open { "; it needs more votes" } else { "" };
    context.terminal.tell(&format!("{} {}{open}", paint::outcome(word, word), args.step));
    if found.status == RunStatus::Running {
        context.terminal.tell("  it goes on where it is driven");
        return Ok(Exit::Completed);
    }
    if args.no_resume {
        let again = context.again(&found.project);
        context.terminal.tell(&format!("  go on with it: {}", again.command(&["resume", found.run.as_str()])));
        return Ok(Exit::Completed);
    }
    drive::resume(context, &found.project, &found.run, args.output.format).await
}

/// Records what a person says to a question, and hands back what was recorded.
///
/// # Errors
/// As [`record`].
pub async fn say(
    context: &Context,
    which: &WhichRun,
    step: &str,
    person: &PersonArgs,
    said: Said,
) -> Result<(Found, Event), Error> {
    let found = lookup::find(context, which).await?;
    let today = project::today(context, &found.project)?;
    let host = project::open_store(today.file(), today.bounds())?;
    let again = context.again(today.file());
    let answer = Answer { step: step.to_owned(), token: person.token.clone(), said };
    match host.answer(&found.run, &answer).await {
        Ok(event) => Ok((found, event)),
        Err(error) => {
            let story = host.story(&found.run).await;
            let questions = story.map(|story| story.questions()).unwrap_or_default();
            let question = questions.iter().find(|question| question.step == step);
            let see = format!("see the run: {}", again.command(&["show", found.run.as_str()]));
            Err(refused(error, question, &answer.said, &see))
        }
    }
}

/// Why an answer was not taken, with what would be: what the host says, else what the question tells, else `see`.
#[must_use]
pub fn refused(error: HostError, question: Option<&Ask>, said: &Said, see: &str) -> Error {
    let hint = match &error {
        HostError::Run(_) => question.and_then(|question| wanted(question, said)),
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
fn wanted(question: &Ask, said: &Said) -> Option<String> {
    let (by, role, approved) = match said {
        Said::Decision(Decision::Approved { by, role, .. }) => (by, role, true),
        Said::Decision(Decision::Rejected { by, role, .. }) => (by, role, false),
        Said::Delegation { by, role, .. } => (by, role, false),
        Said::Decision(Decision::Expired) => return None,
    };
    let may = |role: &String| question.roles.contains(role);
    if let Some(vote) = question.ballot.votes.iter().find(|vote| vote.by.eq_ignore_ascii_case(by.trim())) {
        let said = if vote.yes { "yes" } else { "no" };
        return Some(format!("{} said {said}; it needs others to answer", vote.by));
    }
    if !question.roles.is_empty() && !role.as_ref().is_some_and(may) {
        let roles: Vec<String> = question.roles.iter().map(|role| format!("--role {}", quoted(role))).collect();
        return Some(format!("say in which role you answer: {}", roles.join(" or ")));
    }
    if !question.ballot.assignees.is_empty() && question.roles.is_empty() {
        let names: Vec<String> =
            question.ballot.assignees.iter().map(|name| format!("--as {}", quoted(name))).collect();
        return Some(format!("say who you are: {}", names.join(" or ")));
    }
    let schema = question.answer_schema.as_ref().filter(|_| approved)?;
    Some(format!("--answer FILE, where {}", ending::answer_line(schema)))
}
