//! Whether a sentence says something: phrases are looked for word by word, whatever the case, the line breaks and the quotation
//! marks. It does not know what they mean.

/// A text as words are compared: small letters and digits, a space between words.
#[must_use]
pub fn plain(text: &str) -> String {
    let letters = text.chars().flat_map(char::to_lowercase);
    let spaced: String = letters.map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a plain text has a phrase, at the borders of words.
#[must_use]
pub fn has(text: &str, phrase: &str) -> bool {
    let phrase = plain(phrase);
    !phrase.is_empty() && format!(" {text} ").contains(&format!(" {phrase} "))
}

/// Whether a plain text has one of these phrases.
#[must_use]
pub fn has_any(text: &str, phrases: &[String]) -> bool {
    phrases.iter().any(|phrase| has(text, phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_found_however_it_is_written() {
        let text = plain("The Software is provided “AS\n   IS”, without warranty.");
        assert!(has(&text, "as is") && has(&text, "\"As is\"") && has(&text, "without warranty"));
        assert!(!has(&text, "a") && !has(&text, "warrant") && !has(&text, "…"));
    }
}
