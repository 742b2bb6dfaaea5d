//! What an invocation finds too little of, and people who are asked for more. It does not know what is reserved for others.

use baton_journal::{Event, Limit, Payload, Site, Timestamp};
use baton_policy::{Amounts, MicroUsd, Spendable};
use serde::Deserialize;
use serde_json::{Value, json};

use super::accept::Change;
use super::ballot::Ballot;
use super::escalate::Ruling;
use super::fault::Fault;
use super::reserve::{Place, Takes, spent};
use super::{Ask, Run, RunError};
use crate::plan::Escalation;
use crate::plan::policy::MAX_ESCALATIONS;
use crate::units::written;

/// Something of a budget that is used up, or does not suffice for what an invocation costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    of: Whose,
    what: Spendable,
    /// What is missing, and the budget that says so.
    text: String,
    /// How much more a yes gives.
    more: u64,
}

/// Whose budget it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Step,
    Run,
}

/// What is shown of a call for which nothing is left.
#[derive(Deserialize)]
struct Shown {
    budget: ShownBudget,
}

#[derive(Deserialize)]
struct ShownBudget {
    plugin: String,
}

impl Shortage {
    /// What is missing, in words.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is the run that has nothing left: nothing else can be paid either.
    pub(super) fn is_of_run(&self) -> bool {
        self.of == Whose::Run
    }

    /// What a person is asked.
    pub(super) fn question(&self, name: &str) -> String {
        format!("`{name}` cannot go on: {}. Allow {} more?", self.text, written(self.what, self.more))
    }

    /// What a person sees of it.
    pub(super) fn evidence(&self) -> Value {
        let of = if self.is_of_run() { "run" } else { "step" };
        json!({ "of": of, "what": self.what, "text": self.text, "more": written(self.what, self.more) })
    }
}

impl Run {
    /// What there is too little of for an invocation of a step, of those things without which it does not begin.
    pub(super) fn shortage(&self, step: usize, takes: Takes) -> Option<Shortage> {
        let of_step = lacking(self.left_to_step(step), takes).map(|what| self.short_of_step(step, what, takes));
        let of_run = || lacking(self.left(), takes).map(|what| self.short_of_run(what, takes));
        of_step.or_else(|| if self.turn_of(step).cleans_up() { None } else { of_run() })
    }

    /// Why an attempt that ran out could not have more: a budget. Nothing if it used all that its plugin may ever have.
    /// Of host calls it may have made so many: others that are at work may have made those that it was refused.
    pub(super) fn shortage_after(&self, step: usize, limit: Limit, calls: u64) -> Option<Shortage> {
        let what = match limit {
            Limit::Fuel => Spendable::Fuel,
            Limit::Calls => Spendable::Calls,
            Limit::Bytes => Spendable::Bytes,
            Limit::Memory | Limit::Stack | Limit::Wall | Limit::Repeats => return None,
        };
        let takes = self.takes_at(step)?;
        let (own, run) = (self.left_to_step(step).of(what), self.left().of(what));
        let run = if self.turn_of(step).cleans_up() { u64::MAX } else { run };
        let (left, most) = (own.min(run), takes.most.of(what));
        let used_all = if what == Spendable::Calls { calls >= most || left == u64::MAX } else { left >= most };
        match used_all {
            true => None,
            false if own <= run => Some(self.short_of_step(step, what, takes)),
            false => Some(self.short_of_run(what, takes)),
        }
    }

    fn short_of_step(&self, step: usize, what: Spendable, takes: Takes) -> Shortage {
        let budget = self.plan.definition().steps[step].budget.amounts();
        let text = match what {
            Spendable::Calls => self.step_used_up(step, what),
            _ => {
                let used = written(what, spent(self.steps[step].usage).of(what));
                format!("the step used {used} of {}", self.step_limit_text(step, what))
            }
        };
        let text = format!("{}{text}", cost(what, takes));
        Shortage { of: Whose::Step, what, text, more: budget.of(what) }
    }

    /// Nothing is left of a step's own budget, in words.
    pub(super) fn step_used_up(&self, step: usize, what: Spendable) -> String {
        format!("the step used up {}", self.step_limit_text(step, what))
    }

