//! Attempts: beginning one, and beginning another after a failure. It does not know what becomes of the step.

use std::time::Duration;

use baton_journal::{Digest, Failure, Payload, Site, Timestamp};
use serde_json::Value;

use super::budget::passed_by_step;
use super::fault::Fault;
use super::state::Phase;
use super::{Action, Invoke, Run, Wait};
use crate::plan::{Invocation, Retry, Role, Work};

impl Run {
    /// Begins an attempt at an item, or fails the item if its input has no value or does not fit.
    pub(super) fn begin_attempt(&mut self, step: usize, item: usize, attempt: u32) {
        let begun = match &self.plan.definition().steps[step].work {
            Work::Workflow(_) => self.begin_inner(step, item),
            _ => self.input_of(step, item).and_then(|input| self.attempt(step, item, attempt, input)),
        };
        if let Err(fault) = begun {
            self.end_item(step, item, Err(fault));
        }
    }

    /// After a failed attempt: waits for another, or fails the item for good.
    pub(super) fn retry(&mut self, step: usize, item: usize, attempt: u32, fault: Fault) {
        let retry = self.plan.definition().steps[step].retry;
        let again = matches!(fault.failure, Failure::Transient(_)) && attempt <= retry.max && self.may_begin(step);
        if !again {
            return self.end_item(step, item, Err(fault));
        }
        let site = self.site(step, item);
        let delay = self.delay(&retry, &site, attempt);
        let until = Timestamp(self.meter.now().0.saturating_add(delay));
        self.outstanding.add(Action::Wait(Wait { site, attempt: attempt + 1, until }));
    }

    fn attempt(&mut self, step: usize, item: usize, attempt: u32, input: Payload) -> Result<(), Fault> {
        let plan = std::sync::Arc::clone(&self.plan);
        let definition = &plan.definition().steps[step];
        let Work::Invoke(invocation) = &definition.work else { return Ok(()) };
        let usage = self.steps[step].usage;
        if let Some(message) = passed_by_step(&definition.budget, usage) {
            return Err(Fault::permanent(message));
        }
        if definition.role == Role::Main
            && let Some(message) = self.used_up()
        {
            self.fail_run(None, message.clone());
            return Err(Fault::permanent(message));
        }
        let site = self.site(step, item);
        let invoke = Invoke {
            idempotency_key: self.idempotency_key(&site),
            site,
            attempt,
            target: invocation.target.clone(),
            input,
            timeout: self.time_for(definition.role, definition.timeout.into()),
            budget: self.allowance(definition.role, &definition.budget, usage),
            started: None,
            suspended: None,
        };
        self.steps[step].attempts = self.steps[step].attempts.saturating_add(1);
        self.outstanding.add(Action::Invoke(invoke));
        Ok(())
    }

    /// The time of an attempt: not more than the run has, unless it cleans up.
    fn time_for(&self, role: Role, timeout: Duration) -> Duration {
        if role.cleans_up() { timeout } else { timeout.min(self.wall_left()) }
    }

    /// The input of an item.
    fn input_of(&self, step: usize, item: usize) -> Result<Payload, Fault> {
        let definition = &self.plan.definition().steps[step];
        let Work::Invoke(invocation) = &definition.work else { return Ok(Payload::text("null")) };
        let value = match definition.role {
            Role::Undo => self.undo_input(step, item)?,
            _ => self.render(&invocation.input, self.local(step, item))?,
        };
        check_input(invocation, &value)?;
        Ok(Payload::json(&value))
    }

    /// Where in the plan an item's attempts belong.
    pub(super) fn site(&self, step: usize, item: usize) -> Site {
        let index = u32::try_from(item).unwrap_or(u32::MAX);
        let has_items = self.plan.definition().steps[self.own_step(step)].has_items();
        Site { step: self.named(step), item: has_items.then_some(index) }
    }

    /// The whole name of a step.
    pub(super) fn named(&self, step: usize) -> String {
        format!("{}{}", self.path, self.plan.definition().steps[step].name)
    }

    /// The step with that whole name.
    pub(super) fn step_named(&self, name: &str) -> Option<usize> {
        self.plan.definition().index(name.strip_prefix(self.path.as_str())?)
    }

    /// The step and item of a site.
    pub(super) fn place(&self, site: &Site) -> Option<(usize, usize)> {
        Some((self.step_named(&site.step)?, usize::try_from(site.item.unwrap_or(0)).ok()?))
    }

    pub(super) fn idempotency_key(&self, site: &Site) -> String {
        Digest::of_parts([self.id.as_str().as_bytes(), site.to_string().as_bytes()]).to_string()
    }

    /// An item has its output, or failed for good.
    pub(super) fn end_item(&mut self, step: usize, item: usize, result: Result<Value, Fault>) {
        if self.plan.definition().steps[step].role == Role::Undo {
            return self.end_undo(step, item, result);
        }
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
fn check_input(invocation: &Invocation, input: &Value) -> Result<(), Fault> {
    let Some(takes) = &invocation.takes else { return Ok(()) };
    takes.check(input).map_err(|errors| {
        Failure::Invalid(format!("the input does not fit {}: {}", takes.name(), errors.join("; "))).into()
    })
}
