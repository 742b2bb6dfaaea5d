//! The words and sentences of a text. It does not know languages.

/// The words in small letters; an apostrophe inside a word belongs to it.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    let is_apart = |c: char| !c.is_alphanumeric() && c != '\'' && c != '’';
    let trimmed = |word: &str| word.trim_matches(['\'', '’']).to_lowercase();
    text.split(is_apart).map(trimmed).filter(|word| word.chars().any(char::is_alphabetic))
}

/// How many sentences there are; one, if there is no end of a sentence.
pub(crate) fn sentences(text: &str) -> usize {
    let ends = text.split_inclusive(['.', '!', '?', ';']);
    ends.filter(|sentence| sentence.chars().any(char::is_alphabetic)).count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_is_between_signs() {
        let found: Vec<String> = words("‘Don't,’ she said — 42 times!").collect();
        assert_eq!(found, ["don't", "she", "said", "times"]);
    }

    #[test]
    fn sentences_end_with_a_sign() {
        assert_eq!(sentences("One. Two! Three? ..."), 3);
        assert_eq!(sentences("no end"), 1);
    }
}
