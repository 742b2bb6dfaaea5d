//! Attempts: beginning one, and beginning another after a failure. It does not know what becomes of the step.

use baton_journal::{Digest, Failure, Payload, Site, Timestamp};
use serde_json::Value;

use super::budget::passed_by_step;
use super::state::Phase;
use super::{Action, Invoke, Run, Wait};
use crate::plan::{Invocation, Retry, Work};

impl Run {
    /// Begins an attempt at an item, or fails the item if its input has no value or does not fit.
    pub(super) fn begin_attempt(&mut self, step: usize, item: usize, attempt: u32) {
        let begun = self.input_of(step, item).and_then(|input| self.attempt(step, item, attempt, input));
        if let Err(failure) = begun {
            self.end_item(step, item, Err(failure));
        }
    }

    /// After a failed attempt: waits for another, or fails the item for good.
    pub(super) fn retry(&mut self, step: usize, item: usize, attempt: u32, failure: Failure) {
        let retry = self.plan.definition().steps[step].retry;
        let again = matches!(failure, Failure::Transient(_)) && attempt <= retry.max && self.ending.is_none();
        if !again {
            return self.end_item(step, item, Err(failure));
        }
        let site = self.site(step, item);
        let delay = self.delay(&retry, &site, attempt);
        let until = Timestamp(self.meter.now().0.saturating_add(delay));
        self.outstanding.add(Action::Wait(Wait { site, attempt: attempt + 1, until }));
    }

    fn attempt(&mut self, step: usize, item: usize, attempt: u32, input: Payload) -> Result<(), Failure> {
        let plan = std::sync::Arc::clone(&self.plan);
        let definition = &plan.definition().steps[step];
        let Work::Invoke(invocation) = &definition.work else { return Ok(()) };
        let usage = self.steps[step].usage;
        if let Some(message) = passed_by_step(&definition.budget, usage) {
            return Err(Failure::Permanent(message));
        }
        if let Some(message) = self.used_up() {
            self.fail_run(None, message.clone());
            return Err(Failure::Permanent(message));
        }
        let site = self.site(step, item);
        let invoke = Invoke {
            idempotency_key: self.idempotency_key(&site),
            site,
            attempt,
            target: invocation.target.clone(),
            input,
            timeout: std::time::Duration::from(definition.timeout).min(self.wall_left()),
            budget: self.allowance(&definition.budget, usage),
            started: None,
            suspended: None,
        };
        self.steps[step].attempts = self.steps[step].attempts.saturating_add(1);
        self.outstanding.add(Action::Invoke(invoke));
        Ok(())
    }

    /// The input of an item.
    fn input_of(&self, step: usize, item: usize) -> Result<Payload, Failure> {
        let Work::Invoke(invocation) = &self.plan.definition().steps[step].work else {
            return Ok(Payload::text("null"));
        };
        let value = self.render(&invocation.input, self.item(step, item).map(|value| (value, item)))?;
        check_input(invocation, &value)?;
        Ok(Payload::json(&value))
    }

    /// Where in the plan an item's attempts belong.
    pub(super) fn site(&self, step: usize, item: usize) -> Site {
        let index = u32::try_from(item).unwrap_or(u32::MAX);
        let has_items = self.plan.definition().steps[step].for_each.is_some();
        Site { step: self.plan.definition().steps[step].name.clone(), item: has_items.then_some(index) }
    }

    /// The step and item of a site.
    pub(super) fn place(&self, site: &Site) -> Option<(usize, usize)> {
        let step = self.plan.definition().index(&site.step)?;
        Some((step, usize::try_from(site.item.unwrap_or(0)).ok()?))
    }

    pub(super) fn idempotency_key(&self, site: &Site) -> String {
        Digest::of_parts([self.id.as_str().as_bytes(), site.to_string().as_bytes()]).to_string()
    }

    /// An item has its output, or failed for good.
    pub(super) fn end_item(&mut self, step: usize, item: usize, result: Result<Value, Failure>) {
        if let Phase::Working(items) = &mut self.steps[step].phase {
            items.end(item, result);
        }
    }

    /// The delay before the attempt after this one, in milliseconds.
    fn delay(&self, retry: &Retry, site: &Site, attempt: u32) -> u64 {
        let full = full_delay(retry, attempt);
        if !retry.jitter {
            return full;
        }
        let (site, attempt) = (site.to_string(), attempt.to_le_bytes());
        let parts: [&[u8]; 3] = [self.seed.as_bytes(), site.as_bytes(), &attempt];
        let digest = Digest::of_parts(parts);
        let dice = u64::from(u16::from_le_bytes([digest.as_bytes()[0], digest.as_bytes()[1]]));
        // From half of it to all of it, in steps of a 65536th.
        full / 2 + (full - full / 2).saturating_mul(dice) / u64::from(u16::MAX)
    }
}

/// The delay without jitter: the first one, times the factor for each attempt more, up to the longest.
fn full_delay(retry: &Retry, attempt: u32) -> u64 {
    let longest = retry.max_backoff.0.max(retry.backoff.0);
    let mut delay = retry.backoff.0;
    for _ in 1..attempt {
        #[expect(clippy::cast_precision_loss, reason = "a delay is at most a day of milliseconds, far below 2^53")]
        let longer = (delay as f64) * retry.factor;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast saturates, and the minimum follows"
        )]
        let whole = longer as u64;
        delay = whole.min(longest);
    }
    delay
}

/// Checks an input against what the plugin takes.
fn check_input(invocation: &Invocation, input: &Value) -> Result<(), Failure> {
    let Some(takes) = &invocation.takes else { return Ok(()) };
    takes
        .check(input)
        .map_err(|errors| Failure::Invalid(format!("the input does not fit {}: {}", takes.name(), errors.join("; "))))
}