    fn step_limit_text(&self, step: usize, what: Spendable) -> String {
        format!("its {} budget of {}", what.as_str(), written(what, self.step_limit(step).of(what)))
    }

    fn short_of_run(&self, what: Spendable, takes: Takes) -> Shortage {
        let (text, more) = match self.outer.filter(|_| self.is_bound_outside(what)) {
            Some(outer) if what == Spendable::Calls => {
                ("the run around its workflow used up its calls budget".to_owned(), outer.declared)
            }
            Some(outer) => {
                let left = written(what, outer.left.of(what));
                (format!("the run around its workflow has {left} left of its {} budget", what.as_str()), outer.declared)
            }
            None => (self.used_of(what), self.declared()),
        };
        let text = format!("{}{text}", cost(what, takes));
        Shortage { of: Whose::Run, what, text, more: more.of(what) }
    }

    fn used_of(&self, what: Spendable) -> String {
        if what == Spendable::Calls || self.left_of_own().of(what) == 0 {
            return self.used_up(what);
        }
        let used = written(what, spent(self.meter.usage()).of(what));
        format!("the run used {used} of {}", self.limit_text(what))
    }

    /// Nothing is left of the run's budget, in words.
    pub(super) fn used_up(&self, what: Spendable) -> String {
        format!("the run used up {}", self.limit_text(what))
    }

    /// What a step has left of its own budget.
    pub(super) fn left_to_step(&self, step: usize) -> Amounts {
        self.step_limit(step).without(spent(self.steps[step].usage))
    }

    /// A step's own budget, with what people have allowed besides.
    pub(super) fn step_limit(&self, step: usize) -> Amounts {
        self.plan.definition().steps[step].budget.amounts().plus(self.steps[step].raised)
    }

    /// Whether the run around has less left than this workflow's own budget.
    fn is_bound_outside(&self, what: Spendable) -> bool {
        self.outer.is_some_and(|outer| outer.left.of(what) < self.left_of_own().of(what))
    }

    /// A person has allowed more.
    pub(super) fn raise(&mut self, step: usize, short: &Shortage) {
        match short.of {
            Whose::Step => {
                let raised = &mut self.steps[step].raised;
                *raised = raised.plus(Amounts::only(short.what, short.more));
            }
            Whose::Run => self.raise_run(short.what),
        }
    }

    /// The run may use as much again as its plan says, unless it is the one around it that has too little.
    pub(super) fn raise_run(&mut self, what: Spendable) {
        if !self.is_bound_outside(what) {
            self.raised = self.raised.plus(Amounts::only(what, self.declared().of(what)));
        }
    }

    /// Of what the run around has to have more, if a person has allowed it with this change.
    pub(super) fn raises_outside(&self, change: &Change<'_>) -> Option<Spendable> {
        let what = match change {
            Change::Inner(place, change) => self.inner.get(place)?.raises_outside(change)?,
            Change::Ruled { name, ruling: Ruling::Again(_) } => {
                let (step, item) = self.place(&Site::read(name))?;
                let fault = self.steps[step].trials.get(&item)?.escalated.as_ref()?;
                fault.short.as_ref().filter(|short| short.is_of_run())?.what
            }
            Change::Allowed { call, allowed: true, .. } => {
                self.outstanding.ask(call)?.short.as_ref().filter(|short| short.is_of_run())?.what
            }
            _ => return None,
        };
        self.is_bound_outside(what).then_some(what)
    }

    /// Whether a person is asked for more when a call of an attempt cannot be paid.
    pub(super) fn may_ask_for_more(&self, (step, item): Place, short: &Shortage) -> bool {
        let trial = self.steps[step].trials.get(&item);
        let may_be_asked = trial.is_none_or(|trial| !trial.refused_more && trial.escalations < MAX_ESCALATIONS);
        short.more > 0 && may_be_asked && self.is_open(step) && self.asking_for_more(step).is_some()
    }

    fn asking_for_more(&self, step: usize) -> Option<&Escalation> {
        self.plan.definition().steps[step].on_exhausted.as_ref()?.escalation()
    }

