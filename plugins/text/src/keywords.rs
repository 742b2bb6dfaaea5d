//! What a text is about: its most frequent words. It does not know what they mean.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::bindings::exports::baton::text::texts::Keyword;
use crate::small_words::is_small;
use crate::words::words;

/// The most frequent words, in the order of the alphabet where they are equally frequent.
pub(crate) fn keywords(text: &str, count: usize) -> Vec<Keyword> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    words(text).filter(|word| !is_small(word)).for_each(|word| *counts.entry(word).or_default() += 1);
    let mut found: Vec<Keyword> = counts.into_iter().map(|(word, count)| Keyword { word, count }).collect();
    found.sort_by_key(|keyword| Reverse(keyword.count));
    found.truncate(count);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_come_first() {
        let found = keywords("The nation shall have a nation; people of the nation, people.", 2);
        let found: Vec<(&str, u32)> = found.iter().map(|keyword| (keyword.word.as_str(), keyword.count)).collect();
        assert_eq!(found, [("nation", 3), ("people", 2)]);
    }
}
