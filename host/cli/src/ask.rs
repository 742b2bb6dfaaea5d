//! A person is asked on the terminal. [`answer`] is the conversation, whoever leads it; it does not know how an answer
//! becomes part of a run.

use std::path::Path;

use baton_runtime::journal::{Decision, Payload, Timestamp};
use baton_runtime::plan::{Ask, Run, RunError};
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::context::Context;
use crate::progress::Show;
use crate::readable::{self, Detail};
use crate::terminal;
use crate::{escape, format, input, paint};

/// Asks on the terminal, one question at a time.
#[derive(Debug)]
pub struct Asker {
    zone: TimeZone,
    user: Option<String>,
    turn: Mutex<()>,
}

impl Asker {
    /// Asks the user of this context.
    #[must_use]
    pub fn new(context: &Context) -> Self {
        Asker { zone: context.zone.clone(), user: context.user.clone(), turn: Mutex::new(()) }
    }

    /// Asks, and waits for the answer; nothing if the person answers later. The machine checks the answer.
    pub async fn ask(&self, ask: &Ask, machine: Run, show: Option<&dyn Show>) -> Option<Decision> {
        let _turn = self.turn.lock().await;
        let _paused = show.map(Paused::new);
        let (ask, zone, user) = (ask.clone(), self.zone.clone(), self.user.clone());
        let talk = move || {
            let check = |decision: &Decision| machine.answer(&ask.step, decision.clone()).map(drop);
            terminal::tell(&question(&ask, &zone));
            answer(&ask, user.as_deref(), &mut Keyboard, &check)
        };
        tokio::task::spawn_blocking(talk).await.ok().flatten()
    }
}

/// Nothing else is shown while this lives: also when the question expires, and nobody waits for the answer any more.
struct Paused<'a>(&'a dyn Show);

impl<'a> Paused<'a> {
    fn new(show: &'a dyn Show) -> Self {
        show.pause();
        Paused(show)
    }
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        self.0.go_on();
    }
}

/// The question, what is shown with it, who may answer and until when.
#[must_use]
pub fn question(ask: &Ask, zone: &TimeZone) -> String {
    let heading = paint::strong(&escape::escape_line(&ask.question));
    let mut text = format!("\n{} {}  {heading}\n", paint::warn("?"), escape::escape_line(&ask.step));
    let show = if ask.in_doubt.is_some() { with_moments(&ask.show, zone) } else { ask.show.clone() };
    let shown = readable::payload(&show, &Detail::QUESTION).lines;
    for line in shown.into_iter().filter(|_| ask.show.as_str() != Some("null")) {
        text.push_str(&format!("    {line}\n"));
    }
    let (who, until) = (escape::escape_line(&ask.audience()), format::deadline(ask.deadline, zone));
    text.push_str(&paint::faint(&format!("  for {who}, until {until}; token {}", ask.token.short())));
    votes(ask).iter().for_each(|line| text.push_str(&format!("\n  {line}")));
    if ask.in_doubt.is_some() {
        text.push_str(&paint::faint(IN_DOUBT));
    }
    if ask.short.is_some() {
        text.push_str(&paint::faint(SHORT));
    }
    if ask.escalated {
        text.push_str(&paint::faint(ESCALATED));
    }
    text
}

/// What the answers mean to work that failed.
const ESCALATED: &str = "
  approve: it is tried once more; with --answer FILE, that is what it should have given
  reject: it has failed for good";

/// What the answers mean to a call that cannot be paid.
const SHORT: &str = "
  approve: so much more may be used, and the call is made
  reject: the call is not made, and its caller is told that nothing is left";

/// The votes that were given and handed on, and how many are missing; nothing if one is enough.
fn votes(ask: &Ask) -> Vec<String> {
    let ballot = &ask.ballot;
    let given = ballot.votes.iter().map(|vote| {
        let word = if vote.yes { "approved" } else { "rejected" };
        let role = vote.role.as_ref().map(|role| format!(" as {role}")).unwrap_or_default();
        let of = vote.instead_of.as_ref().map(|of| format!(" instead of {of}")).unwrap_or_default();
        format!("{} by {}", paint::outcome(word, word), escape::escape_line(&format!("{}{role}{of}", vote.by)))
    });
    let handed = ballot.delegations.iter().map(|handed| {
        paint::faint(&escape::escape_line(&format!("{} has handed the vote to {}", handed.by, handed.to)))
    });
    let roles = ballot.missing_roles().join(" and ");
    let of = if roles.is_empty() { String::new() } else { format!(", missing: {}", escape::escape_line(&roles)) };
    let count = (ballot.quorum.needed() > 1).then(|| paint::faint(&format!("{}{of}", ballot.count())));
    given.chain(handed).chain(count).collect()
}

/// What the answers mean to calls of which nobody knows whether they took effect.
const IN_DOUBT: &str = "
  approve: it is made again, with the same key
  reject: it is not made again, and its caller is told that it was declined";

