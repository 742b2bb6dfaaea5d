//! The two rounds: every section once, then those of which the answers are thin once more. It does not know how sections are
//! read.

use crate::evidence::Evidence;
use crate::input::{Request, Text};
use crate::output::{Assessment, Report, Work};
use crate::plan::{AGAIN, AT_ONCE, FIRST, sections, share};
use crate::reader::{Readers, Section};

/// A piece of work, and the place of its text.
type Piece = (usize, Section);

/// Reviews the texts.
///
/// # Errors
/// There is nothing to read, or more than one round can take.
pub fn review(request: &Request, readers: &mut impl Readers) -> Result<Report, String> {
    let texts = chosen(request)?;
    let mut evidence: Vec<Evidence> = texts.iter().map(|_| Evidence::new(request.topics.len())).collect();
    let mut work = Work::default();
    let first = pieces(&texts, |_| request.topics.clone(), false);
    if first.len() > AT_ONCE {
        return Err(format!(
            "the texts have {} sections, and {AT_ONCE} can be read at once: review fewer",
            first.len()
        ));
    }
    work.first = count(&first);
    work.failed += round(request, readers, &mut evidence, first, (FIRST, 1));
    let again = pieces(&texts, |text| evidence[text].thin(&request.topics), true);
    work.again = count(&again);
    work.failed += round(request, readers, &mut evidence, again, (AGAIN, 2));
    let assess = |(text, evidence): (&&Text, Evidence)| Assessment {
        name: text.name.clone(),
        answers: evidence.answers(&request.topics, 2),
    };
    let texts = texts.iter().zip(evidence).map(assess).collect();
    Ok(Report { purpose: request.purpose.clone(), texts, work })
}

/// The texts that matter.
fn chosen(request: &Request) -> Result<Vec<&Text>, String> {
    let has = |name: &String| request.texts.iter().any(|text| text.name == *name);
    if let Some(unknown) = request.only.iter().find(|name| !has(name)) {
        return Err(format!("there is no text `{unknown}`"));
    }
    let matters = |text: &&Text| request.only.is_empty() || request.only.contains(&text.name);
    Ok(request.texts.iter().filter(matters).collect())
}

/// The sections of each text for its topics; none of a text that has no topics.
fn pieces(texts: &[&Text], topics: impl Fn(usize) -> Vec<crate::input::Topic>, closely: bool) -> Vec<Piece> {
    let of_text = |(place, text): (usize, &&Text)| -> Vec<Piece> {
        let topics = topics(place);
        let sections = if topics.is_empty() { Vec::new() } else { sections(text, &topics, closely) };
        sections.into_iter().map(|section| (place, section)).collect()
    };
    texts.iter().enumerate().flat_map(of_text).collect()
}

/// Has pieces of work done with a part of the budget; tells how many failed.
fn round(
    request: &Request,
    readers: &mut impl Readers,
    evidence: &mut [Evidence],
    pieces: Vec<Piece>,
    (part, number): (u32, u32),
) -> u32 {
    if pieces.is_empty() {
        return 0;
    }
    let (places, sections): (Vec<usize>, Vec<Section>) = pieces.into_iter().unzip();
    let readings = readers.read(&sections, share(part, sections.len()));
    let failed = readings.iter().filter(|reading| reading.is_none()).count();
    evidence.iter_mut().for_each(Evidence::begin);
    for (place, reading) in places.into_iter().zip(readings) {
        evidence[place].take(&request.topics, reading, number);
    }
    u32::try_from(failed).unwrap_or(u32::MAX)
}

fn count(pieces: &[Piece]) -> u32 {
    u32::try_from(pieces.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Topic;
    use crate::reader::{Finding, Modality, Reading};

    /// Readers who find one thing at first and another when they look closely, and what they were asked.
    struct Scripted {
        asked: Vec<(usize, u32, Vec<String>)>,
        first: Option<Modality>,
        closely: Option<Modality>,
    }

    impl Readers for Scripted {
        fn read(&mut self, sections: &[Section], share: u32) -> Vec<Option<Reading>> {
            let topics = sections[0].topics.iter().map(|topic| topic.name.clone()).collect();
            self.asked.push((sections.len(), share, topics));
            let read = |section: &Section| {
                let modality = if section.closely { self.closely } else { self.first }?;
                let quote = "quoted".to_owned();
                Some(Reading {
                    findings: vec![Finding { topic: "notice".to_owned(), modality, weight: 1, quote, start: 7 }],
                })
            };
            sections.iter().map(read).collect()
        }
    }

    fn request() -> Request {
        let topic = |name: &str| Topic { name: name.to_owned(), question: "?".to_owned(), words: Vec::new() };
        let text = |name: &str| Text { name: name.to_owned(), text: "Some text.".to_owned() };
        let topics = vec![topic("notice"), topic("patents")];
        Request { purpose: "p".to_owned(), only: Vec::new(), texts: vec![text("a"), text("b")], topics }
    }

    fn review_with(first: Option<Modality>, closely: Option<Modality>) -> (Report, Scripted) {
        let mut readers = Scripted { asked: Vec::new(), first, closely };
        (review(&request(), &mut readers).expect("it is a request"), readers)
    }

    #[test]
    fn what_is_answered_is_not_asked_again() {
        let (report, readers) = review_with(Some(Modality::Binds), Some(Modality::Mentions));
        assert_eq!(readers.asked[0], (2, 30, vec!["notice".to_owned(), "patents".to_owned()]));
        assert_eq!(readers.asked[1], (2, 40, vec!["patents".to_owned()]));
        let answers = &report.texts[0].answers;
        assert_eq!((answers[0].modality, answers[0].round), (Some(Modality::Binds), 1));
        assert_eq!((answers[1].modality, answers[1].round), (None, 2));
    }

    #[test]
    fn what_is_only_mentioned_is_read_again() {
        let (report, readers) = review_with(Some(Modality::Mentions), Some(Modality::Forbids));
        assert_eq!(readers.asked[1].2, ["notice", "patents"]);
        assert_eq!(
            (report.texts[1].answers[0].modality, report.texts[1].answers[0].round),
            (Some(Modality::Forbids), 2)
        );
    }

    #[test]
    fn what_a_reader_failed_at_is_read_again() {
        let (report, _) = review_with(None, Some(Modality::Allows));
        assert_eq!(report.work, Work { first: 2, again: 2, failed: 2 });
        assert_eq!(report.texts[0].answers[0].modality, Some(Modality::Allows));
    }

    #[test]
    fn a_text_that_is_not_there_is_refused() {
        let request = Request { only: vec!["c".to_owned()], ..request() };
        let mut readers = Scripted { asked: Vec::new(), first: None, closely: None };
        assert_eq!(review(&request, &mut readers).unwrap_err(), "there is no text `c`");
    }
}
