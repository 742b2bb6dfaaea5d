//! The errands of a guest in a worker, as its host does them: each goes on by itself until its guest is gone. It does not
//! know what they carry.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::{Fate, strange};
use crate::capability;
use crate::error::SandboxError;
use crate::gate::{AT_ONCE, AnyOperation, AnyReply, Gate, Sent};
use crate::worker::message::Asked;

/// The number of an errand, and the text of the reply.
pub(super) type Done = (u64, Result<Arc<str>, SandboxError>);

/// What was sent and what is under way, by number.
#[derive(Default)]
pub(super) struct Errands {
    sent: BTreeMap<u64, (String, Sent<AnyReply>)>,
    under: JoinSet<Done>,
}

impl Errands {
    /// Takes an errand through the first steps.
    pub(super) fn send(&mut self, gate: &mut Gate, number: u64, asked: Asked) -> Result<(), Fate> {
        let operation = capability::operation(&asked.operation, asked.request.get()).ok_or_else(strange)?;
        let sent = gate.send(&operation).ok_or(Fate::Stopped)?;
        self.sent.insert(number, (asked.operation, sent));
        Ok(())
    }

    /// Has an errand go, with the whole request, for which the guest sent so many bytes along.
    pub(super) fn carry(&mut self, number: u64, request: &str, bytes: u64) -> Result<(), Fate> {
        let (name, sent) = self.sent.remove(&number).filter(|_| self.under.len() < AT_ONCE).ok_or_else(strange)?;
        let operation = capability::operation(&name, request).ok_or_else(strange)?;
        self.under.spawn(run(number, sent, operation, usize::try_from(bytes).unwrap_or(usize::MAX)));
        Ok(())
    }

    /// The next that is done; none while none is under way.
    pub(super) async fn next(&mut self) -> Option<Done> {
        self.under.join_next().await?.ok()
    }
}

async fn run(number: u64, sent: Sent<AnyReply>, operation: AnyOperation, bytes: usize) -> Done {
    let reply = match sent {
        Sent::Answered(reply) => reply,
        Sent::Under(errand) => {
            errand.carries(bytes);
            errand.run(operation).await
        }
    };
    (number, AnyReply::text(reply))
}
