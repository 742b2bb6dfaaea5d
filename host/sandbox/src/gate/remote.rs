//! What is behind the gate of a guest in a worker process: the gate of its host, which takes the steps and whose word
//! holds. It does not know journal, policy or backends: there are none in a worker.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use baton_journal::Timestamp;
use baton_policy::surcharge;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::{Answer, Operation};
use crate::error::SandboxError;
use crate::lines::Lines;
use crate::worker::link::Link;
use crate::worker::message::{Asked, Meanwhile};

/// The host's gate, at the other end of a pipe.
pub(crate) struct Remote {
    link: Arc<Link>,
    meanwhile: Meanwhile,
    told: (Timestamp, Instant),
    is_over: bool,
    /// Fuel that was charged for calls that the host refused.
    unpaid: Option<u64>,
}

impl Remote {
    /// The gate of a host whose time is `now`.
    pub(crate) fn new(link: Arc<Link>, now: Timestamp) -> Self {
        Remote { link, meanwhile: Meanwhile::default(), told: (now, Instant::now()), is_over: false, unpaid: None }
    }

    /// Has the host take calls through the steps; tells its time with the answers.
    pub(super) async fn ask<O: Operation>(
        &mut self,
        calls: Vec<(O, String)>,
        lines: &Lines,
        fuel_left: u64,
    ) -> Result<(Timestamp, Vec<Result<Answer<O::Reply>, SandboxError>>), SandboxError> {
        let costs: Vec<u64> = calls.iter().map(|(_, request)| surcharge(request.len() as u64)).collect();
        let asked = calls.into_iter().map(|(operation, request)| asked(operation.name(), request));
        let meanwhile = Meanwhile { fuel_left, ..self.meanwhile(lines) };
        let asked = asked.collect::<Result<_, _>>()?;
        let told = self.link.ask(asked, meanwhile).await.ok_or_else(lost)?;
        (self.told, self.is_over) = ((told.now, Instant::now()), told.is_over);
        self.unpaid = told.only_paid.map(|paid| costs.iter().skip(paid).sum());
        Ok((told.now, told.replies.iter().map(|reply| Answer::read(reply.get())).collect()))
    }

    /// Whether the host has said that the guest ends here.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// The fuel that was charged for calls that the host has refused: the guest ends at them.
    pub(super) fn take_unpaid(&mut self) -> Option<u64> {
        self.unpaid.take()
    }

    /// Sends an errand, whose rest comes later.
    pub(super) fn send(&mut self, name: &str, request: String, lines: &Lines) -> Result<Distant, SandboxError> {
        let meanwhile = self.meanwhile(lines);
        let number = self.link.send(asked(name, request)?, meanwhile).ok_or_else(lost)?;
        Ok(Distant { link: Arc::clone(&self.link), number, carried: AtomicU64::new(0) })
    }

    /// Counts a call that needs no step: the host is told of it with the next that does.
    pub(super) fn count(&mut self, bytes: u64) {
        self.meanwhile.calls += 1;
        self.meanwhile.bytes = self.meanwhile.bytes.saturating_add(bytes);
    }

    /// What the host has not been told yet.
    pub(super) fn meanwhile(&mut self, lines: &Lines) -> Meanwhile {
        let mut meanwhile = std::mem::take(&mut self.meanwhile);
        let waiting = std::iter::from_fn(|| lines.next());
        meanwhile.lines.extend(waiting.map(|line| (line.level.to_owned(), line.message)));
        meanwhile
    }

    /// The time of day: the host's when it last told, moved on since then.
    pub(super) fn now(&self) -> Timestamp {
        let (told, since) = self.told;
        Timestamp(told.0.saturating_add(u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)))
    }
}

/// An errand that the host does.
pub(super) struct Distant {
    link: Arc<Link>,
    number: u64,
    carried: AtomicU64,
}

impl Distant {
    /// Counts bytes that the guest sends along.
    pub(super) fn carries(&self, bytes: usize) {
        self.carried.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Has the host do it, with the whole request; tells the text of the reply.
    pub(super) async fn carry(&self, request: String) -> Result<Box<RawValue>, SandboxError> {
        let told = self.link.carry(self.number, raw(request)?, self.carried.load(Ordering::Relaxed)).await;
        told.and_then(|mut told| told.replies.pop()).ok_or_else(lost)
    }
}

fn asked(operation: &str, request: String) -> Result<Asked, SandboxError> {
    Ok(Asked { operation: operation.to_owned(), request: raw(request)? })
}

/// What is JSON goes over the pipe as it is.
fn raw(json: String) -> Result<Box<RawValue>, SandboxError> {
    RawValue::from_string(json).map_err(SandboxError::engine)
}

fn lost() -> SandboxError {
    SandboxError::Host("the host is gone".to_owned())
}
