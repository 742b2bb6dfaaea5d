//! Steps that wait for a time or an event, and steps that emit one. It does not know what they wait for.

use std::time::Duration;

use baton_journal::Event;
use baton_workflow::{Action, Await, Emit};

use super::{Done, Driver};
use crate::error::Error;

/// The longest time that a host waits with a run in memory: what takes longer is parked, and somebody goes on with it then.
const PATIENCE: Duration = Duration::from_secs(60);

impl Driver {
    pub(super) async fn await_it(&mut self, wait: Await) -> Result<Vec<Action>, Error> {
        let mut more = Vec::new();
        if !wait.noted {
            let (site, name, until) = (wait.site.clone(), wait.name.clone(), wait.until);
            more = self.happened(Event::Waiting { site, name, until }).await?;
        }
        let left = self.until(wait.until);
        if left <= PATIENCE {
            self.tasks.spawn(async move {
                tokio::time::sleep(left).await;
                Ok(Done::Waited(wait.site))
            });
        }
        Ok(more)
    }

    pub(super) async fn emit(&mut self, emit: Emit) -> Result<Vec<Action>, Error> {
        self.happened(Event::EventEmitted { site: emit.site, name: emit.name, data: emit.data }).await
    }
}
