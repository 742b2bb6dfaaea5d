//! Cuts a block into sentences, list items and labelled fields, and leaves headings out.
//! It knows abbreviations, initials, numbers and wrapped lines, but nothing of which sentence matters.

mod line;
mod split;

use std::ops::Range;

use self::line::{Line, LineKind};

/// What sort of sentence it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SentenceKind {
    /// A sentence of running text or of a list.
    Prose,
    /// A label with its value, or a row of a table.
    Field,
}

/// A sentence and where it stands in the text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sentence {
    /// What sort of sentence it is.
    pub kind: SentenceKind,
    /// Its part of the text, in bytes.
    pub part: Range<usize>,
}

/// The sentences of a block.
#[must_use]
pub fn sentences(text: &str, block: Range<usize>) -> Vec<Sentence> {
    let lines = line::lines(text, block);
    let mut sentences = Vec::new();
    let mut run: Option<Range<usize>> = None;
    for line in &lines {
        match line.kind(lines.len()) {
            LineKind::Text if line.continues => run = Some(join(run, line)),
            kind => {
                flush(text, run.take(), &mut sentences);
                match kind {
                    LineKind::Heading => {}
                    LineKind::Field => sentences.push(Sentence { kind: SentenceKind::Field, part: line.part.clone() }),
                    LineKind::Text | LineKind::Item => run = Some(line.part.clone()),
                }
            }
        }
    }
    flush(text, run, &mut sentences);
    sentences
}

fn join(run: Option<Range<usize>>, line: &Line<'_>) -> Range<usize> {
    run.map_or_else(|| line.part.clone(), |run| run.start..line.part.end)
}

fn flush(text: &str, run: Option<Range<usize>>, sentences: &mut Vec<Sentence>) {
    for part in run.into_iter().flat_map(|run| split::split(text, run)) {
        sentences.push(Sentence { kind: SentenceKind::Prose, part });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let found: Vec<_> = crate::scan::blocks(text)
            .flat_map(|block| sentences(text, block))
            .map(|sentence| text[sentence.part].to_owned())
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn abbreviations_initials_and_numbers_end_no_sentence() {
        check(
            "Dr. J. R. Vance paid EUR 3.50 to Acme Ltd. of No. 5 St. James St. in Oslo. He left.",
            &["Dr. J. R. Vance paid EUR 3.50 to Acme Ltd. of No. 5 St. James St. in Oslo.", "He left."],
        );
        check("It was sold to Acme Ltd. The price was fair.", &["It was sold to Acme Ltd.", "The price was fair."]);
        check("Is it so? Yes! “Fine.” Done…", &["Is it so?", "Yes!", "“Fine.”", "Done…"]);
    }

    #[test]
    fn headings_are_left_out_and_lists_are_cut() {
        check(
            "CERTIFICATE\n\n1. Share capital\n\nThe duties are:\n- to keep books;\n- to report.\n\n(a) The board meets.",
            &["The duties are:", "to keep books;", "to report.", "The board meets."],
        );
    }

    #[test]
    fn fields_stand_alone_and_wrapped_lines_are_joined() {
        check("Surname: HOLM\nGiven names: IDA MARIE", &["Surname: HOLM", "Given names: IDA MARIE"]);
        let wrapped = "The register shows that the company has issued one hundred\nshares. They are fully paid.";
        check(
            wrapped,
            &["The register shows that the company has issued one hundred\nshares.", "They are fully paid."],
        );
    }
}
