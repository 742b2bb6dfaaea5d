//! Tells how alike two names are, whatever the script, the spelling and the order of their words.
//! It knows nothing of lists or thresholds.

mod fold;
mod word;

use self::word::Word;

/// A name as the words that tell it from others: no legal forms, no titles, folded to plain Latin letters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Name {
    words: Vec<Word>,
}

/// A word that one name has and the other lacks counts so much when two others agree: middle names are often left out.
const LEFT_OUT: f64 = 0.6;
/// As many words must agree before a missing one is forgiven.
const FORGIVEN_FROM: usize = 2;

impl Name {
    /// Prepares a name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let folded = fold::latin(name);
        let words = folded.split(' ').filter(|word| !word.is_empty());
        let telling: Vec<Word> = words.clone().filter(|word| !word::is_form(word)).map(Word::new).collect();
        // A name that is nothing but forms is compared as it is.
        Self { words: if telling.is_empty() { words.map(Word::new).collect() } else { telling } }
    }

    /// How alike two names are: 1 for the same words in any order, 0 for nothing in common.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        let pairs = self.pairs(other);
        let agreed: f64 = pairs
            .iter()
            .map(|(one, two, likeness)| (self.words[*one].weight() + other.words[*two].weight()) * likeness)
            .sum();
        let telling = pairs.iter().filter(|(one, ..)| self.words[*one].is_telling()).count();
        let missing = |words: &[Word], taken: &dyn Fn(usize) -> bool| -> f64 {
            words.iter().enumerate().filter(|(at, _)| !taken(*at)).map(|(_, word)| word.weight()).sum()
        };
        let matched: f64 =
            pairs.iter().map(|(one, two, _)| self.words[*one].weight() + other.words[*two].weight()).sum();
        let mine = missing(&self.words, &|at| pairs.iter().any(|(one, ..)| *one == at));
        let theirs = missing(&other.words, &|at| pairs.iter().any(|(_, two, _)| *two == at));
        // Only the longer name may have words more: two names with each a word of its own are two people.
        let forgiven = telling >= FORGIVEN_FROM && (mine == 0.0 || theirs == 0.0);
        let unmatched = (mine + theirs) * if forgiven { LEFT_OUT } else { 1.0 };
        if matched + unmatched == 0.0 { 0.0 } else { agreed / (matched + unmatched) }
    }

    /// The words that go together, the most alike first, each at most once.
    fn pairs(&self, other: &Self) -> Vec<(usize, usize, f64)> {
        let mut all: Vec<(usize, usize, f64)> = Vec::new();
        for (one, word) in self.words.iter().enumerate() {
            for (two, against) in other.words.iter().enumerate() {
                all.extend(word.likeness(against).map(|likeness| (one, two, likeness)));
            }
        }
        all.sort_by(|(.., one), (.., two)| two.total_cmp(one));
        let mut pairs: Vec<(usize, usize, f64)> = Vec::new();
        for (one, two, likeness) in all {
            if !pairs.iter().any(|(a, b, _)| *a == one || *b == two) {
                pairs.push((one, two, likeness));
            }
        }
        pairs
    }
}

#[cfg(test)]
mod tests;
