//! Ranks sentences by how much they share with the others (TextRank over tf-idf vectors) and picks the central ones.
//! It knows nothing of documents. Only exact floating-point operations are used (no logarithm, no power),
//! so every machine ranks alike.

mod vector;

use self::vector::{Vector, vectors};
use crate::language::Language;

/// At most this many sentences are compared with each other: the work grows with the square, and 400 of them cost some
/// millions of steps. Of a longer text the first half of that number is taken, and the rest evenly from what follows.
pub const MAX_RANKED: usize = 400;

/// A summary has at least this many sentences (if there are as many), and at most [`MAX_PICKED`].
pub const MIN_PICKED: usize = 3;
/// See [`MIN_PICKED`].
pub const MAX_PICKED: usize = 6;

/// One sentence is picked for each so many.
const SENTENCES_PER_PICK: usize = 6;
/// The usual damping of PageRank, and more rounds than it takes to settle.
const DAMPING: f64 = 0.85;
const ROUNDS: usize = 30;
/// Sentences that share less than this are taken to share nothing.
const WEAKEST_LINK: f64 = 0.05;
/// What the first sentences of a text gain, and up to which part of the text.
const OPENING_BONUS: f64 = 1.25;
const OPENING_PART: f64 = 0.12;
/// What a sentence gains for each name and number in it, and how many of them count.
const FACT_BONUS: f64 = 0.12;
const MOST_FACTS: u8 = 4;
/// What a sentence of this many words or more loses: it is hard to read in a summary.
const LONG: usize = 45;
const LONG_MALUS: f64 = 0.75;

/// The indices of the sentences to rank, out of so many.
#[must_use]
pub fn candidates(count: usize) -> Vec<usize> {
    if count <= MAX_RANKED {
        return (0..count).collect();
    }
    let half = MAX_RANKED / 2;
    let rest = (0..half).map(|step| half + step * (count - half) / half);
    (0..half).chain(rest).collect()
}

/// The indices of the central sentences, in the order given.
#[must_use]
pub fn pick(sentences: &[&str], language: &Language) -> Vec<usize> {
    let vectors = vectors(sentences, language);
    let links = links(&vectors);
    let mut scores = centrality(&links);
    for (index, score) in scores.iter_mut().enumerate() {
        *score *= bonus(index, sentences);
    }
    let wanted = (sentences.len() / SENTENCES_PER_PICK).clamp(MIN_PICKED, MAX_PICKED);
    let mut picked = choose(&scores, &links, wanted.min(sentences.len()));
    picked.sort_unstable();
    picked
}

fn links(vectors: &[Vector]) -> Vec<Vec<f64>> {
    let mut links = vec![vec![0.0; vectors.len()]; vectors.len()];
    for one in 0..vectors.len() {
        for other in 0..one {
            let link = vectors[one].likeness(&vectors[other]);
            if link >= WEAKEST_LINK {
                links[one][other] = link;
                links[other][one] = link;
            }
        }
    }
    links
}

/// The part of a random reader's time that each sentence gets who follows links by their weight.
fn centrality(links: &[Vec<f64>]) -> Vec<f64> {
    let totals: Vec<f64> = links.iter().map(|row| row.iter().sum()).collect();
    let mut scores = vec![1.0; links.len()];
    for _ in 0..ROUNDS {
        let shares: Vec<f64> =
            scores.iter().zip(&totals).map(|(score, total)| if *total > 0.0 { score / total } else { 0.0 }).collect();
        for (score, row) in scores.iter_mut().zip(links) {
            let gained: f64 = row.iter().zip(&shares).map(|(link, share)| link * share).sum();
            *score = (1.0 - DAMPING) + DAMPING * gained;
        }
    }
    scores
}

fn bonus(index: usize, sentences: &[&str]) -> f64 {
    let sentence = sentences[index];
    let opening = index == 0 || (index as f64) < OPENING_PART * sentences.len() as f64;
    let long = sentence.split_whitespace().count() >= LONG;
    let facts = sentence.split_whitespace().skip(1).filter(|word| is_fact(word)).take(usize::from(MOST_FACTS)).count();
    let worth = 1.0 + FACT_BONUS * facts as f64;
    worth * (if opening { OPENING_BONUS } else { 1.0 }) * (if long { LONG_MALUS } else { 1.0 })
}

/// Whether a word in the middle of a sentence is a name or a number.
fn is_fact(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit()) || word.starts_with(char::is_uppercase)
}

/// Picks the best again and again, each time marking down what says the same as one already picked.
fn choose(scores: &[f64], links: &[Vec<f64>], wanted: usize) -> Vec<usize> {
    let mut picked: Vec<usize> = Vec::new();
    let worth = |index: usize, picked: &[usize]| {
        let said = picked.iter().map(|other| links[index][*other]).fold(0.0, f64::max);
        scores[index] * (1.0 - said)
    };
    while picked.len() < wanted {
        let open = (0..scores.len()).filter(|index| !picked.contains(index));
        // Of equals the last one wins `max_by`: reversed, that is the first of the text.
        let best = open.rev().max_by(|a, b| worth(*a, &picked).total_cmp(&worth(*b, &picked)));
        match best {
            Some(best) => picked.push(best),
            None => break,
        }
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::ENGLISH;

    const TEXT: [&str; 7] = [
        "Nordhavn Shipping operates three vessels on the Baltic.",
        "The weather in spring was mild.",
        "The vessels of Nordhavn Shipping carry timber on the Baltic.",
        "Timber freight on the Baltic earns most of the revenue of Nordhavn Shipping.",
        "The office has a blue door.",
        "Nordhavn Shipping leases its vessels for the timber trade.",
        "Lunch is served at noon.",
    ];

    #[test]
    fn central_sentences_are_picked_in_order_and_asides_are_not() {
        let picked = pick(&TEXT, &ENGLISH);
        assert_eq!(picked.len(), MIN_PICKED);
        assert!(picked.is_sorted());
        assert!(picked.iter().all(|index| [0, 2, 3, 5].contains(index)), "{picked:?}");
    }

    #[test]
    fn ranking_is_deterministic_and_a_copy_is_not_picked_twice() {
        assert_eq!(pick(&TEXT, &ENGLISH), pick(&TEXT, &ENGLISH));
        let mut doubled = TEXT.to_vec();
        doubled.push(TEXT[2]);
        let picked = pick(&doubled, &ENGLISH);
        assert!(!(picked.contains(&2) && picked.contains(&7)), "{picked:?}");
    }

    #[test]
    fn few_sentences_are_all_picked() {
        assert_eq!(pick(&[], &ENGLISH), [0; 0]);
        assert_eq!(pick(&["Only one.", "And another."], &ENGLISH), [0, 1]);
    }

    #[test]
    fn a_long_text_is_sampled() {
        assert_eq!(candidates(5), [0, 1, 2, 3, 4]);
        let sampled = candidates(100_000);
        assert_eq!(sampled.len(), MAX_RANKED);
        assert!(sampled.is_sorted() && sampled.last().is_some_and(|last| *last < 100_000 && *last > 99_000));
    }
}
