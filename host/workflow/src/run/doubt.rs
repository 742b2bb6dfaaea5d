//! Questions about calls that were in flight when their host died: an attempt that made them is suspended, a person says
//! what becomes of them, and the attempt begins again. It does not know which calls those are, nor what they do.

use baton_journal::{Decision, Digest, InvocationId, Payload, Site, Timestamp};
use baton_policy::Resolution;
use baton_policy::unknown::in_flight;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ballot::{Ballot, rejected};
use super::{Action, Ask, Invoke, Run, RunError, Suspended};
use crate::units::Millis;

/// How long a person may take to say what becomes of calls whose outcome nobody knows: as long as a step's own question
/// waits that says nothing, so that nobody who was away for a week finds it decided. After that they are not made again: a
/// service that remembers keys has forgotten this one by then (a day is usual), and would take it for a new call.
const ANSWER_WITHIN: Millis = Millis(7 * 86_400_000);

/// A call whose outcome nobody knows, as a person is shown it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InDoubt {
    /// What is called: `crm/contacts.upsert`, `POST https://api.example.com/v1/x`.
    pub call: String,
    /// The invocation that called; of a tool that a step calls, the call itself.
    pub invocation: InvocationId,
    /// The arguments, JSON.
    pub arguments: Value,
    /// The key that was sent along, and would be again; none if there is none.
    pub idempotency_key: Option<String>,
    /// When it began.
    pub began: Timestamp,
}

/// What is shown of a question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    calls: Vec<InDoubt>,
}

impl Run {
    /// The question about calls of an attempt that is suspended; nothing if none is there, or one is asked already.
    #[must_use]
    pub fn doubt(&self, site: &Site, calls: &[InDoubt], now: Timestamp) -> Option<Ask> {
        self.doubt_shown(site, Payload::json(&json!({ "calls": calls })), now)
    }

    /// The same, from what is shown.
    pub(super) fn doubt_shown(&self, site: &Site, show: Payload, now: Timestamp) -> Option<Ask> {
        if self.inside(&site.step).is_some() {
            return self.machine_of(&site.step).doubt_shown(site, show, now);
        }
        let questions = self.suspended(site)?.questions;
        let question = question(&show);
        Some(Ask {
            step: site.to_string(),
            token: self.doubt_token(site, &question, &show, questions),
            question,
            show,
            roles: Vec::new(),
            deadline: Timestamp(now.0.saturating_add(ANSWER_WITHIN.0)),
            answer_schema: None,
            requested: false,
            in_doubt: Some(site.clone()),
            asked_by: None,
            escalated: false,
            short: None,
            ballot: Ballot::default(),
        })
    }

    /// The question that an event asks about a site; nothing if it is a step's own.
    ///
    /// # Errors
    ///
    /// If it is another question than the one about the site.
    pub(super) fn asked_about(&self, step: &str, event: &baton_journal::Event) -> Result<Option<Ask>, RunError> {
        let baton_journal::Event::ApprovalRequested { question, show, roles, deadline, token, .. } = event else {
            return Ok(None);
        };
        if step.contains('#') {
            return self.asked_for_more(step, event);
        }
        let site = Site::read(step);
        let Some(suspended) = self.suspended(&site) else { return Ok(None) };
        if self.doubt_token(&site, question, show, suspended.questions) != *token {
            return Err(RunError::Foreign(format!("this asks something else than what is in doubt at `{step}`")));
        }
        let (step, question, show, roles) = (step.to_owned(), question.clone(), show.clone(), roles.clone());
        let (deadline, token, in_doubt) = (*deadline, *token, Some(site));
        let (answer_schema, asked_by, requested, escalated, short) = (None, None, true, false, None);
        let ballot = Ballot::default();
        Ok(Some(Ask {
            step,
            question,
            show,
            roles,
            deadline,
            token,
            answer_schema,
            requested,
            in_doubt,
            asked_by,
            escalated,
            short,
            ballot,
        }))
    }

