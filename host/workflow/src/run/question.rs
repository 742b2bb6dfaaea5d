//! Questions that agents ask people from their own code. The intent of such a call says what is asked; the attempt that made it is
//! suspended, a person is asked, and the attempt begins again and finds the answer. It does not know how an agent asks.

use std::collections::BTreeMap;

use baton_journal::{InvocationId, Payload, Site, Timestamp, json};
use serde::Deserialize;
use serde_json::Value;

use super::accept::Change;
use super::ballot::Ballot;
use super::shortage::site_of;
use super::{Action, Ask, Run, RunError};
use crate::schema::Schema;

/// The host call that asks.
pub(super) const ASK: &str = "people.ask";

/// The request of such a call.
#[derive(Deserialize)]
struct Request {
    text: String,
    show: String,
    schema: Option<String>,
    roles: Vec<String>,
    within_ms: u64,
}

/// What an agent wants to know, as its intent says.
pub(super) struct Wanted {
    call: InvocationId,
    request: Request,
}

/// The questions of agents whose calls have no reply yet, by the calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Questions(BTreeMap<String, Question>);

#[derive(Clone, Debug)]
struct Question {
    ask: Ask,
    schema: Option<Schema>,
    /// How long it stands once it is asked, in milliseconds.
    within: u64,
    is_decided: bool,
}

impl Questions {
    /// The schema of what is added to the answer of one that is open.
    pub(super) fn schema(&self, call: &str) -> Option<&Schema> {
        self.0.get(call)?.schema.as_ref()
    }

    /// An agent was told what became of its question, or why it was not asked.
    pub(super) fn told(&mut self, call: &str) {
        self.0.remove(call);
    }

    /// Forgets those of an attempt that has ended.
    pub(super) fn forget(&mut self, site: &Site) {
        self.0.retain(|_, question| question.ask.asked_by.as_ref() != Some(site));
    }
}

impl Run {
    /// What an intent to ask changes.
    pub(super) fn wants_answer(&self, call: InvocationId, request: &Payload) -> Result<Change<'static>, RunError> {
        let text = request.as_str().ok_or(RunError::NotLoaded("question of an agent"))?;
        Ok(match serde_json::from_str(text) {
            Ok(request) => Change::Wants(Box::new(Wanted { call, request })),
            Err(_) => Change::Nothing, // no host of ours wrote it, and nobody is asked
        })
    }

    /// An agent wants to know something. A host that is at work tells it before the attempt ends; it may be told twice.
    pub(super) fn note(&mut self, wanted: Wanted) {
        let Wanted { call, request } = wanted;
        let Request { text: question, show, schema, roles, within_ms } = request;
        let (step, show) = (call.to_string(), Payload::text(show));
        let site = site_of(&step);
        let answer_schema: Option<Value> = schema.as_deref().and_then(|schema| json::parse(schema).ok());
        let schema = answer_schema.as_ref().and_then(|schema| Schema::compile("the question's schema", schema).ok());
        let ask = Ask {
            token: self.token(&step, &question, &show),
            question,
            show,
            roles,
            deadline: Timestamp::default(),
            answer_schema,
            requested: false,
            in_doubt: None,
            asked_by: Some(site),
            escalated: false,
            short: None,
            ballot: Ballot::default(),
            step: step.clone(),
        };
        self.questions.0.entry(step).or_insert(Question { ask, schema, within: within_ms, is_decided: false });
    }

    /// Has people asked what the agents of a suspended attempt want to know.
    pub(super) fn put_questions(&mut self, site: &Site) {
        let open = self.questions.0.values().filter(|question| question.ask.asked_by.as_ref() == Some(site));
        let until = |within: u64| Timestamp(self.meter.now().0.saturating_add(within));
        let asks: Vec<Ask> = open
            .filter(|question| !question.is_decided)
            .map(|question| Ask { deadline: until(question.within), ..question.ask.clone() })
            .collect();
        asks.into_iter().for_each(|ask| self.outstanding.add(Action::Ask(ask)));
    }

    /// A person decided: once all questions of the attempt are, it begins again.
    pub(super) fn decide(&mut self, call: &str, site: &Site) {
        if let Some(question) = self.questions.0.get_mut(call) {
            question.is_decided = true;
        }
        self.outstanding.take_ask(call);
        self.begin_when_answered(site);
    }
}
