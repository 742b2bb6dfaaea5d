//! A worker as its host sees it: a child with two pipes, killed when nobody holds it any more. It does not know what is
//! said, and trusts nothing of it.

use std::io;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

use bytes::Bytes;
use serde::Serialize;

use super::{Worker, frame};

/// A running worker.
pub(crate) struct Process {
    child: Option<Child>,
    orders: mpsc::Sender<Bytes>,
}

impl Process {
    /// Starts a worker with nothing but its pipes. `hear` gets what it says, frame by frame, and tells whether to go on;
    /// it is dropped when there is no more, or when a frame is larger than `most` bytes.
    pub(crate) fn start(
        worker: &Worker,
        most: usize,
        hear: impl FnMut(Vec<u8>) -> bool + Send + 'static,
    ) -> io::Result<Self> {
        let mut child = Command::new(&worker.program)
            .args(&worker.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (orders, given) = mpsc::channel();
        let process = Process { child: Some(child), orders }; // from here on it is killed when something fails
        let (stdin, stdout) = pipes.ok_or(io::ErrorKind::BrokenPipe)?;
        thread::Builder::new().name("baton-to-worker".into()).spawn(move || tell(stdin, &given))?;
        thread::Builder::new().name("baton-from-worker".into()).spawn(move || listen(stdout, most, hear))?;
        Ok(process)
    }

    /// Sends it a frame, without waiting for it to be read.
    pub(crate) fn send(&self, frame: impl Into<Bytes>) {
        let _ = self.orders.send(frame.into()); // one that is gone is missed where it is listened to
    }

    /// Sends it a message.
    pub(crate) fn say(&self, message: &impl Serialize) -> serde_json::Result<()> {
        self.send(serde_json::to_vec(message)?);
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

fn tell(mut stdin: ChildStdin, orders: &mpsc::Receiver<Bytes>) {
    while let Ok(frame) = orders.recv() {
        if frame::write(&mut stdin, &frame).is_err() {
            return;
        }
    }
}

fn listen(mut stdout: ChildStdout, most: usize, mut hear: impl FnMut(Vec<u8>) -> bool) {
    while let Ok(Some(frame)) = frame::read(&mut stdout, most) {
        if !hear(frame) {
            return;
        }
    }
}
