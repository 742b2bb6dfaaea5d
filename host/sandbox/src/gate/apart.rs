//! What a gate does for a guest in a worker: on the worker's side it counts for its host, on the host's it answers and catches
//! up. It does not know how the two talk.

use std::sync::Arc;

use super::reply::Written;
use super::{Answer, AnyOperation, Behind, Gate, Stop};
use crate::worker::message::Meanwhile;

/// What a guest in a worker is told.
pub(crate) enum Replied {
    /// The texts of the replies.
    All(Vec<Arc<str>>),
    /// Others have used up what it shares with them: so many of its calls are paid, and none is made.
    OnlyPaid(usize),
}

impl Gate {
    /// In a worker's host: calls of the guest there. A guest that cannot pay for the replies gets them
    /// all the same: its own gate stops it where this one does, and what it has used is known.
    pub(crate) async fn answer(&mut self, operations: Vec<AnyOperation>) -> wasmtime::Result<Replied> {
        let replies = self.through_all_steps_for_worker(operations).await;
        self.or_stop(replies)
    }

    async fn through_all_steps_for_worker(&mut self, operations: Vec<AnyOperation>) -> Result<Replied, Stop> {
        if let Some(stop) = self.stop.take() {
            return Err(stop); // its own gate did not stop it: it is no longer ours
        }
        let mut replies = Vec::with_capacity(operations.len());
        let answers = match self.ask(operations).await {
            Err(Stop::Unpaid(paid, message)) => {
                self.stop = Some(Stop::Unpaid(paid, message));
                return Ok(Replied::OnlyPaid(paid));
            }
            answers => answers?,
        };
        for answer in answers {
            let Answer { bytes, reply } = answer?;
            replies.push(Written::write(&reply)?);
            if let Err(stop) = self.charge_reply(bytes) {
                self.stop.get_or_insert(stop);
            }
        }
        if let Err(stop) = self.look_for_loop() {
            self.stop.get_or_insert(stop);
        }
        Ok(Replied::All(replies))
    }

    /// In a worker: what its host has not been told yet.
    pub(crate) fn meanwhile(&mut self) -> Meanwhile {
        match &mut self.behind {
            Behind::Host(host) => host.meanwhile(&self.lines),
            Behind::Journal(_) => Meanwhile::default(),
        }
    }

    /// In a worker's host: takes over what the guest did there, and charges it.
    pub(crate) fn catch_up(&mut self, meanwhile: &Meanwhile) -> wasmtime::Result<()> {
        for (level, message) in &meanwhile.lines {
            self.lines.push_foreign(level, message);
        }
        self.fuel_told = meanwhile.fuel_left;
        let mut bytes = meanwhile.bytes;
        for _ in 0..meanwhile.calls {
            let charged = self.charge_made_call(std::mem::take(&mut bytes));
            self.or_stop(charged)?;
        }
        Ok(())
    }

    /// In a worker: notes for its host what was charged and is not asked of it.
    pub(super) fn count(&mut self, bytes: u64) {
        if let Behind::Host(host) = &mut self.behind {
            host.count(bytes);
        }
    }
}
