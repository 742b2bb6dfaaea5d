//! What is told of work that counts things: nothing if it is soon over. It does not know what is counted.

use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::live;
use crate::terminal::Terminal;
use crate::{paint, terminal};

/// Work that takes less is not told of.
const PATIENCE: Duration = Duration::from_secs(1);

/// A moving line on a terminal; elsewhere a line for each kind of work.
#[derive(Debug)]
pub struct Counting {
    terminal: Terminal,
    began: Instant,
    line: Option<ProgressBar>,
    told: Option<&'static str>,
}

impl Counting {
    /// Tells nothing yet.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "only what is shown depends on it")]
    pub fn new(terminal: Terminal) -> Self {
        Counting { terminal, began: Instant::now(), line: None, told: None }
    }

    /// So much is done of some work.
    pub fn at(&mut self, work: &'static str, done: &str) {
        if self.began.elapsed() < PATIENCE {
            return;
        }
        if self.terminal.is_live() {
            let line = self.line.get_or_insert_with(live::spinner);
            line.set_prefix(work);
            line.set_message(terminal::for_stderr(&paint::faint(done)));
            line.tick();
        } else if self.told != Some(work) {
            self.terminal.tell(&paint::faint(&format!("{work}…")));
        }
        self.told = Some(work);
    }

    /// Writes something else while the line stands.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.line {
            Some(line) => line.suspend(write),
            None => write(),
        }
    }

    /// Takes the moving line away.
    pub fn end(&mut self) {
        if let Some(line) = self.line.take() {
            line.finish_and_clear();
        }
    }
}
