//! Guesses the language of a text by its commonest words, which [`crate::rank`] leaves out of account.
//! It knows four languages and nothing of grammar.

/// A language that the agent knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Language {
    /// Its ISO 639-1 code.
    pub code: &'static str,
    common: &'static [&'static str],
}

impl Language {
    /// Whether a word in lower case is too common to tell what a sentence is about.
    #[must_use]
    pub fn is_common(&self, word: &str) -> bool {
        word.len() <= LONGEST_COMMON && self.common.binary_search(&word).is_ok()
    }
}

/// No common word is longer, in bytes.
const LONGEST_COMMON: usize = 7;

/// English, also the one that stands in for a language not known.
pub const ENGLISH: Language = Language {
    code: "en",
    common: &[
        "about", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "being", "between", "both", "but",
        "by", "can", "did", "do", "does", "each", "for", "from", "had", "has", "have", "he", "her", "here", "his",
        "if", "in", "into", "is", "it", "its", "may", "more", "no", "not", "of", "on", "one", "only", "or", "other",
        "our", "shall", "she", "so", "some", "such", "than", "that", "the", "their", "them", "then", "there", "these",
        "they", "this", "those", "to", "under", "upon", "was", "we", "were", "when", "where", "which", "who", "whom",
        "will", "with", "would", "you", "your",
    ],
};

const GERMAN: Language = Language {
    code: "de",
    common: &[
        "als", "am", "an", "auch", "auf", "aus", "bei", "bis", "das", "dass", "dem", "den", "der", "des", "die",
        "durch", "ein", "eine", "einem", "einen", "einer", "eines", "er", "es", "für", "hat", "im", "in", "ist", "mit",
        "nach", "nicht", "oder", "sich", "sie", "sind", "und", "unter", "vom", "von", "vor", "war", "werden", "wie",
        "wird", "wurde", "zu", "zum", "zur", "über",
    ],
};

const FRENCH: Language = Language {
    code: "fr",
    common: &[
        "au", "aux", "avec", "ce", "cette", "dans", "de", "des", "du", "elle", "en", "est", "et", "il", "la", "le",
        "les", "leur", "ne", "ont", "ou", "par", "pas", "plus", "pour", "que", "qui", "sa", "se", "ses", "son", "sont",
        "sur", "un", "une", "été", "être",
    ],
};

const SPANISH: Language = Language {
    code: "es",
    common: &[
        "al", "como", "con", "de", "del", "el", "en", "entre", "es", "esta", "este", "fue", "ha", "la", "las", "lo",
        "los", "más", "no", "o", "para", "pero", "por", "que", "se", "ser", "sin", "sobre", "son", "su", "sus", "un",
        "una", "y",
    ],
};

const KNOWN: [Language; 4] = [ENGLISH, GERMAN, FRENCH, SPANISH];

/// One word in this many must be a common word of a language before the text is taken to be written in it.
const ONE_IN: usize = 10;
/// So many words tell the language; what follows is only counted.
const SAMPLE: usize = 5_000;

/// Counts the common words of a text.
#[derive(Clone, Debug, Default)]
pub struct Guess {
    words: usize,
    hits: [usize; KNOWN.len()],
}

impl Guess {
    /// Counts a word in lower case.
    pub fn see(&mut self, word: &str) {
        self.words += 1;
        if self.words > SAMPLE {
            return;
        }
        for (hits, language) in self.hits.iter_mut().zip(KNOWN) {
            *hits += usize::from(language.is_common(word));
        }
    }

    /// The number of words seen.
    #[must_use]
    pub fn words(&self) -> usize {
        self.words
    }

    /// The language with the most common words among those seen, if they are enough.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        let (hits, language) = self.hits.iter().zip(KNOWN).rev().max_by_key(|(hits, _)| **hits)?;
        (*hits > 0 && hits * ONE_IN >= self.words.min(SAMPLE)).then_some(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        let mut guess = Guess::default();
        text.split_whitespace().for_each(|word| guess.see(word));
        assert_eq!(guess.language().map(|language| language.code), expect);
    }

    #[test]
    fn the_lists_are_sorted_because_they_are_searched_so() {
        for language in KNOWN {
            assert!(language.common.is_sorted(), "{}", language.code);
            assert!(language.common.iter().all(|word| word.len() <= LONGEST_COMMON), "{}", language.code);
        }
    }

    #[test]
    fn languages_are_told_apart() {
        check("the register shows that the company is in good standing", Some("en"));
        check("die gesellschaft ist im register von hamburg eingetragen", Some("de"));
        check("la société est inscrite au registre du commerce et des sociétés", Some("fr"));
        check("la sociedad fue inscrita en el registro y no tiene deudas", Some("es"));
        check("lorem ipsum dolor sit amet consectetur", None);
        check("", None);
    }
}
