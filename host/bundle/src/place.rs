//! Where in a file something is. It does not know what is wrong there.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A place in a text file, with the line it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line's text.
    pub text: String,
    /// How many characters of the line are meant, at least 1.
    pub width: usize,
}

impl Place {
    /// Finds the place of a range of bytes in a source.
    #[must_use]
    pub fn of(file: &Path, source: &str, range: Range<usize>) -> Self {
        let start = floor(source, range.start);
        let begin = source[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = source[start..].find('\n').map_or(source.len(), |newline| start + newline);
        let stop = floor(source, range.end).clamp(start, end);
        Place {
            file: file.to_owned(),
            line: source[..start].matches('\n').count() + 1,
            column: source[begin..start].chars().count() + 1,
            text: source[begin..end].trim_end_matches('\r').to_owned(),
            width: source[start..stop].chars().count().max(1),
        }
    }

    /// The offending line with its number, and carets under what is meant; two lines.
    #[must_use]
    pub fn excerpt(&self) -> String {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let indent: String =
            self.text.chars().take(self.column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        format!("{number} | {}\n{margin} | {indent}{}", self.text, "^".repeat(self.width))
    }
}

/// As compilers write it: `plugins/crm/plugin.toml:3:1`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// The nearest border of a character at or before an offset.
fn floor(source: &str, offset: usize) -> usize {
    (0..=offset.min(source.len())).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0)
}
