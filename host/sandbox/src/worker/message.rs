//! What a host and its workers say to each other, as JSON. It does not know how it is carried.

use baton_journal::{Outcome, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::confine::Confines;
use super::order::Order;

/// What a worker is started for: the first frame that it gets. The second holds the bytes that it works on.
#[derive(Serialize, Deserialize)]
pub(crate) enum Task {
    /// The bytes are a component: it is to be compiled. The worker answers with [`Compiled`], and then with the code.
    Compile(Confines),
    /// The bytes are compiled code: it is to be called. The worker says [`Said`] until it has ended.
    Call(Box<Order>),
}

/// What became of a component; the reason where it cannot be compiled.
pub(crate) type Compiled = Result<(), String>;

/// What a worker says of its guest.
#[derive(Serialize, Deserialize)]
pub(crate) enum Said {
    /// It calls its host.
    Calls {
        /// The number by which the answer finds it.
        number: u64,
        /// The calls, to be performed at the same time.
        calls: Vec<Asked>,
        /// What it did before.
        meanwhile: Meanwhile,
    },
    /// It sends an errand: a call that goes on while it does other things, and whose request is not whole yet.
    Sent {
        /// The number by which the rest and the answer find it.
        number: u64,
        /// The call, as far as it is there.
        errand: Asked,
        /// What it did before.
        meanwhile: Meanwhile,
    },
    /// The rest of an errand is there.
    Carry {
        /// The errand's number.
        number: u64,
        /// The whole request.
        request: Box<RawValue>,
        /// Bytes that the guest sent along.
        bytes: u64,
    },
    /// It has ended.
    Ended(Report),
}

/// A host call.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asked {
    /// `interface.function`.
    pub(crate) operation: String,
    /// The arguments.
    pub(crate) request: Box<RawValue>,
}

/// The answers to [`Said::Calls`], or the one to [`Said::Carry`]. Each is as the journal keeps it: the host writes what it is,
/// the worker reads its text.
#[derive(Serialize, Deserialize)]
pub(crate) struct Answers<R = Box<RawValue>> {
    /// The number of what they answer.
    pub(crate) number: u64,
    /// The answers, in the order of the calls.
    pub(crate) replies: Vec<R>,
    /// There if none of the calls was made, because others have used up what they share: so many of them are paid. The guest
    /// ends here.
    pub(crate) only_paid: Option<usize>,
    /// The time that the guest is to see.
    pub(crate) now: Timestamp,
    /// Whether the guest ends here: its host knows why.
    pub(crate) is_over: bool,
}

/// What a guest did since its worker last said something.
#[derive(Serialize, Deserialize)]
pub(crate) struct Meanwhile {
    /// Calls that need no step: time, random numbers, context, what is left, log lines.
    pub(crate) calls: u64,
    /// Bytes of those.
    pub(crate) bytes: u64,
    /// Lines that it wrote, with their levels.
    pub(crate) lines: Vec<(String, String)>,
    /// Fuel that it has left, where it is told.
    pub(crate) fuel_left: u64,
}

impl Default for Meanwhile {
    fn default() -> Self {
        Meanwhile { calls: 0, bytes: 0, lines: Vec::new(), fuel_left: u64::MAX }
    }
}

/// How a guest ended, as its worker saw it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Report {
    /// How.
    pub(crate) end: End,
    /// What it did last.
    pub(crate) meanwhile: Meanwhile,
    /// Bytes of lines that were dropped.
    pub(crate) dropped: u64,
    /// Fuel that it used.
    pub(crate) fuel: u64,
    /// Its largest memory, in bytes.
    pub(crate) memory: u64,
}

/// How a guest ended.
#[derive(Serialize, Deserialize)]
pub(crate) enum End {
    /// It answered, and its output, which can be as large as a payload, is the next frame.
    Completed,
    /// It answered otherwise.
    Answered(Outcome),
    /// It broke, or was stopped.
    Stopped(Outcome),
    /// The worker could not run it.
    Faulty(String),
}
