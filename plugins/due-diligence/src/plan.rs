//! Texts as sections, and the share of the budget that each is worth. It does not know who reads them.

use crate::input::{Text, Topic};
use crate::reader::Section;

/// The largest section, in bytes: about a page and a half, so that a reader who runs out of its share loses no more.
const MOST: usize = 6_000;

/// The most sections of one round: as many as can be at work at the same time.
pub const AT_ONCE: usize = 64;

/// The part of what is left that the first round may spend, in percent: a second one must be possible.
pub const FIRST: u32 = 60;

/// The part that the second round may spend: what remains writes the report.
pub const AGAIN: u32 = 80;

/// The sections of a text. Each ends with a paragraph where that is possible.
pub fn sections(text: &Text, topics: &[Topic], closely: bool) -> Vec<Section> {
    let (mut sections, mut start) = (Vec::new(), 0);
    while start < text.text.len() {
        let end = start + end_of_section(&text.text[start..]);
        let topics = topics.iter().map(Into::into).collect();
        let offset = u32::try_from(start).unwrap_or(u32::MAX);
        sections.push(Section { text: text.text[start..end].to_owned(), start: offset, topics, closely });
        start = end;
    }
    sections
}

fn end_of_section(rest: &str) -> usize {
    if rest.len() <= MOST {
        return rest.len();
    }
    let most = &rest[..rest.floor_char_boundary(MOST)];
    most.rfind("\n\n").map(|at| at + 2).filter(|end| *end > MOST / 4).unwrap_or(most.len())
}

/// The share of each of so many pieces of work.
pub fn share(all: u32, pieces: usize) -> u32 {
    (all / u32::try_from(pieces.max(1)).unwrap_or(u32::MAX)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_the_text_and_end_with_paragraphs() {
        let text = (0..900).map(|n| format!("Paragraph {n} ends here.\n\n")).collect::<String>();
        let text = Text { name: "a".to_owned(), text };
        let sections = sections(&text, &[], false);
        assert!(sections.len() > 3 && sections.iter().all(|section| section.text.len() <= MOST));
        assert_eq!(sections.iter().map(|section| section.text.as_str()).collect::<String>(), text.text);
        assert!(sections.iter().all(|section| section.text.ends_with("here.\n\n")));
        assert_eq!(sections[1].start as usize, sections[0].text.len());
    }

    #[test]
    fn shares_are_no_more_than_there_is() {
        for pieces in 1..=AT_ONCE {
            assert!(share(AGAIN, pieces) as usize * pieces <= 100, "{pieces}");
        }
    }
}
