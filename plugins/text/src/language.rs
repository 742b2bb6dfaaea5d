//! The language of a text, by its small words. It does not know grammar.

use baton_sdk::Failure;

use crate::bindings::exports::baton::text::texts::Guess;
use crate::small_words::BY_LANGUAGE;
use crate::words::words;

/// The language of which the text has most small words.
///
/// # Errors
///
/// `invalid` if it has none.
pub(crate) fn guess(text: &str) -> Result<Guess, Failure> {
    let mut counts = [0u32; BY_LANGUAGE.len()];
    for word in words(text) {
        for (count, (_, small)) in counts.iter_mut().zip(BY_LANGUAGE) {
            *count += u32::from(small.contains(&word.as_str()));
        }
    }
    let all: u32 = counts.iter().sum();
    let best = counts.iter().zip(BY_LANGUAGE).rev().max_by_key(|(count, _)| **count);
    match best {
        Some((count, (language, _))) if all > 0 => {
            Ok(Guess { language: language.to_owned(), confidence: f64::from(*count) / f64::from(all) })
        }
        _ => Err(Failure::invalid("the text has no small words of a language that is known here")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words_tell_the_language() {
        let language = |text: &str| guess(text).map(|guess| guess.language);
        assert_eq!(language("We hold these truths to be self-evident, that all men are created equal").unwrap(), "en");
        assert_eq!(language("Die Würde des Menschen ist unantastbar.").unwrap(), "de");
        assert_eq!(language("Tous les êtres humains naissent libres et égaux").unwrap(), "fr");
        assert!(language("42").is_err());
    }
}
