//! Sentences as vectors of weighted terms.

use std::collections::BTreeMap;

use crate::language::Language;

/// Words shorter than this say little.
const SHORTEST_TERM: usize = 3;

/// The terms of a sentence with their weights, ordered by term; its length is 1, or 0 without terms.
#[derive(Debug)]
pub(super) struct Vector(Vec<(usize, f64)>);

impl Vector {
    /// The cosine of the angle between two vectors: 1 for the same terms, 0 for no common term.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        let (mut sum, mut mine, mut theirs) = (0.0, self.0.as_slice(), other.0.as_slice());
        while let ([(a, x), rest @ ..], [(b, y), others @ ..]) = (mine, theirs) {
            if a == b {
                sum += x * y;
            }
            if a <= b {
                mine = rest;
            }
            if b <= a {
                theirs = others;
            }
        }
        sum
    }
}

/// The vectors of sentences. A term weighs more, the more often the sentence and the fewer other sentences have it.
pub(super) fn vectors(sentences: &[&str], language: &Language) -> Vec<Vector> {
    let mut ids = BTreeMap::new();
    let counted: Vec<BTreeMap<usize, f64>> =
        sentences.iter().map(|sentence| count(sentence, language, &mut ids)).collect();
    let mut spread = vec![0.0; ids.len()];
    for id in counted.iter().flat_map(BTreeMap::keys) {
        spread[*id] += 1.0;
    }
    let all = sentences.len() as f64;
    let weigh = |terms: &BTreeMap<usize, f64>| -> Vec<(usize, f64)> {
        terms.iter().map(|(id, times)| (*id, times * (all / spread[*id]).sqrt())).collect()
    };
    counted.iter().map(|terms| unit(weigh(terms))).collect()
}

fn count(sentence: &str, language: &Language, ids: &mut BTreeMap<String, usize>) -> BTreeMap<usize, f64> {
    let mut terms = BTreeMap::new();
    for term in sentence.split(|c: char| !c.is_alphanumeric()).filter_map(|word| term(word, language)) {
        let next = ids.len();
        *terms.entry(*ids.entry(term).or_insert(next)).or_insert(0.0) += 1.0;
    }
    terms
}

/// The term of a word, its plural cut off, or nothing for a common word.
fn term(word: &str, language: &Language) -> Option<String> {
    let word = word.to_lowercase();
    let telling = word.chars().count() >= SHORTEST_TERM && !language.is_common(&word);
    telling.then(|| match word.strip_suffix('s') {
        Some(stem) if stem.len() > SHORTEST_TERM && !stem.ends_with('s') => stem.to_owned(),
        _ => word,
    })
}

fn unit(terms: Vec<(usize, f64)>) -> Vector {
    let length = terms.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
    Vector(terms.into_iter().map(|(id, weight)| (id, weight / length)).collect())
}
