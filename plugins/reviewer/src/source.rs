//! A text, searched without regard to case, white space, and how numbers are written. It does not know what is looked for.

use std::collections::BTreeSet;

use serde_json::Value;

/// A text to search.
#[derive(Debug)]
pub(crate) struct Source {
    /// Lower case, each run of white space one space.
    text: String,
    /// The digits of each number: `165400` of `1,654.00`.
    numbers: BTreeSet<String>,
}

impl Source {
    pub(crate) fn new(text: &str) -> Source {
        let number = |c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.' | '\''));
        let numbers = text.split(number).map(digits).filter(|digits| !digits.is_empty()).collect();
        Source { text: plain(text), numbers }
    }

    /// Whether a text or a number stands in it.
    pub(crate) fn has(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.text.contains(&plain(text)),
            other => self.numbers.contains(&digits(&other.to_string())),
        }
    }
}

fn plain(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
