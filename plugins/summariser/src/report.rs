//! From a document to its report. It knows the limits, and leaves each question to its own module.

use std::fmt;

use crate::find::Everything;
use crate::input::Document;
use crate::language::{ENGLISH, Guess, Language};
use crate::output::{Place, Report};
use crate::rank;
use crate::scan::{Lines, Scan, blocks};
use crate::sentence::{Sentence, SentenceKind, sentences};
use crate::token::Kind;

/// Longer texts are refused: no document that a person hands in is as long, and reading more would only cost.
/// A text of this size takes some seconds, and memory of a few times its size.
pub const MAX_TEXT: usize = 4 * 1024 * 1024;

/// A sentence of fewer words says too little to stand in a summary, one of more is too long for it.
const RANKED_WORDS: std::ops::RangeInclusive<usize> = 6..=90;

/// Why a document is not read.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// There is nothing to read in the document of this name.
    Empty(String),
    /// The document of this name has so many bytes, more than [`MAX_TEXT`].
    TooLong(String, usize),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(name) => write!(f, "document {name} is empty"),
            Self::TooLong(name, bytes) => {
                write!(f, "document {name} has {bytes} bytes of text; at most {MAX_TEXT} are read")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// Reads a document.
///
/// # Errors
///
/// Fails for a document that is empty or too long.
pub fn report(document: &Document) -> Result<Report, Refusal> {
    let text = document.text.as_str();
    if text.trim().is_empty() {
        return Err(Refusal::Empty(document.name.clone()));
    }
    if text.len() > MAX_TEXT {
        return Err(Refusal::TooLong(document.name.clone(), text.len()));
    }
    Ok(read(document, text))
}

fn read(document: &Document, text: &str) -> Report {
    let lines = Lines::new(text);
    let mut guess = Guess::default();
    let mut found = Everything::default();
    let mut told: Vec<Sentence> = Vec::new();
    for block in blocks(text) {
        let scan = Scan::new(text, block.clone());
        (0..scan.len()).filter(|at| scan.kind(*at) == Some(Kind::Word)).for_each(|at| guess.see(scan.word(at)));
        found.find(&scan, &lines);
        told.extend(sentences(text, block));
    }
    let language = guess.language();
    let summary = summary(text, &told, &language.unwrap_or(ENGLISH), &lines);
    let omitted = found.omitted();
    Report {
        document: document.name.clone(),
        kind: document.kind.clone(),
        language: language.map(|language| language.code.to_owned()),
        sentences: told.len(),
        words: guess.words(),
        summary,
        parties: found.parties.into_vec(),
        dates: found.dates.into_vec(),
        amounts: found.amounts.into_vec(),
        registrations: found.registrations.into_vec(),
        countries: found.countries.into_vec(),
        omitted,
    }
}

/// The central sentences of the prose; of the fields, where there is no prose.
fn summary(text: &str, told: &[Sentence], language: &Language, lines: &Lines<'_>) -> Vec<Place> {
    let full = |sentence: &&Sentence| {
        let words = text[sentence.part.clone()].split_whitespace().count();
        let whole = text[sentence.part.clone()].ends_with(['.', '!', '?', '…', ';', '。', '”', '"']);
        sentence.kind == SentenceKind::Prose && whole && RANKED_WORDS.contains(&words)
    };
    let mut ranked: Vec<&Sentence> = told.iter().filter(full).collect();
    if ranked.len() < rank::MIN_PICKED {
        ranked = told.iter().collect();
    }
    let ranked: Vec<&Sentence> = rank::candidates(ranked.len()).into_iter().map(|index| ranked[index]).collect();
    let texts: Vec<&str> = ranked.iter().map(|sentence| &text[sentence.part.clone()]).collect();
    rank::pick(&texts, language).into_iter().map(|index| lines.place(ranked[index].part.clone())).collect()
}

#[cfg(test)]
mod tests;
