//! Where in a file something is. It does not know what is wrong there.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How much of a line an excerpt shows, in characters.
const LONGEST: usize = 120;

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
            text: source[begin..end].trim_end_matches('\r').replace(|c: char| c.is_control() && c != '\t', "\u{fffd}"),
            width: source[start..stop].chars().count().max(1),
        }
    }

    /// The offending line with its number, and carets under what is meant; two lines. Of a long line, the part around.
    #[must_use]
    pub fn excerpt(&self) -> String {
        let skipped = if self.column > LONGEST { self.column - LONGEST / 2 } else { 0 };
        let shown: String = self.text.chars().skip(skipped).take(LONGEST).collect();
        let before = self.column.saturating_sub(skipped + 1);
        let indent: String = shown.chars().take(before).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let carets = "^".repeat(self.width.min(LONGEST.saturating_sub(before)).max(1));
        let number = self.line.to_string();
        format!("{number} | {shown}\n{} | {indent}{carets}", " ".repeat(number.len()))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let place = Place::of(Path::new("f"), "a\r\nüü = 1\r\n", 6..8);
        assert_eq!((place.line, place.column, place.width), (2, 2, 2));
        assert_eq!(place.excerpt(), "2 | üü = 1\n  |  ^^");
        assert_eq!(Place::of(Path::new("f"), "", 0..0).to_string(), "f:1:1");
        assert_eq!(Place::of(Path::new("f"), "a\n", 2..2).to_string(), "f:2:1");
    }

    #[test]
    fn of_a_long_line_the_part_around_is_shown() {
        let source = format!("{}HERE{}", "x".repeat(1_000), "y".repeat(1_000));
        let excerpt = Place::of(Path::new("f"), &source, 1_000..1_004).excerpt();
        assert!(excerpt.lines().all(|line| line.len() <= LONGEST + 4), "{excerpt}");
        let carets = excerpt.lines().nth(1).unwrap().find('^').unwrap();
        assert_eq!(&excerpt[carets..carets + 4], "HERE");
    }

    proptest! {
        #[test]
        fn no_range_breaks_it(source in "(\\PC|[\n\r\t]){0,40}", start in 0_usize..60, end in 0_usize..60) {
            let place = Place::of(Path::new("f"), &source, Range { start, end });
            prop_assert!(place.line >= 1 && place.column >= 1 && place.width >= 1);
            prop_assert_eq!(place.excerpt().lines().count(), 2);
        }
    }
}
