//! Whether a sentence binds, allows or forbids. It does not know what it is about.

use crate::output::Modality;

/// A definition wants nothing of anybody.
const DEFINES: [&str; 2] = ["shall mean", "means"];

const FORBIDS: [&str; 7] =
    ["may not", "must not", "shall not", "does not grant", "may be used to endorse", "nor the names", "not be used"];

const BINDS: [&str; 8] =
    ["must", "shall", "required", "provided that", "conditions", "condition", "as is", "obligation"];

const ALLOWS: [&str; 6] = ["may", "grant", "grants", "granted", "permitted", "permission"];

/// What a sentence does, given on one line and in small letters.
pub fn of(sentence: &str) -> Modality {
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| has(sentence, phrase));
    match () {
        () if says(&DEFINES) => Modality::Mentions,
        () if says(&FORBIDS) => Modality::Forbids,
        () if says(&BINDS) => Modality::Binds,
        () if says(&ALLOWS) => Modality::Allows,
        () => Modality::Mentions,
    }
}

/// Whether a phrase stands in a sentence, as whole words.
pub fn has(sentence: &str, phrase: &str) -> bool {
    let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    sentence.match_indices(phrase).any(|(at, _)| {
        !is_word(sentence[..at].chars().next_back()) && !is_word(sentence[at + phrase.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_word_of_a_sentence_counts() {
        let check = |sentence: &str, expect| assert_eq!(of(sentence), expect, "{sentence}");
        check("you may not use the name", Modality::Forbids);
        check("you must keep the notice, and may add your own", Modality::Binds);
        check("permission is hereby granted", Modality::Allows);
        check("this section is about mayors", Modality::Mentions);
        check("\"work\" shall mean the work", Modality::Mentions);
    }
}
