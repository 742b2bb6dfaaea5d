//! Which sentences of a section are about which topic, and what they do. It does not know how sections are made.

use std::cmp::Reverse;
use std::ops::Range;

use crate::input::{Section, Topic};
use crate::modality::{self, has};
use crate::output::{Finding, Modality, Reading};
use crate::sentence::sentences;

/// Findings of one topic: more of them tell the reader nothing more.
const OF_A_TOPIC: usize = 3;

/// Characters of a quote.
const QUOTED: usize = 400;

/// A sentence on one line, and the same in small letters.
struct Line {
    range: Range<usize>,
    text: String,
    small: String,
}

/// Reads a section.
pub fn read(section: &Section) -> Reading {
    let lines: Vec<Line> = sentences(&section.text).into_iter().map(|range| line(&section.text, range)).collect();
    let findings = section.topics.iter().flat_map(|topic| of_topic(section, topic, &lines)).collect();
    Reading { findings, sentences: u32::try_from(lines.len()).unwrap_or(u32::MAX) }
}

fn line(text: &str, range: Range<usize>) -> Line {
    let text = text[range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
    let small = text.to_lowercase();
    Line { range, text, small }
}

fn of_topic(section: &Section, topic: &Topic, lines: &[Line]) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let is_there = |word: &&String| has(&line.small, word) || (section.closely && has_form(line, word));
        let weight = u32::try_from(topic.words.iter().filter(is_there).count()).unwrap_or(u32::MAX);
        if weight > 0 {
            let before = at.checked_sub(1).and_then(|before| lines.get(before)).filter(|_| section.closely);
            found.push(Finding { weight, ..finding(section.start, topic, line, before) });
        }
    }
    // In the order of the text where they say as much.
    found.sort_by_key(|finding| (!is_answer(finding), Reverse(finding.weight)));
    found.truncate(OF_A_TOPIC);
    found
}

fn finding(start: u32, topic: &Topic, line: &Line, before: Option<&Line>) -> Finding {
    let mut modality = modality::of(&line.small);
    // A list is bound by what stands above it: "provided that you meet these: (a) …".
    if let Some(before) = before.filter(|before| before.text.ends_with(':')) {
        modality = modality.min(modality::of(&before.small));
    }
    let at = |offset: usize| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
    Finding {
        topic: topic.name.clone(),
        modality,
        weight: 0,
        quote: cut(&line.text),
        start: at(line.range.start),
        end: at(line.range.end),
    }
}

/// Whether a word of a sentence has the stem of one of the topic's words; phrases have none.
fn has_form(line: &Line, word: &str) -> bool {
    let wanted = stem(word);
    let words = line.small.split(|letter: char| !letter.is_alphanumeric());
    !word.contains(' ') && words.into_iter().any(|word| stem(word) == wanted)
}

/// A word without the endings of English that matter here.
fn stem(word: &str) -> &str {
    let endings = ["ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "ty", "y", "e"];
    let stem = endings.iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    if stem.len() < 4 { word } else { stem }
}

fn cut(text: &str) -> String {
    let shown: String = text.chars().take(QUOTED).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}

/// Whether a finding says what a text wants of its reader.
pub fn is_answer(finding: &Finding) -> bool {
    finding.modality < Modality::Mentions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(text: &str, closely: bool) -> Section {
        let topic = Topic { name: "notice".to_owned(), words: vec!["notice".to_owned()] };
        Section { text: text.to_owned(), start: 100, topics: vec![topic], closely }
    }

    #[test]
    fn a_finding_quotes_its_sentence_and_tells_where_it_stands() {
        let reading = read(&section("Copy it. You must keep\nthe notice. Enjoy.", false));
        let [finding] = &reading.findings[..] else { panic!("{reading:?}") };
        assert_eq!((finding.modality, finding.quote.as_str()), (Modality::Binds, "You must keep the notice."));
        assert_eq!((finding.start, finding.end, reading.sentences), (109, 134, 3));
    }

    #[test]
    fn a_closer_look_sees_other_forms_and_what_a_list_is_bound_by() {
        let text = "Conditions are met as follows:\n\n(a) notices are kept.";
        assert_eq!(read(&section(text, false)).findings, []);
        let closely = read(&section(text, true));
        assert!(is_answer(&closely.findings[0]), "{closely:?}");
    }
}
