//! A worker as its host sees it: a child with two pipes, killed when nobody holds it any more. It does not know what is
//! said, and trusts nothing of it.

use std::io;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::message::Task;
use super::{Worker, frame};

/// A running worker.
pub(crate) struct Process {
    child: Option<Child>,
    orders: mpsc::UnboundedSender<Order>,
    turn: Arc<Semaphore>,
}

/// A frame for a worker. The next is made when it is read: what a worker is told is held in memory once, however slowly it
/// reads.
type Order = (Bytes, OwnedSemaphorePermit);

impl Process {
    /// Starts a worker with nothing but its pipes, for a task and the bytes that it is about. `hear` gets what it says, frame
    /// by frame, and tells whether to go on; it is dropped when there is no more, or when a frame is larger than `most` bytes.
    pub(crate) fn start(
        worker: &Worker,
        (task, bytes): (&Task, Bytes),
        most: usize,
        hear: impl FnMut(Vec<u8>) -> bool + Send + 'static,
    ) -> io::Result<Self> {
        let task = serde_json::to_vec(task)?;
        let mut child = Command::new(&worker.program)
            .args(&worker.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (orders, given) = mpsc::unbounded_channel();
        let process = Process { child: Some(child), orders, turn: Arc::new(Semaphore::new(1)) }; // from here on it is killed when something fails
        let (stdin, stdout) = pipes.ok_or(io::ErrorKind::BrokenPipe)?;
        thread::Builder::new()
            .name("baton-to-worker".into())
            .spawn(move || tell(stdin, [task.into(), bytes], given))?;
        thread::Builder::new().name("baton-from-worker".into()).spawn(move || listen(stdout, most, hear))?;
        Ok(process)
    }

    /// Sends it a message, once it has read the one before.
    pub(crate) async fn say(&self, message: &impl Serialize) -> serde_json::Result<()> {
        let Ok(turn) = Arc::clone(&self.turn).acquire_owned().await else { return Ok(()) }; // nobody closes it
        let message = serde_json::to_vec(message)?;
        let _ = self.orders.send((message.into(), turn)); // one that is gone is missed where it is listened to
        Ok(())
    }

    /// Waits for one that has closed its pipes, and does not wait long: it is killed if it still runs.
    pub(crate) fn end(mut self) -> io::Result<ExitStatus> {
        let mut child = self.child.take().ok_or(io::ErrorKind::NotFound)?;
        child.kill()?;
        child.wait()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = child.kill();
        // The system takes its time to give back what a process held, and who drops this may be an async task.
        let _ = thread::Builder::new().name("baton-reaper".into()).spawn(move || child.wait());
    }
}

fn tell(mut stdin: ChildStdin, first: [Bytes; 2], mut orders: mpsc::UnboundedReceiver<Order>) {
    let mut write = |frame: &[u8]| frame::write(&mut stdin, frame).is_ok();
    let mut heard = first.into_iter().all(|frame| write(&frame));
    while heard && let Some((frame, _turn)) = orders.blocking_recv() {
        heard = write(&frame);
    }
}

fn listen(mut stdout: ChildStdout, most: usize, mut hear: impl FnMut(Vec<u8>) -> bool) {
    while let Ok(Some(frame)) = frame::read(&mut stdout, most) {
        if !hear(frame) {
            return;
        }
    }
}
