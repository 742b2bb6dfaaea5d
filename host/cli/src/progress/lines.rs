//! A run told in plain lines, for files, pipes and continuous integration. It does not know terminals.

use baton_runtime::journal::Timestamp;
use baton_runtime::plan::StepStatus;
use jiff::tz::TimeZone;

use super::{Change, Show};
use crate::terminal::Terminal;
use crate::{format, paint};

/// Tells each beginning and each end in a line with its time.
#[derive(Debug)]
pub struct Lines {
    terminal: Terminal,
    zone: TimeZone,
}

impl Lines {
    /// Lines on stderr, in a time zone.
    #[must_use]
    pub fn new(terminal: Terminal, zone: TimeZone) -> Self {
        Lines { terminal, zone }
    }

    fn line(&self, at: Timestamp, text: &str) {
        self.terminal.tell(&format!("{} {text}", paint::faint(&format::time_of_day(at, &self.zone))));
    }
}

impl Show for Lines {
    fn change(&self, change: &Change) {
        // Items that end one by one are for those who watch; a log has the beginning and the end.
        if change.before != change.status && change.status != StepStatus::Waiting {
            self.line(change.at, &change.line());
        }
    }

    fn note(&self, at: Timestamp, text: &str) {
        self.line(at, text);
    }
}
