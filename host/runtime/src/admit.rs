//! Lets runs in: with which priority and key, what began them, and when it is their turn. It does not know triggers.

use std::convert::Infallible;
use std::sync::Arc;

use baton_bundle::Project;
use baton_journal::{
    Admission, Allowance, Cause, Claim, Event, PluginPin, RunId, Signal, StoreError, Timestamp, VersionPin,
};
use baton_workflow::Plan;
use serde_json::Value;

use crate::error::Error;
use crate::host::Host;
use crate::observer::{Observer, Queued, Silent};
use crate::plugins::Plugins;
use crate::story::Story;

/// What a run begins with.
#[derive(Clone, Copy)]
pub struct Beginning<'a> {
    /// Its plan.
    pub plan: &'a Plan,
    /// The plugins, with what they may do.
    pub plugins: &'a Plugins,
    /// The deployed version that both are of; none if they are those of files.
    pub version: Option<VersionPin>,
}

impl Host {
    /// How a run with this input is let in.
    pub(crate) async fn admission(&self, plan: &Plan, input: &Value, cause: Option<Cause>) -> Result<Admission, Error> {
        let heard = match &cause {
            Some(Cause::Event { number, .. }) => *number, // it hears what came after the event that began it
            _ => self.shared().store.last_published().await?,
        };
        let concurrency = plan.concurrency(input).map_err(Error::NoKey)?;
        Ok(Admission { heard, priority: plan.priority(), concurrency, cause, allowance: None })
    }

    /// What a run that begins now sets aside of the budget of all runs: what it may cost at most, if anything of it has a price.
    pub(crate) fn allowance(&self, plan: &Plan, pins: &[PluginPin]) -> Option<Allowance> {
        let (budget, now) = (self.shared().budget, self.shared().clock.now());
        let reserved = plan.budget().usd.limit.0;
        let is_priced = pins.iter().any(|pin| pin.price_micro_usd > 0);
        let since = Timestamp(budget.per.start(now.0));
        is_priced.then_some(Allowance { since, micro_usd: budget.usd.0, reserved })
    }

    /// Begins a run under this id and does not drive it: [`Host::resume`] does. Says whether it began: not if there is a run
    /// with the id already, which may be known to have been let in.
    ///
    /// # Errors
    /// Another run has its key and it does not wait, a plugin is gone, or the store fails.
    pub async fn admit(&self, of: &Beginning<'_>, input: &Value, id: &RunId, cause: Cause) -> Result<bool, Error> {
        let Beginning { plan, plugins, version } = *of;
        let reached = plugins.reached_from(&plan.plugins());
        let mut header = self.header(plan, plugins, reached.iter(), input, Some(cause)).await?;
        header.version = version;
        let store = &self.shared().store;
        match store.create(id.clone(), self.shared().clock.now(), Event::RunStarted(header)).await {
            Ok((claim, _)) => {
                store.release(claim).await?;
                Ok(true)
            }
            Err(StoreError::RunExists(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets nothing new begin in the runs of this host: what is at work may come to its end, and each run is left then.
    pub fn drain(&self) {
        self.shared().drain.store(true, std::sync::atomic::Ordering::Relaxed);
        self.shared().bell.ring();
    }

    /// Waits until it is the turn of a run, or somebody cancels it. Says no if the observer lets go of it.
    pub(crate) async fn has_turn(&self, claim: &Claim, story: &Story, observer: &dyn Observer) -> Result<bool, Error> {
        if story.header().admission.concurrency.is_none() {
            return Ok(true);
        }
        let (store, mut listener) = (&self.shared().store, self.shared().bell.listen());
        loop {
            let before = store.turn(claim).await?;
            if before.is_empty() || self.is_cancelled(&claim.run).await? {
                return Ok(true);
            }
            if observer.queued(&claim.run, &before) == Queued::Leave {
                return Ok(false);
            }
            listener.next().await;
        }
    }

    /// Drives runs to their end that somebody cancelled and that nobody drives, one after the other, for as long as it is
    /// polled: for a run that waits behind those that it replaces.
    ///
    /// # Errors
    /// The store fails.
    pub async fn end_cancelled(&self, project: &Project) -> Result<Infallible, Error> {
        let mut listener = self.shared().bell.listen();
        loop {
            for run in self.shared().store.signalled().await? {
                if self.is_cancelled(&run).await? {
                    drop(self.resume(&run, project, Arc::new(Silent)).await); // who drives it, or sees to it, knows better
                }
            }
            listener.next().await;
        }
    }

    async fn is_cancelled(&self, run: &RunId) -> Result<bool, Error> {
        let waiting = self.shared().store.signals(run.clone()).await?;
        Ok(waiting.iter().any(|sent| matches!(sent.signal, Signal::Cancel { .. })))
    }
}

/// The id of the run of a workflow that something begins: the same whenever it is tried.
pub(crate) fn run_for(workflow: &str, what: &str, number: u64, at: Timestamp) -> RunId {
    let parts = [workflow.as_bytes(), what.as_bytes(), &number.to_le_bytes()];
    let digest = baton_journal::Digest::of_parts(parts);
    let mut low = [0; 16];
    low.iter_mut().zip(digest.as_bytes()).for_each(|(low, byte)| *low = *byte);
    RunId::new(at, u128::from_le_bytes(low))
}