    /// The question about a call that an attempt has been suspended for, because nothing is left to pay it with. Nothing if there
    /// is something by now, or nobody is to be asked.
    #[must_use]
    pub fn ask_for_more(&self, call: &str, plugin: &str, now: Timestamp) -> Option<Ask> {
        let site = site_of(call);
        let machine = self.machine_of(&site.step);
        let (place, takes) = (machine.place(&site)?, machine.terms.of_plugin(plugin));
        let short = machine.shortage(place.0, takes)?;
        machine.suspended(&site).filter(|_| machine.may_ask_for_more(place, &short))?;
        machine.question_about_call(place, (call, plugin), short, now).ok()
    }

    fn question_about_call(
        &self,
        (step, item): Place,
        (call, plugin): (&str, &str),
        short: Shortage,
        now: Timestamp,
    ) -> Result<Ask, Fault> {
        let asking = self.asking_for_more(step).ok_or_else(|| Fault::permanent("nobody is asked"))?;
        let local = self.local(step, item);
        let name = self.site(step, item).to_string();
        let question = self.question_of(asking, local)?.unwrap_or_else(|| short.question(&name));
        let mut show = json!({ "budget": short.evidence() });
        show["budget"]["plugin"] = plugin.into();
        if let Some(more) = &asking.show {
            show["show"] = self.render(more, local)?;
        }
        let show = Payload::json(&show);
        Ok(Ask {
            token: self.token(call, &question, &show),
            step: call.to_owned(),
            question,
            show,
            roles: asking.to.clone(),
            deadline: Timestamp(now.0.saturating_add(asking.timeout.0)),
            answer_schema: None,
            requested: false,
            in_doubt: None,
            asked_by: Some(self.site(step, item)),
            escalated: false,
            short: Some(short),
            ballot: Ballot::default(),
        })
    }

    /// The question about a call of an attempt that is suspended, as what is shown says; nothing if it is no such question.
    pub(super) fn short_shown(&self, call: &str, show: &Payload, now: Timestamp) -> Option<Ask> {
        let shown: Shown = serde_json::from_str(show.as_str()?).ok()?;
        self.ask_for_more(call, &shown.budget.plugin, now)
    }

    /// The question that an event asks about a call for which nothing is left; nothing if it asks what an agent wants to know.
    ///
    /// # Errors
    ///
    /// If that is not what is missing.
    pub(super) fn asked_for_more(&self, call: &str, event: &Event) -> Result<Option<Ask>, RunError> {
        let Event::ApprovalRequested { show, deadline, token, .. } = event else { return Ok(None) };
        if self.outstanding.ask(call).is_some() {
            return Ok(None);
        }
        match self.short_shown(call, show, self.meter.now()) {
            Some(ask) if ask.token == *token => Ok(Some(Ask { deadline: *deadline, requested: true, ..ask })),
            Some(_) => Err(RunError::Foreign(format!("this asks something else than what `{call}` needs"))),
            None => Ok(None),
        }
    }

    /// A person has allowed more for a call, or not: its attempt begins again.
    pub(super) fn allow(&mut self, call: &str, site: &Site, allowed: bool) {
        let short = self.outstanding.take_ask(call).and_then(|ask| ask.short);
        if let (Some((step, item)), Some(short)) = (self.place(site), short) {
            match allowed {
                true => self.raise(step, &short),
                false => self.trial(step, item).refused_more = true,
            }
        }
        self.begin_when_answered(site);
    }
}

/// Where the attempt is that has made a call, itself or by what it called.
pub(super) fn site_of(call: &str) -> Site {
    Site::read(call.split('#').next().unwrap_or_default())
}

/// The first of the things that an invocation cannot do without, and of which not enough is there.
fn lacking(left: Amounts, takes: Takes) -> Option<Spendable> {
    let first = [(Spendable::Fuel, 1), (Spendable::Bytes, 1), (Spendable::Usd, takes.most.micro_usd)];
    first.into_iter().find(|(what, least)| left.of(*what) < *least).map(|(what, _)| what)
}

/// What it costs, where that matters.
fn cost(what: Spendable, takes: Takes) -> String {
    match what {
        Spendable::Usd => format!("it costs {}, and ", MicroUsd(takes.most.micro_usd)),
        _ => String::new(),
    }
}