/// What is shown, with moments as people read them.
fn with_moments(show: &Payload, zone: &TimeZone) -> Payload {
    let Some(mut shown) = show.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()) else {
        return show.clone();
    };
    for call in shown.get_mut("calls").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(began) = call.get_mut("began").filter(|began| began.is_u64()) {
            *began = format::deadline(Timestamp(began.as_u64().unwrap_or_default()), zone).into();
        }
    }
    Payload::json(&shown)
}

/// Leads a conversation: says something, asks for a line.
pub trait Partner {
    /// Says a line.
    fn say(&mut self, text: &str);

    /// Asks for a line; nothing if no more will come.
    fn ask(&mut self, prompt: &str) -> Option<String>;
}

/// Who sits at the keyboard.
pub struct Keyboard;

impl Partner for Keyboard {
    fn say(&mut self, text: &str) {
        terminal::tell(text);
    }

    fn ask(&mut self, prompt: &str) -> Option<String> {
        terminal::ask(prompt)
    }
}

/// Tells whether a step takes an answer.
pub type Check<'a> = &'a dyn Fn(&Decision) -> Result<(), RunError>;

/// The conversation. Nothing if the person answers later.
pub fn answer(ask: &Ask, user: Option<&str>, partner: &mut dyn Partner, check: Check<'_>) -> Option<Decision> {
    loop {
        match partner.ask("  approve, reject or later? [a/r/l]")?.to_lowercase().as_str() {
            "a" | "approve" | "y" | "yes" => return approved(ask, user, partner, check),
            "r" | "reject" | "n" | "no" => return rejected(ask, user, partner, check),
            "l" | "later" | "q" => return None,
            _ => partner.say("  a to approve, r to reject, l to decide later: the run waits"),
        }
    }
}

fn approved(ask: &Ask, user: Option<&str>, partner: &mut dyn Partner, check: Check<'_>) -> Option<Decision> {
    let Person { by, role, comment } = person(ask, user, partner)?;
    loop {
        let answer = if ask.answer_schema.is_some() { Some(read_answer(partner)?) } else { None };
        let answer = answer.as_ref().map(Payload::json);
        let (by, role, comment) = (by.clone(), role.clone(), comment.clone());
        let decision = checked(Decision::Approved { by, role, comment, answer }, partner, check);
        if decision.is_some() || ask.answer_schema.is_none() {
            return decision; // nothing that the person could add would change it
        }
    }
}

fn rejected(ask: &Ask, user: Option<&str>, partner: &mut dyn Partner, check: Check<'_>) -> Option<Decision> {
    let Person { by, role, comment } = person(ask, user, partner)?;
    checked(Decision::Rejected { by, role, comment }, partner, check)
}

/// The decision, if the step takes it.
fn checked(decision: Decision, partner: &mut dyn Partner, check: Check<'_>) -> Option<Decision> {
    match check(&decision) {
        Ok(()) => Some(decision),
        Err(error) => {
            partner.say(&format!("  {} {}", paint::bad("no:"), escape::escape(&error.to_string())));
            None
        }
    }
}

/// Who answers.
struct Person {
    by: String,
    role: Option<String>,
    comment: Option<String>,
}

fn person(ask: &Ask, user: Option<&str>, partner: &mut dyn Partner) -> Option<Person> {
    let by = match user {
        Some(user) => Some(partner.ask(&format!("  your name? [{}]", escape::escape_line(user)))?)
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| user.to_owned()),
        None => until_given("  your name?", partner)?,
    };
    let is_named = ask.ballot.assignees.iter().any(|name| name.eq_ignore_ascii_case(by.trim()));
    let role = if is_named { None } else { role(ask, partner)? };
    let comment = Some(partner.ask("  a comment? [none]")?).filter(|text| !text.is_empty());
    Some(Person { by, role, comment })
}

/// The role: asked for where there are several, free where anybody may answer. The outer option: no more lines come.
fn role(ask: &Ask, partner: &mut dyn Partner) -> Option<Option<String>> {
    let [first, ..] = ask.roles.as_slice() else { return Some(None) };
    loop {
        let known = escape::escape_line(&ask.roles.join(", "));
        let role = partner.ask(&format!("  your role ({known})? [{}]", escape::escape_line(first)))?;
        if role.is_empty() {
            return Some(Some(first.clone()));
        }
        if ask.roles.contains(&role) {
            return Some(Some(role));
        }
        partner.say("  that role may not answer");
    }
}

fn read_answer(partner: &mut dyn Partner) -> Option<Value> {
    loop {
        let path = until_given("  the answer: path of a JSON file?", partner)?;
        match input::from_file(Path::new(&path)) {
            Ok(answer) => return Some(answer),
            Err(error) => partner.say(&format!("  {} {}", paint::bad("no:"), escape::escape(error.message()))),
        }
    }
}

fn until_given(prompt: &str, partner: &mut dyn Partner) -> Option<String> {
    loop {
        let line = partner.ask(prompt)?;
        if !line.is_empty() {
            return Some(line);
        }
    }
}
