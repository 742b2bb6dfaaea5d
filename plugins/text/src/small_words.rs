//! The small words of four languages: they tell the language, and not what a text is about.

/// Languages by their ISO 639-1 codes, each with small words that the others do not have.
pub(crate) const BY_LANGUAGE: [(&str, &[&str]); 4] = [
    (
        "en",
        &[
            "the", "of", "and", "to", "that", "it", "is", "was", "for", "are", "with", "as", "his", "they", "be",
            "this", "have", "from", "or", "by", "but", "not", "which", "shall", "their", "has", "been", "our", "any",
            "such",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "und", "das", "ist", "nicht", "ein", "eine", "zu", "den", "mit", "auf", "für", "von", "dem",
            "sich", "des", "auch", "wird", "oder",
        ],
    ),
    (
        "fr",
        &[
            "le", "les", "et", "des", "est", "une", "dans", "qui", "pour", "pas", "sur", "au", "avec", "ce", "sont",
            "par", "il", "elle", "ou", "aux",
        ],
    ),
    (
        "es",
        &[
            "el", "los", "las", "y", "una", "por", "con", "para", "su", "del", "al", "lo", "como", "más", "pero",
            "sus", "está", "o", "ser", "son",
        ],
    ),
];

/// English words that are small too, and say little of the language.
const MORE: [&str; 25] = [
    "a", "an", "in", "on", "at", "no", "nor", "so", "we", "us", "you", "he", "she", "him", "her", "its", "who", "will",
    "can", "may", "than", "then", "all", "these", "those",
];

/// Whether a word says nothing of what a text is about.
pub(crate) fn is_small(word: &str) -> bool {
    word.chars().count() < 3 || MORE.contains(&word) || BY_LANGUAGE.iter().any(|(_, words)| words.contains(&word))
}
