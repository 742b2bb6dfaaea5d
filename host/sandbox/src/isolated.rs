//! A guest in a worker process, as its host sees it: the worker is told what to call, the guest's calls go through the
//! host's own gate, and beyond that nothing that the worker says is believed. It does not know what the calls do.

mod errands;

use std::os::unix::process::ExitStatusExt as _;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use baton_journal::{Outcome, Payload};
use baton_policy::Limits;
use bytes::Bytes;
use futures_util::FutureExt as _;
use rustix::process::Signal;
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use crate::capability;
use crate::ending;
use crate::error::SandboxError;
use crate::gate::{Gate, Replied};
use crate::worker::Worker;
use crate::worker::message::{Answers, Asked, End, Meanwhile, Report, Said, Task};
use crate::worker::order::Order;
use crate::worker::process::Process;

use errands::Errands;

/// How long beyond the deadline a worker has to say that it has stopped its guest, before it is killed: two epochs, in
/// one of which an honest one stops it.
const GRACE: Duration = Duration::from_millis(10);

/// Bytes of a message beside what the guest put into it.
const ENVELOPE: usize = 64 << 10;

/// Why there is no report.
pub(crate) enum Fate {
    /// The gate ended the invocation, and knows why.
    Stopped,
    /// It is not over in time, and neither is its worker.
    TimedOut,
    /// Nobody needs it any more.
    Cancelled,
    /// The worker died, or said what no worker says.
    Died(String),
    /// The host is to blame.
    Faulty(SandboxError),
}

/// Calls a plugin's export in a worker of its own, which is gone afterwards.
pub(crate) async fn call(worker: &Worker, code: &Bytes, gate: &mut Gate) -> Result<Report, Fate> {
    let (limit, id) = (gate.left() + GRACE, gate.invocation().id.clone());
    let cancelled = gate.cancelled();
    let call = tokio::time::timeout(limit, AssertUnwindSafe(converse(worker, code, gate)).catch_unwind());
    let told = tokio::select! {
        told = call => told,
        () = cancelled => return Err(Fate::Cancelled),
    };
    match told {
        Ok(Ok(told)) => told,
        Ok(Err(panic)) => Err(Fate::Faulty(SandboxError::panicked(&id, format!("the call of {id}"), panic.as_ref()))),
        Err(_) => Err(Fate::TimedOut),
    }
}

async fn converse(worker: &Worker, code: &Bytes, gate: &mut Gate) -> Result<Report, Fate> {
    let (heard, mut frames) = mpsc::channel(1);
    let hear = move |frame| heard.blocking_send(frame).is_ok();
    let task = Task::Call(Box::new(Order::of(gate.invocation(), gate.left(), gate.now())));
    let process = Process::start(worker, (&task, code.clone()), largest(&gate.invocation().limits), hear)
        .map_err(|error| Fate::Faulty(SandboxError::worker(worker, error)))?;
    let mut errands = Errands::default();
    loop {
        let frame = tokio::select! {
            frame = frames.recv() => frame,
            Some((number, reply)) = errands.next() => {
                say(&process, gate, number, Replied::All(vec![reply.map_err(Fate::Faulty)?])).await?;
                continue;
            }
        };
        let Some(frame) = frame else { return Err(Fate::Died(death(process))) };
        gate.charge_returned();
        match serde_json::from_slice(&frame) {
            Ok(Said::Sent { number, errand, meanwhile }) => {
                gate.catch_up(&meanwhile).map_err(|_| Fate::Stopped)?;
                errands.send(gate, number, errand)?;
            }
            Ok(Said::Carry { number, request, bytes }) => errands.carry(number, request.get(), bytes)?,
            Ok(Said::Calls { number, calls, meanwhile }) => {
                let replies = replies(gate, &calls, meanwhile).await?;
                say(&process, gate, number, replies).await?;
            }
            Ok(Said::Ended(mut report)) => {
                gate.lines().count_dropped(report.dropped);
                let _ = gate.catch_up(&report.meanwhile); // what it cannot pay for is in the gate, as a stop
                if matches!(report.end, End::Completed) {
                    let output = frames.recv().await.ok_or_else(strange)?;
                    report.end = End::Answered(completed(output)?);
                }
                return Ok(report);
            }
            Err(_) => return Err(strange()),
        }
    }
}

