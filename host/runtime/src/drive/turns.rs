//! Attempts of steps whose tool may only be called so often: they wait for their turn before anything of them is written. It
//! does not know how turns are given.

use std::time::Duration;

use baton_journal::{Failure, Outcome};
use baton_sandbox::Target;
use baton_workflow::{Action, Invoke};

use super::{Done, Driver};
use crate::error::Error;

impl Driver {
    /// Makes an attempt when its turn has come.
    pub(super) async fn invoke_in_turn(&mut self, invoke: Invoke) -> Result<Vec<Action>, Error> {
        match self.turn(&invoke)? {
            Ok(wait) if wait.is_zero() => self.invoke(invoke).await,
            Ok(wait) => {
                self.wait_for_turn(invoke, wait)?;
                Ok(Vec::new())
            }
            Err(failure) => self.refuse(&invoke, failure).await,
        }
    }

    /// Makes an attempt that has waited, if the run still wants it.
    pub(super) async fn invoke_after_turn(&mut self, invoke: Invoke) -> Result<Vec<Action>, Error> {
        let is_wanted = self.run.wants(&Action::Invoke(invoke.clone()));
        if is_wanted { self.invoke(invoke).await } else { Ok(Vec::new()) }
    }

    fn turn(&self, invoke: &Invoke) -> Result<Result<Duration, Failure>, Error> {
        let job = self.context.job(invoke)?;
        let Target::Tool(function) = &job.invocation.target else { return Ok(Ok(Duration::ZERO)) };
        if !self.context.may_wait(&job) {
            return Ok(Ok(Duration::ZERO)); // what is left alone is refused when it is invoked
        }
        let left = job.invocation.timeout;
        Ok(self.context.facts(&job, |ready| self.context.turn(ready, function, left)).unwrap_or(Ok(Duration::ZERO)))
    }

    /// Waiting counts as time of the attempt.
    fn wait_for_turn(&mut self, mut invoke: Invoke, wait: Duration) -> Result<(), Error> {
        invoke.timeout = self.context.job(&invoke)?.invocation.timeout.saturating_sub(wait);
        self.tasks.spawn(async move {
            tokio::time::sleep(wait).await;
            Ok(Done::Turn(Box::new(invoke)))
        });
        Ok(())
    }

    /// Ends an attempt that was not made.
    async fn refuse(&mut self, invoke: &Invoke, failure: Failure) -> Result<Vec<Action>, Error> {
        let (job, mut more) = (self.context.job(invoke)?, Vec::new());
        if invoke.started.is_none() {
            more = self.happened(job.started()).await?;
        }
        more.extend(self.happened(job.free().ended_as(Outcome::Failed { failure })).await?);
        Ok(more)
    }
}
