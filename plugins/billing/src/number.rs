//! Numbers of invoices: within a year they follow each other, and none is left out.

use std::fmt;

/// An invoice's number, written as `2026-0001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) year: i16,
    pub(crate) count: u32,
}

impl Number {
    /// Reads a number; nothing if the text never was one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (year, count) = text.split_once('-')?;
        let number = Self { year: year.parse().ok()?, count: count.parse().ok()? };
        // One number has one spelling.
        (number.to_string() == text).then_some(number)
    }

    /// The number after this one.
    pub(crate) fn next(self) -> Self {
        Self { count: self.count + 1, ..self }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:04}", self.year, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_spelling() {
        let number = Number { year: 2026, count: 7 };
        assert_eq!(number.to_string(), "2026-0007");
        assert_eq!(Number::parse("2026-0007"), Some(number));
        assert_eq!(Number::parse("2026-12345"), Some(Number { year: 2026, count: 12_345 }));
        for text in ["", "2026", "2026-7", "2026-00007", "26-0007", "2026-0007\n", "2026--007", "+2026-0007"] {
            assert_eq!(Number::parse(text), None, "{text:?}");
        }
    }
}
