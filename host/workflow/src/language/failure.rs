//! `on_failure`, `on_timeout` and `on_exhausted`. It does not know what fails.

use super::table::{Fallback, Field, Form, Table};
use super::{Fields, Reader};
use crate::plan::policy::APPROVAL_TIMEOUT;
use crate::plan::{Escalation, OnFailure, Work};
use crate::problem::Code;
use crate::source::{Kind, Node};

/// What may be said of one kind of failures.
pub(super) struct Said {
    /// What is said in one word.
    words: &'static [&'static str],
    /// What is said otherwise.
    table: &'static Table,
    /// The key under which a person is asked.
    asks: &'static str,
}

/// What `on_failure` and `on_timeout` say.
pub(super) static OF_FAILURE: Said = Said { words: &[FAIL], table: &HANDLED, asks: "escalate" };

/// What `on_exhausted` says: where nothing is left of a budget, people are asked for more.
pub(super) static OF_SHORTAGE: Said = Said { words: &[FAIL, ASK], table: &SHORT, asks: ASK };

/// `on_failure` and `on_timeout`.
pub(super) const HANDLING: Form = Form::Either(&[Form::Word(|| OF_FAILURE.words.to_vec()), Form::Map(&HANDLED)]);

/// `on_exhausted`.
pub(super) const AT_SHORTAGE: Form = Form::Either(&[Form::Word(|| OF_SHORTAGE.words.to_vec()), Form::Map(&SHORT)]);

const FAIL: &str = "fail";

const ASK: &str = "ask";

const CONTINUE: Field = Field::new("continue", Form::Data, "The run goes on with this as the step's output.");

const THEN: Field =
    Field::new("then", Form::Name, "The step that runs instead. What depends on the failed one alone is skipped.");

static HANDLED: Table = Table::new(
    "handling",
    "What happens when the step failed for good.",
    &[
        CONTINUE,
        THEN,
        Field::new("escalate", Form::Map(&ESCALATE), "A person is asked first: once more, another output, or no."),
    ],
)
.any_of(&["continue", "then", "escalate"])
.apart(&["continue", "then"]);

static SHORT: Table = Table::new(
    "shortage",
    "What happens when nothing is left of a budget.",
    &[
        CONTINUE,
        THEN,
        Field::new(ASK, Form::Map(&ESCALATE), "A person is asked first for as much again as the budget says."),
    ],
)
.any_of(&["continue", "then", ASK])
.apart(&["continue", "then"]);

static ESCALATE: Table = Table::new(
    "escalation",
    "A person is put the failure with its evidence.",
    &[
        Field::new(
            "to",
            Form::List { of: &Form::Name, least: 1, most: usize::MAX },
            "Who may answer, by the role they name; anybody if it is left out.",
        ),
        Field::new("question", Form::Name, "What is asked; expressions are allowed."),
        Field::new("show", Form::Data, "What the person sees besides the evidence."),
        Field::new("timeout", Form::Quantity(&APPROVAL_TIMEOUT), "How long the question stands.")
            .or(Fallback::OfBounds),
    ],
);

impl Said {
    fn forms(&self) -> String {
        let words: Vec<String> = self.words.iter().map(|word| format!("`{word}`")).collect();
        let asks = self.asks;
        format!("{}, `{{ continue: VALUE }}`, `{{ then: STEP }}` or `{{ {asks}: {{ to: [ROLE] }} }}`", words.join(", "))
    }
}

impl Reader<'_> {
    /// What happens when the step failed for good; none if nothing is said.
    pub(super) fn handling(
        &mut self,
        key: &str,
        said: &'static Said,
        fields: &Fields<'_>,
        work: Option<&Work>,
    ) -> Option<OnFailure> {
        let (written, node) = fields.entry(key)?;
        let handled = self.on_failure(key, said, node);
        let can_ask = said.asks == ASK || matches!(work, None | Some(Work::Invoke(_) | Work::Workflow(_)));
        if handled.escalation().is_some() && !can_ask {
            let message = "`escalate` means nothing here: only what an agent, a tool or a workflow gives can be given \
                           by a person instead";
            self.report.add(Code::UnknownKey, written.span, message, None);
        }
        Some(handled)
    }

    fn on_failure(&mut self, key: &str, said: &'static Said, node: &Node) -> OnFailure {
        match &node.kind {
            Kind::Text(text) if said.words.contains(&text.as_str()) => match text.as_str() {
                ASK => OnFailure::Escalate(Box::new(Escalation::of_anybody(OnFailure::Fail))),
                _ => OnFailure::Fail,
            },
            Kind::Map(_) => self.handled(key, said, node).unwrap_or(OnFailure::Fail),
            _ => {
                self.report.wrong_kind(node, key, &said.forms());
                OnFailure::Fail
            }
        }
    }

    fn handled(&mut self, key: &str, said: &'static Said, node: &Node) -> Option<OnFailure> {
        let fields = Fields::open(node, key, said.table, &mut self.report)?;
        let otherwise = match (fields.get("continue"), fields.get("then")) {
            (Some(value), None) => Some(self.template(value).map(OnFailure::Continue)?),
            (None, Some(step)) => Some(self.name(step, "then").map(|name| OnFailure::Then(name.to_owned()))?),
            (None, None) => None,
            (Some(_), Some(_)) => return self.no_handling(key, said, node),
        };
        match (fields.get(said.asks), otherwise) {
            (Some(node), otherwise) => self.escalate(said.asks, node, otherwise.unwrap_or(OnFailure::Fail)),
            (None, Some(handled)) => Some(handled),
            (None, None) if fields.says_any() => None,
            (None, None) => self.no_handling(key, said, node),
        }
    }

    fn no_handling(&mut self, key: &str, said: &Said, node: &Node) -> Option<OnFailure> {
        let message = format!("`{key}` is one of {}", said.forms());
        self.report.add(Code::WrongKind, node.span, message, None);
        None
    }

    /// A person is asked.
    fn escalate(&mut self, key: &str, node: &Node, otherwise: OnFailure) -> Option<OnFailure> {
        let fields = Fields::open(node, key, &ESCALATE, &mut self.report)?;
        let timeout = fields.get("timeout").and_then(|node| self.quantity(node, "timeout", &APPROVAL_TIMEOUT));
        let asked = Escalation::of_anybody(otherwise);
        Some(OnFailure::Escalate(Box::new(Escalation {
            to: fields.get("to").map_or_else(Vec::new, |node| self.asked(node)),
            question: fields.get("question").and_then(|node| self.message(node, "question")),
            show: fields.get("show").and_then(|node| self.template(node)),
            timeout: timeout.unwrap_or(asked.timeout),
            ..asked
        })))
    }

    fn asked(&mut self, node: &Node) -> Vec<String> {
        let roles = self.name_list(node, "to");
        if matches!(&node.kind, Kind::List(items) if items.is_empty()) {
            let hint = Some("leave `to` out to let anybody answer".to_owned());
            self.report.add(Code::OutOfRange, node.span, "`to` names nobody", hint);
        }
        roles
    }
}
