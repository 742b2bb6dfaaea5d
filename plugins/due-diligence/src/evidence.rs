//! What was found of one text, and what of it is thin. It does not know who found it.

use crate::input::Topic;
use crate::output::Answer;
use crate::reader::{Finding, Modality, Reading};

/// The best finding of each topic so far, with the round that it is of.
#[derive(Debug)]
pub struct Evidence {
    best: Vec<Option<(Finding, u32)>>,
    /// Whether a part of the text was not read in the last round.
    unread: bool,
}

/// What answers goes before what only mentions, and then what is more about the topic.
fn worth(finding: &Finding) -> (bool, u32) {
    (finding.modality != Modality::Mentions, finding.weight)
}

impl Evidence {
    /// Nothing is known yet of so many topics.
    pub fn new(topics: usize) -> Self {
        Evidence { best: vec![None; topics], unread: false }
    }

    /// A round begins.
    pub fn begin(&mut self) {
        self.unread = false;
    }

    /// Takes what a reader found, or that it failed.
    pub fn take(&mut self, topics: &[Topic], reading: Option<Reading>, round: u32) {
        let Some(reading) = reading else {
            self.unread = true;
            return;
        };
        for finding in reading.findings {
            let Some(place) = topics.iter().position(|topic| topic.name == finding.topic) else { continue };
            let is_better = self.best[place].as_ref().is_none_or(|(best, _)| worth(&finding) > worth(best));
            if is_better {
                self.best[place] = Some((finding, round));
            }
        }
    }

    /// The topics of which nothing is known but that they are mentioned; all, if something was not read.
    pub fn thin(&self, topics: &[Topic]) -> Vec<Topic> {
        let is_thin = |best: &Option<(Finding, u32)>| {
            self.unread || best.as_ref().is_none_or(|(finding, _)| finding.modality == Modality::Mentions)
        };
        topics.iter().zip(&self.best).filter(|(_, best)| is_thin(best)).map(|(topic, _)| topic.clone()).collect()
    }

    /// The answers after so many rounds.
    pub fn answers(self, topics: &[Topic], rounds: u32) -> Vec<Answer> {
        let answer = |(topic, best): (&Topic, Option<(Finding, u32)>)| {
            let (finding, round) = best.map_or((None, rounds), |(finding, round)| (Some(finding), round));
            Answer {
                topic: topic.name.clone(),
                question: topic.question.clone(),
                modality: finding.as_ref().map(|finding| finding.modality),
                start: finding.as_ref().map(|finding| finding.start),
                quote: finding.map(|finding| finding.quote),
                round,
            }
        };
        topics.iter().zip(self.best).map(answer).collect()
    }
}
