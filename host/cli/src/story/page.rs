//! Lines of a story, indented, and whether something was left out of them. It does not know what they tell.

use baton_runtime::journal::Payload;

use crate::paint;
use crate::readable::{self, Detail};

/// How many characters of a host call's request and of its reply are shown.
const OF_A_CALL: usize = 100;

/// The lines of a story.
pub(super) struct Page {
    text: String,
    detail: Detail,
    shortened: bool,
}

impl Page {
    pub(super) fn new(full: bool) -> Self {
        let detail = if full { Detail::FULL } else { Detail::SHORT };
        Page { text: String::new(), detail, shortened: false }
    }

    /// A line at a depth.
    pub(super) fn line(&mut self, depth: usize, text: &str) {
        let text = text.trim_end();
        if !text.is_empty() {
            self.text.push_str(&"  ".repeat(depth));
            self.text.push_str(text);
        }
        self.text.push('\n');
    }

    /// JSON under a heading: behind it if it is one short line, else below.
    pub(super) fn json(&mut self, depth: usize, heading: &str, payload: &Payload) {
        let written = readable::payload(payload, &self.detail);
        self.shortened |= written.shortened;
        match written.lines.as_slice() {
            [line] => self.line(depth, &format!("{} {line}", paint::faint(heading))),
            lines => {
                self.line(depth, &paint::faint(heading.trim_end()));
                lines.iter().for_each(|line| self.line(depth + 1, line));
            }
        }
    }

    /// JSON on one line.
    pub(super) fn short(&mut self, payload: &Payload) -> String {
        let characters = if self.detail == Detail::FULL { usize::MAX } else { OF_A_CALL };
        let (text, shortened) = readable::one_line(payload, characters);
        self.shortened |= shortened;
        text
    }

    pub(super) fn finish(mut self) -> String {
        if self.shortened && self.detail != Detail::FULL {
            self.line(0, "");
            self.line(0, &paint::faint("long values are shortened: --full shows them, -o json shows everything"));
        }
        self.text.truncate(self.text.trim_end().len());
        self.text
    }
}
