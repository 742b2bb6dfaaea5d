//! In a worker: the pipes to the host. Several calls can wait for their answers; each answer finds its call by a number.
//! It does not know what is called.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::frame;
use super::message::{Answers, Asked, Meanwhile, Said};

/// Both pipes.
pub(crate) struct Link {
    output: Mutex<File>,
    waiting: Mutex<Waiting>,
}

/// Calls that wait for their answers.
#[derive(Default)]
struct Waiting {
    next: u64,
    calls: BTreeMap<u64, oneshot::Sender<Answers>>,
}

impl Link {
    pub(super) fn new(output: File) -> Self {
        Link { output: Mutex::new(output), waiting: Mutex::default() }
    }

    /// Says something.
    pub(super) fn say(&self, said: &Said) -> io::Result<()> {
        self.hand_over(&serde_json::to_vec(said)?)
    }

    /// Writes a frame.
    pub(super) fn hand_over(&self, frame: &[u8]) -> io::Result<()> {
        frame::write(&mut *self.output.lock().unwrap_or_else(PoisonError::into_inner), frame)
    }

    /// Takes answers to the call that waits for them.
    pub(super) fn hear(&self, frame: &[u8]) {
        let Ok(answers) = serde_json::from_slice::<Answers>(frame) else { return };
        if let Some(call) = self.waiting().calls.remove(&answers.number) {
            let _ = call.send(answers); // a call that was given up
        }
    }

    /// Has the host perform calls; nothing if there is no host any more.
    pub(crate) async fn ask(&self, calls: Vec<Asked>, meanwhile: Meanwhile) -> Option<Answers> {
        let (answer, answered) = oneshot::channel();
        let number = self.number();
        self.waiting().calls.insert(number, answer);
        self.say(&Said::Calls { number, calls, meanwhile }).ok()?;
        answered.await.ok()
    }

    /// Sends an errand; tells its number.
    pub(crate) fn send(&self, errand: Asked, meanwhile: Meanwhile) -> Option<u64> {
        let number = self.number();
        self.say(&Said::Sent { number, errand, meanwhile }).ok()?;
        Some(number)
    }

    /// Has the host do an errand; nothing if there is no host any more.
    pub(crate) async fn carry(&self, number: u64, request: Box<RawValue>, bytes: u64) -> Option<Answers> {
        let (answer, answered) = oneshot::channel();
        self.waiting().calls.insert(number, answer);
        self.say(&Said::Carry { number, request, bytes }).ok()?;
        answered.await.ok()
    }

    fn number(&self) -> u64 {
        let mut waiting = self.waiting();
        waiting.next += 1;
        waiting.next
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
