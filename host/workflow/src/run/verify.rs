//! What stands between an output and those who read it: its schemas, its checks, and its verifier. What does not pass is
//! quarantined: it stays in the journal, and only who is to mend or judge it sees it. It does not know what follows.

use baton_journal::{Failure, Payload, Site, json};
use serde_json::Value;

use super::Run;
use super::fault::Fault;
use super::item::{Items, List};
use super::output::Local;
use super::state::Phase;
use super::view::Quarantined;
use crate::plan::{Check, Role, Step, Work};
use crate::schema::Schema;

impl Run {
    /// The output as a value, if it fits its schemas and all checks hold.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn passed_output(&self, step: usize, item: usize, output: &Payload) -> Result<Value, Fault> {
        let text = output.as_str().unwrap_or_default();
        let value = json::parse(text).map_err(|error| {
            Fault::output("the output is not JSON", vec![error.to_string()], Value::String(text.to_owned()))
        })?;
        self.passed_value(step, item, value)
    }

    /// A value as the output of a step, if it fits its schemas and all checks hold.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn passed_value(&self, index: usize, item: usize, output: Value) -> Result<Value, Fault> {
        let step = &self.plan.definition().steps[index];
        for schema in schemas(step) {
            if let Err(errors) = schema.check(&output) {
                return Err(Fault::output(&format!("the output does not fit {}", schema.name()), errors, output));
            }
        }
        let mut findings = Vec::new();
        for check in &step.check {
            findings.extend(self.finding(index, item, check, &output)?);
        }
        if findings.is_empty() { Ok(output) } else { Err(Fault::output("the output does not pass", findings, output)) }
    }

    /// Why a check does not hold; nothing if it does.
    fn finding(&self, step: usize, item: usize, check: &Check, output: &Value) -> Result<Option<String>, Fault> {
        let local = Local { output: Some(output), ..self.local(step, item) };
        match self.value(&check.that, local) {
            Ok(Value::Bool(true)) => Ok(None),
            Ok(Value::Bool(false)) => Ok(Some(self.message_of(check, local))),
            Ok(_) => Err(Failure::Invalid(format!("the check `{}` is no boolean", check.that.text())).into()),
            Err(error) => Ok(Some(self.failure_text(&error))),
        }
    }

    fn message_of(&self, check: &Check, local: Local<'_>) -> String {
        let message = check.message.as_ref().map(|message| self.render(message, local));
        match message {
            Some(Ok(Value::String(text))) => text,
            Some(Ok(other)) => other.to_string(),
            Some(Err(fault)) => {
                format!("the check `{}` does not hold; its message: {}", check.that.text(), fault.failure.text())
            }
            None => format!("the check `{}` does not hold", check.that.text()),
        }
    }

    /// An output fits and its checks hold: has it verified, if the step says so, or takes it.
    pub(super) fn pass(&mut self, step: usize, item: usize, attempt: u32, output: Value) {
        let Some(verifier) = self.plan.definition().steps.companion(step, Role::Verify) else {
            return self.take_output(step, item, output);
        };
        if !self.is_open(step) {
            let fault = Fault::permanent("nobody needed its output any more before it was verified");
            return self.end_item(step, item, Err(fault));
        }
        self.trial(step, item).verifying = Some(Box::new((attempt, output)));
        if matches!(self.steps[verifier].phase, Phase::Waiting) {
            self.steps[verifier].phase = Phase::Working(Items::new(List::One));
        }
        let trial = self.trial(verifier, item);
        trial.retries = 0;
        let number = attempt.max(trial.attempt + 1);
        self.begin_attempt(verifier, item, number);
    }

    /// The input of a verifier.
    ///
    /// # Errors
    ///
    /// If it has no value.
    pub(super) fn verifier_input(&self, verifier: usize, item: usize) -> Result<Value, Fault> {
        let step = self.own_step(verifier);
        let Work::Invoke(invocation) = &self.plan.definition().steps[verifier].work else { return Ok(Value::Null) };
        let verifying = self.steps[step].trials.get(&item).and_then(|trial| trial.verifying.as_deref());
        let output = verifying.map(|verifying| &verifying.1);
        self.render(&invocation.input, Local { output, ..self.local(step, item) })
    }

    /// A verifier has come to its verdict, or broke.
    pub(super) fn end_verifying(&mut self, verifier: usize, item: usize, result: Result<Value, Fault>) {
        let step = self.own_step(verifier);
        let Some(verifying) = self.trial(step, item).verifying.take() else { return };
        let (attempt, output) = *verifying;
        match result.map(|verdict| self.objections(verifier, &verdict)) {
            Ok(None) => self.take_output(step, item, output),
            Ok(Some(findings)) => {
                self.refuse(step, item, attempt, Fault::output("the output was not verified", findings, output));
            }
            Err(fault) => {
                self.trial(verifier, item).broke = true;
                let told = Some("its verifier broke".to_owned());
                let text = format!("its verifier broke: {}", fault.failure.text());
                self.give_up(step, item, Fault::permanent(text).telling(told));
            }
        }
        self.review(step);
    }

    /// What a verdict has against an output; nothing if it passes.
    fn objections(&self, verifier: usize, verdict: &Value) -> Option<Vec<String>> {
        let least = self.plan.definition().steps[verifier].min_confidence.unwrap_or_default();
        let confidence = verdict.get("confidence").and_then(Value::as_f64).unwrap_or_default();
        let passes = verdict.get("verdict").and_then(Value::as_str) == Some("pass");
        let reasons = verdict.get("reasons").and_then(Value::as_array).into_iter().flatten();
        let reasons = reasons.filter_map(Value::as_str).map(str::to_owned);
        let unsure =
            format!("`{}` passes it with a confidence of {confidence}, and {least} is needed", self.named(verifier));
        match passes {
            true if confidence >= least => None,
            true => Some(std::iter::once(unsure).chain(reasons).collect()),
            false => Some(or_nothing(reasons.collect(), &self.named(verifier))),
        }
    }

    /// An output did not pass: nobody reads it but who is to mend it.
    pub(super) fn refuse(&mut self, step: usize, item: usize, attempt: u32, fault: Fault) {
        self.quarantine(step, item, attempt, &fault);
        self.again(step, item, attempt, fault);
    }

    /// Notes that an output did not pass.
    pub(super) fn quarantine(&mut self, step: usize, item: usize, attempt: u32, fault: &Fault) {
        let Some(refused) = &fault.refused else { return };
        let (site, findings) = (self.site(step, item), refused.findings.clone());
        self.steps[step].quarantined = self.steps[step].quarantined.saturating_add(1);
        self.quarantined.push(Quarantined { site, attempt, findings });
    }

    /// The outputs that did not pass, in the order in which they came. They are in the journal, and were read by nobody
    /// but who was to verify or to mend them, and by people who were asked.
    #[must_use]
    pub fn quarantined(&self) -> Vec<&Quarantined> {
        self.quarantined.iter().chain(self.inner.values().flat_map(Run::quarantined)).collect()
    }

    /// Whether an output did not pass.
    #[must_use]
    pub fn is_quarantined(&self, site: &Site, attempt: u32) -> bool {
        self.quarantined().iter().any(|known| known.site == *site && known.attempt == attempt)
    }
}

/// The reasons, or that there are none.
fn or_nothing(reasons: Vec<String>, verifier: &str) -> Vec<String> {
    if reasons.is_empty() { vec![format!("`{verifier}` does not pass it, and gives no reason")] } else { reasons }
}

/// The schemas that a step's output must fit.
fn schemas(step: &Step) -> impl Iterator<Item = &Schema> {
    let gives = match &step.work {
        Work::Invoke(invocation) => invocation.gives.as_ref(),
        _ => None,
    };
    gives.into_iter().chain(&step.output)
}
