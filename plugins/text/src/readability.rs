//! How hard an English text is to read: the Flesch reading ease (R. Flesch, 1948), with syllables counted as groups of
//! vowels. It does not know whether the text is English.

use baton_sdk::Failure;

use crate::bindings::exports::baton::text::texts::Reading;
use crate::words::{sentences, words};

/// How hard a text is to read.
///
/// # Errors
///
/// `invalid` if it has no words.
pub(crate) fn reading(text: &str) -> Result<Reading, Failure> {
    let (mut count, mut syllables) = (0u32, 0u32);
    for word in words(text) {
        count += 1;
        syllables += syllables_of(&word);
    }
    if count == 0 {
        return Err(Failure::invalid("the text has no words"));
    }
    let sentences = u32::try_from(sentences(text)).unwrap_or(u32::MAX);
    let (per_sentence, per_word) = (f64::from(count) / f64::from(sentences), f64::from(syllables) / f64::from(count));
    let ease = 206.835 - 1.015 * per_sentence - 84.6 * per_word;
    let ease = (ease * 10.0).round() / 10.0;
    Ok(Reading { words: count, sentences, ease, level: level(ease).to_owned() })
}

fn level(ease: f64) -> &'static str {
    match ease {
        ease if ease >= 60.0 => "easy",
        ease if ease >= 30.0 => "plain",
        _ => "hard",
    }
}

/// Groups of vowels, without an `e` at the end that is not spoken; at least one.
fn syllables_of(word: &str) -> u32 {
    let is_vowel = |c: char| "aeiouyäöüéèêàáíóúñ".contains(c);
    let mut groups = 0;
    let mut before = false;
    for character in word.chars() {
        let vowel = is_vowel(character);
        groups += u32::from(vowel && !before);
        before = vowel;
    }
    let silent = word.ends_with('e') && !word.ends_with("le") && groups > 1;
    (groups - u32::from(silent)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_are_easier_than_long_ones() {
        let easy = reading("The cat sat on the mat. It was a good cat.").unwrap();
        let hard =
            reading("Notwithstanding jurisdictional considerations, indemnification obligations survive.").unwrap();
        assert_eq!((easy.words, easy.sentences, easy.level.as_str()), (11, 2, "easy"));
        assert_eq!(hard.level, "hard");
        assert!(reading("42 — 17").is_err());
    }

    #[test]
    fn syllables_are_groups_of_vowels() {
        let counted: Vec<u32> = ["a", "the", "people", "made", "nation", "rhythm"].map(syllables_of).into();
        assert_eq!(counted, [1, 1, 2, 1, 2, 1]);
    }
}
