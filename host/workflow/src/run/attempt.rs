//! Attempts: how one begins, and how long is waited before another. It does not know what becomes of the step.

use std::time::Duration;

use baton_journal::{Digest, Payload, Site};
use serde_json::Value;

use super::fault::Fault;
use super::lease::Share;
use super::reserve::Takes;
use super::state::{Phase, Trial};
use super::{Action, Invoke, Run};
use crate::plan::{Retry, Role, Work};

impl Run {
    /// Begins an attempt at an item, or fails the item if its input has no value or does not fit.
    pub(super) fn begin_attempt(&mut self, step: usize, item: usize, attempt: u32) {
        let begun = match &self.plan.definition().steps[step].work {
            Work::Workflow(_) => {
                self.trial(step, item).attempt = attempt;
                self.begin_inner(step, item)
            }
            _ => self.input_of(step, item).and_then(|input| self.attempt(step, item, attempt, input)),
        };
        if let Err(fault) = begun {
            self.give_up(step, item, fault);
        }
    }

    fn attempt(&mut self, step: usize, item: usize, attempt: u32, input: Payload) -> Result<(), Fault> {
        let plan = std::sync::Arc::clone(&self.plan);
        let definition = &plan.definition().steps[step];
        let Work::Invoke(invocation) = &definition.work else { return Ok(()) };
        let role = self.turn_of(step);
        self.check_budgets(step, role, self.takes_of(invocation))?;
        let Share::Granted(budget) = self.share_of_attempt(step) else {
            self.starve((step, Some((item, attempt))));
            return Ok(());
        };
        let site = self.site(step, item);
        self.reserved.hold((step, item), budget);
        let invoke = Invoke {
            idempotency_key: self.idempotency_key(&site),
            site,
            attempt,
            target: invocation.target.clone(),
            input,
            timeout: self.time_for(role, definition.timeout.into()),
            budget,
            started: None,
            suspended: None,
        };
        self.steps[step].attempts = self.steps[step].attempts.saturating_add(1);
        self.trial(step, item).attempt = attempt;
        self.outstanding.add(Action::Invoke(invoke));
        Ok(())
    }

    /// The time of an attempt: not more than the run has, unless it cleans up.
    fn time_for(&self, role: Role, timeout: Duration) -> Duration {
        if role.cleans_up() { timeout } else { timeout.min(self.wall_left()) }
    }

    /// Where in the plan an item's attempts belong.
    pub(super) fn site(&self, step: usize, item: usize) -> Site {
        let index = u32::try_from(item).unwrap_or(u32::MAX);
        let has_items = self.plan.definition().steps[self.own_step(step)].has_items();
        Site { step: self.named(step), item: has_items.then_some(index) }
    }

    /// The whole name of a step.
    pub(super) fn named(&self, step: usize) -> String {
        self.path.clone() + &self.plan.definition().steps[step].name
    }

    /// The step with that whole name.
    pub(super) fn step_named(&self, name: &str) -> Option<usize> {
        self.plan.definition().index(name.strip_prefix(self.path.as_str())?)
    }

    /// The step and item of a site.
    pub(super) fn place(&self, site: &Site) -> Option<(usize, usize)> {
        Some((self.step_named(&site.step)?, usize::try_from(site.item.unwrap_or(0)).ok()?))
    }

    /// The key of what is asked for at a site.
    pub(super) fn idempotency_key(&self, site: &Site) -> String {
        let (place, changes) = (site.to_string(), self.changes_at(site).to_le_bytes());
        let mut parts = vec![self.id.as_str().as_bytes(), place.as_bytes()];
        if changes != [0; 4] {
            parts.push(&changes);
        }
        Digest::of_parts(parts).to_string()
    }

    /// Whether something is left of what an attempt needs. A run with nothing left fails, unless the step says what else is done.
    fn check_budgets(&mut self, step: usize, role: Role, takes: Takes) -> Result<(), Fault> {
        let over = self.time_is_over().filter(|_| role == Role::Main);
        if let Some(message) = over {
            self.fail_run(None, message.clone());
            return Err(Fault::permanent(message));
        }
        let Some(short) = self.shortage(step, takes) else { return Ok(()) };
        if short.is_of_run() && self.plan.definition().steps[step].on_exhausted.is_none() {
            self.fail_run(None, short.text().to_owned());
        }
        Err(Fault::of_budget(short))
    }

    /// How often what is asked for at a site has changed.
    fn changes_at(&self, site: &Site) -> u32 {
        let trial = self.place(site).and_then(|(step, item)| self.steps[step].trials.get(&item));
        trial.map_or(0, |trial| trial.changes)
    }

    /// What was tried at an item so far.
    pub(super) fn trial(&mut self, step: usize, item: usize) -> &mut Trial {
        self.steps[step].trials.entry(item).or_default()
    }

    /// An item has its output, or failed for good.
    pub(super) fn end_item(&mut self, step: usize, item: usize, result: Result<Value, Fault>) {
        let result = result.map_err(Fault::for_good);
        match self.plan.definition().steps[step].role {
            Role::Undo => return self.end_undo(step, item, result),
            Role::Verify => return self.end_verifying(step, item, result),
            Role::Main | Role::Finally => {}
        }
        self.steps[step].trials.remove(&item);
        if let Phase::Working(items) = &mut self.steps[step].phase {
            items.end(item, result);
        }
    }

    /// The delay before so many retries, in milliseconds.
    pub(super) fn delay(&self, retry: &Retry, site: &Site, retries: u32) -> u64 {
        let full = full_delay(retry, retries);
        if !retry.jitter {
            return full;
        }
        let (site, retries) = (site.to_string(), retries.to_le_bytes());
        let parts: [&[u8]; 3] = [self.seed.as_bytes(), site.as_bytes(), &retries];
        let digest = Digest::of_parts(parts);
        let dice = u64::from(u16::from_le_bytes([digest.as_bytes()[0], digest.as_bytes()[1]]));
        // From half of it to all of it, in steps of a 65536th.
        full / 2 + (full - full / 2).saturating_mul(dice) / u64::from(u16::MAX)
    }
}

/// The delay without jitter: the first one, times the factor for each retry more, up to the longest.
fn full_delay(retry: &Retry, retries: u32) -> u64 {
    let longest = retry.max_backoff.0.max(retry.backoff.0);
    let mut delay = retry.backoff.0;
    for _ in 1..retries {
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