    /// The attempt at the site waits for the answer.
    pub(super) fn hold(&mut self, ask: Ask) {
        if let (Some(site), Some(_)) = (&ask.asked_by, &ask.short)
            && let Some((step, item)) = self.place(site)
        {
            self.trial(step, item).escalations += 1;
        }
        if let Some(site) = &ask.in_doubt {
            let count = |invoke: &mut Invoke| invoke.suspended.get_or_insert_default().questions += 1;
            self.outstanding.change_invoke(site, count);
        }
        self.outstanding.add(Action::Ask(ask));
    }

    /// The attempt at the site is to begin again, with what a person said.
    pub(super) fn release(&mut self, site: &Site, resolution: &Resolution) {
        self.outstanding.take_ask(&site.to_string());
        let resolve =
            |invoke: &mut Invoke| invoke.suspended.get_or_insert_default().resolution = Some(resolution.clone());
        self.outstanding.change_invoke(site, resolve);
        self.begin_when_answered(site);
    }

    /// The attempt at the site begins again, unless it waits for something else.
    pub(super) fn begin_when_answered(&mut self, site: &Site) {
        if !self.outstanding.is_held_up(site)
            && let Some(invoke) = self.outstanding.take(site)
        {
            self.outstanding.add(invoke);
        }
    }

    /// What a decision means for the calls.
    ///
    /// # Errors
    ///
    /// If the role may not decide.
    pub(super) fn resolution(&self, step: &str, decision: &Decision) -> Result<Resolution, RunError> {
        match decision {
            Decision::Approved { by, role, .. } => {
                self.open_question(step)?.voter(by, role.as_deref())?;
                Ok(Resolution::Repeat)
            }
            Decision::Rejected { by, role, comment } => {
                self.open_question(step)?.voter(by, role.as_deref())?;
                Ok(Resolution::Leave(rejected(by, comment.as_deref())))
            }
            Decision::Expired => Ok(Resolution::Leave(format!("nobody answered within {ANSWER_WITHIN}"))),
        }
    }

    /// The attempt at a site that is suspended, and about which nobody is asked yet.
    pub(super) fn suspended(&self, site: &Site) -> Option<&Suspended> {
        let invoke = self.outstanding.invoke_at(site).filter(|invoke| invoke.started.is_none());
        let suspended = invoke?.suspended.as_ref().filter(|suspended| suspended.resolution.is_none());
        suspended.filter(|_| !self.outstanding.is_in_doubt(site))
    }

    /// Binds an answer to exactly this doubt: each question about a site has its own.
    pub(super) fn doubt_token(&self, site: &Site, question: &str, show: &Payload, asked_before: u32) -> Digest {
        let token = self.token(&site.to_string(), question, show);
        Digest::of_parts([token.as_bytes().as_slice(), &asked_before.to_le_bytes()])
    }
}

/// An attempt begins, or begins again: what a person said is used up.
pub(super) fn begin_again(invoke: &mut Invoke, deadline: Timestamp) {
    invoke.started = Some(deadline);
    if let Some(suspended) = &mut invoke.suspended {
        suspended.resolution = None;
    }
}

/// An attempt that had begun is suspended.
pub(super) fn suspend(invoke: &mut Invoke) {
    let deadline = invoke.deadline().unwrap_or_default();
    invoke.started = None;
    invoke.suspended.get_or_insert_default().deadline = deadline;
}

/// What is asked, by what is shown.
fn question(show: &Payload) -> String {
    let shown = show.as_str().and_then(|text| serde_json::from_str::<Shown>(text).ok());
    let calls = shown.map(|shown| shown.calls).unwrap_or_default();
    match calls.as_slice() {
        [only] => format!("{}. Make it again?", capitalised(&in_flight(&only.call))),
        calls => format!(
            "The host died while {} calls were in flight: nobody knows whether they took effect. Make them again?",
            calls.len()
        ),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
