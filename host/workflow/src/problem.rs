//! What is wrong with a workflow file: where, what, and what would be right. It does not know how problems are found,
//! nor where they are printed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in a file. Lines and columns count from 1, columns in characters; line 0 is no place at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Position {
    /// Whether it is no place at all.
    #[must_use]
    pub fn is_nowhere(&self) -> bool {
        self.line == 0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A stretch of one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Where it begins.
    pub start: Position,
    /// How many characters it has; at least one is marked.
    pub length: u32,
}

/// The kinds of problems, each with a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The file is not YAML, or uses what is refused: anchors, tags, duplicate keys, too much depth.
    Yaml,
    /// A key that means nothing.
    UnknownKey,
    /// A key that must be there is not.
    MissingKey,
    /// A value of another kind than the key takes.
    WrongKind,
    /// A number, size, duration or name beyond what is allowed.
    OutOfRange,
    /// Something is named that is not there: a step, a plugin, a function, a data file.
    UnknownName,
    /// A file could not be read or parsed.
    File,
    /// A JSON Schema that does not compile.
    Schema,
    /// An expression that does not parse.
    Expression,
    /// A reference to what cannot exist.
    Reference,
    /// A value that cannot fit the schema it is meant for.
    Mismatch,
    /// Steps that wait for each other.
    Cycle,
    /// What can never happen: a step that never runs, a way that is never taken, a check that never holds.
    Never,
}

impl Code {
    /// The stable text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Yaml => "W0001",
            Code::UnknownKey => "W0002",
            Code::MissingKey => "W0003",
            Code::WrongKind => "W0004",
            Code::OutOfRange => "W0005",
            Code::UnknownName => "W0006",
            Code::File => "W0007",
            Code::Schema => "W0008",
            Code::Expression => "W0009",
            Code::Reference => "W0010",
            Code::Mismatch => "W0011",
            Code::Cycle => "W0012",
            Code::Never => "W0013",
        }
    }
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its kind.
    pub code: Code,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The file, as the caller named it.
    pub file: String,
    /// Where in the file.
    pub span: Span,
    /// The text of that line.
    pub line_text: String,
    /// What would be right, if that is known.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error[{}]: {}", self.code.as_str(), clean(&self.message))?;
        let gutter = " ".repeat(self.span.start.line.to_string().len());
        if self.span.start.is_nowhere() {
            write!(f, "{gutter}--> {}", self.file)?;
        } else {
            self.write_excerpt(f, &gutter)?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\n{gutter} = help: {}", clean(hint)),
            None => Ok(()),
        }
    }
}

impl Problem {
    /// Writes the place, the line and the carets beneath it.
    fn write_excerpt(&self, f: &mut fmt::Formatter<'_>, gutter: &str) -> fmt::Result {
        let Position { line, column } = self.span.start;
        let (text, lead) = excerpt(&self.line_text, column);
        let carets = (self.span.length.max(1) as usize).min(text.chars().count().saturating_sub(lead).max(1));
        writeln!(f, "{gutter}--> {}:{}", self.file, self.span.start)?;
        writeln!(f, "{gutter} |")?;
        writeln!(f, "{line} | {text}")?;
        write!(f, "{gutter} | {}{}", " ".repeat(lead), "^".repeat(carets))
    }
}

/// The most characters of a line that are shown.
const EXCERPT: usize = 140;

/// A text without control characters: a file must not write to its reader's terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The part of a line to show and the characters before the mark in it.
fn excerpt(line: &str, column: u32) -> (String, usize) {
    let lead = column.saturating_sub(1) as usize;
    let skip = if lead < EXCERPT { 0 } else { lead - EXCERPT / 2 };
    let shown: String = line.chars().skip(skip).take(EXCERPT).collect();
    (clean(&shown), lead - skip)
}

/// All problems of a file, in the order of their places.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", render(.0))]
pub struct Problems(pub Vec<Problem>);

/// The problems as text for people, an empty line between them.
#[must_use]
pub fn render(problems: &[Problem]) -> String {
    let texts: Vec<String> = problems.iter().map(Problem::to_string).collect();
    texts.join("\n\n")
}
