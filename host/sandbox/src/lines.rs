//! Lines that a guest writes: by the log interface, to stdout or to stderr. They wait here until the gate puts them
//! into the journal. It does not know the journal.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::wasi::Carried;

/// The longest line; longer ones are broken. Long enough for a stack trace in one line of JSON.
const LINE: usize = 16 << 10;

/// What a line takes of the budget beside its text. It is an entry of the journal, and without this a megabyte of
/// empty lines would be a million entries.
const ENTRY: u64 = 64;

/// Where a line can come from: the log interface, and the two streams.
const LEVELS: [&str; 6] = ["debug", "info", "warn", "error", "stdout", "stderr"];

/// The lines of one invocation, up to its budget of bytes.
#[derive(Clone, Debug)]
pub(crate) struct Lines(Arc<Mutex<Buffer>>);

#[derive(Debug)]
struct Buffer {
    waiting: VecDeque<Line>,
    left: u64,
    dropped: u64,
}

/// A line and where it came from.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) level: &'static str,
    pub(crate) message: String,
}

impl Lines {
    /// A buffer that takes so many bytes over its whole life.
    pub(crate) fn new(budget: u64) -> Self {
        Lines(Arc::new(Mutex::new(Buffer { waiting: VecDeque::new(), left: budget, dropped: 0 })))
    }

    /// Takes a line; what goes beyond the budget is dropped and counted.
    pub(crate) fn push(&self, level: &'static str, message: &str) {
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = message.len() as u64 + ENTRY;
        if bytes > buffer.left {
            buffer.left = 0;
            buffer.dropped += message.len() as u64 + 1; // with the end of the line
            return;
        }
        buffer.left -= bytes;
        buffer.waiting.push_back(Line { level, message: message.to_owned() });
    }

    /// Drops and counts bytes of a stream if there is no budget left, without looking for lines in them: a flood is to
    /// cost the host no more than it costs the guest.
    fn drop_all(&self, bytes: usize) -> bool {
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = buffer.left == 0;
        if is_over {
            buffer.dropped += bytes as u64;
        }
        is_over
    }

    /// Takes a line of a guest in a worker; one of a level that no guest has is dropped.
    pub(crate) fn push_foreign(&self, level: &str, message: &str) {
        match LEVELS.iter().find(|known| **known == level) {
            Some(level) => self.push(level, message),
            None => self.count_dropped(message.len() as u64 + 1),
        }
    }

    /// Counts bytes that were dropped elsewhere.
    pub(crate) fn count_dropped(&self, bytes: u64) {
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buffer.dropped = buffer.dropped.saturating_add(bytes);
    }

    /// The oldest line that waits.
    pub(crate) fn next(&self) -> Option<Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).waiting.pop_front()
    }

    /// How many bytes were dropped since this was last asked.
    pub(crate) fn take_dropped(&self) -> u64 {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).dropped)
    }

    /// A stream whose lines come here.
    pub(crate) fn stream(&self, level: &'static str, carried: Carried) -> Stream {
        Stream { lines: self.clone(), level, partial: Arc::default(), carried }
    }
}

/// Stdout or stderr of a guest. Every handle of it shares the line that is being written.
#[derive(Clone)]
pub(crate) struct Stream {
    lines: Lines,
    level: &'static str,
    partial: Arc<Mutex<Vec<u8>>>,
    carried: Carried,
}

impl Stream {
    fn take(&self, mut bytes: &[u8]) {
        self.carried.add(bytes.len());
        if self.lines.drop_all(bytes.len()) {
            return;
        }
        let mut partial = self.partial.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let room = bytes.len().min(LINE - partial.len());
            let end = bytes[..room].iter().position(|byte| *byte == b'\n').unwrap_or(room);
            partial.extend_from_slice(&bytes[..end]);
            bytes = &bytes[end..];
            let Some(next) = bytes.first() else { return };
            // The line ends here, or it is full.
            self.lines.push(self.level, &String::from_utf8_lossy(&partial));
            partial.clear();
            if *next == b'\n' {
                bytes = &bytes[1..];
            }
        }
    }

    /// Ends the line that is being written, when the guest has ended.
    pub(crate) fn finish(&self) {
        if !self.partial.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            self.take(b"\n");
        }
    }
}

impl IsTerminal for Stream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Stream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Stream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(LINE)
    }
}

#[async_trait::async_trait]
impl Pollable for Stream {
    async fn ready(&mut self) {}
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(lines: &Lines) -> Vec<String> {
        std::iter::from_fn(|| lines.next()).map(|line| line.message).collect()
    }

    #[test]
    fn a_stream_gives_whole_lines() {
        let lines = Lines::new(1_000);
        let stream = lines.stream("stdout", Carried::default());
        stream.take(b"one\ntw");
        stream.clone().take(b"o\nthree");
        assert_eq!(messages(&lines), ["one", "two"]);
        stream.finish();
        assert_eq!(messages(&lines), ["three"]);
    }

    #[test]
    fn beyond_the_budget_lines_are_dropped_and_counted() {
        let lines = Lines::new(ENTRY + 7);
        lines.push("info", "12345");
        lines.push("info", "678");
        lines.push("info", "");
        assert_eq!((messages(&lines), lines.take_dropped()), (vec!["12345".to_owned()], 5));
        assert_eq!(lines.take_dropped(), 0);
    }

    #[test]
    fn a_line_that_is_too_long_is_broken() {
        let lines = Lines::new(1 << 20);
        let stream = lines.stream("stdout", Carried::default());
        stream.take(&[b'x'; LINE + 3]);
        stream.take(b"\n\nend\n");
        stream.take(&[b'y'; LINE]);
        stream.take(b"\n");
        assert_eq!(messages(&lines).iter().map(String::len).collect::<Vec<_>>(), [LINE, 3, 0, 3, LINE]);
    }

    #[test]
    fn empty_lines_are_not_free() {
        let lines = Lines::new(1 << 20);
        lines.stream("stdout", Carried::default()).take(&[b'\n'; 1 << 20]);
        assert_eq!(messages(&lines).len(), (1 << 20) / 64);
    }
}