fn completed(output: Vec<u8>) -> Result<Outcome, Fate> {
    let output = String::from_utf8(output).map_err(|_| strange())?;
    Ok(Outcome::Completed { output: Payload::text(output) })
}

fn strange() -> Fate {
    Fate::Died("it said what no worker says".to_owned())
}

/// The largest message of an honest worker: a character that a guest hands over or writes can be six as JSON.
fn largest(limits: &Limits) -> usize {
    let bytes = limits.payload.0.saturating_add(limits.log_bytes.0).saturating_mul(6);
    usize::try_from(bytes).unwrap_or(usize::MAX).saturating_add(ENVELOPE)
}

/// Answers: the texts go over the pipe as they are.
async fn say(process: &Process, gate: &Gate, number: u64, replied: Replied) -> Result<(), Fate> {
    let (replies, only_paid) = match replied {
        Replied::All(replies) => (replies, None),
        Replied::OnlyPaid(paid) => (Vec::new(), Some(paid)),
    };
    let faulty = |error| Fate::Faulty(SandboxError::engine(error));
    let replies: Result<Vec<&RawValue>, _> = replies.iter().map(|text| serde_json::from_str(text)).collect();
    let (replies, now, is_over) = (replies.map_err(faulty)?, gate.now(), gate.has_stopped());
    let answers = Answers { number, replies, only_paid, now, is_over };
    process.say(&answers).await.map_err(faulty)
}

async fn replies(gate: &mut Gate, calls: &[Asked], meanwhile: Meanwhile) -> Result<Replied, Fate> {
    let known = calls.iter().map(|asked| capability::operation(&asked.operation, asked.request.get()));
    let calls = known.collect::<Option<Vec<_>>>().ok_or_else(strange)?;
    gate.catch_up(&meanwhile).map_err(|_| Fate::Stopped)?;
    gate.answer(calls).await.map_err(|_| Fate::Stopped)
}

/// The outcome, once what the guest did last is in the gate.
pub(crate) fn outcome(told: Result<Report, Fate>, gate: &mut Gate) -> Result<Outcome, SandboxError> {
    if let Some(stop) = gate.take_stop() {
        return stop.outcome();
    }
    match told {
        Ok(Report { end: End::Answered(outcome), .. }) => {
            gate.finish()?;
            Ok(believed(outcome, gate))
        }
        Ok(Report { end: End::Stopped(outcome), .. }) => Ok(believed(outcome, gate)),
        Ok(Report { end: End::Faulty(text), .. }) | Err(Fate::Died(text)) => Ok(lost(&text)),
        Ok(Report { end: End::Completed, .. }) => Ok(lost("it did not say what it answered")),
        Err(Fate::TimedOut) => Ok(ending::timed_out(gate.invocation())),
        Err(Fate::Cancelled) => Ok(Outcome::Cancelled),
        Err(Fate::Stopped) => Ok(lost("it was stopped")),
        Err(Fate::Faulty(error)) => Err(error),
    }
}

/// What a guest can bring about; anything else comes from a worker that is no longer ours.
fn believed(outcome: Outcome, gate: &Gate) -> Outcome {
    match outcome {
        Outcome::Completed { output: Payload::Text(output) } => ending::completed(gate.invocation(), output),
        Outcome::TimedOut { .. } => ending::timed_out(gate.invocation()),
        Outcome::Failed { .. } | Outcome::Trapped { .. } | Outcome::Exhausted { .. } => outcome,
        Outcome::Completed { .. } | Outcome::Denied { .. } | Outcome::Cancelled | Outcome::Suspended => {
            lost("it said what no worker says")
        }
    }
}

fn lost(how: &str) -> Outcome {
    Outcome::Trapped { message: format!("the worker process of the guest was lost: {how}") }
}

/// How a worker died.
fn death(process: Process) -> String {
    let status = match process.end() {
        Ok(status) => status,
        Err(error) => return format!("it cannot be found ({error})"),
    };
    match status.signal().and_then(Signal::from_named_raw) {
        Some(Signal::ABORT) => "it had no memory left, or gave up (SIGABRT)".to_owned(),
        Some(Signal::KILL) => "it was killed: it said too much at once, or the system had no memory left".to_owned(),
        Some(Signal::XCPU) => "it computed for longer than its wall time (SIGXCPU)".to_owned(),
        _ => format!("it ended without a report ({status})"),
    }
}
