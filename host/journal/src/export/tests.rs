//! The form, and that no change of an exported run goes unseen.

use proptest::prelude::*;

use super::*;
use crate::sample::{every_event, run};

/// The form, as files elsewhere have it: it must be readable for ever. A new form gets a new file.
const GOLDEN: &str = include_str!("golden-1.jsonl");

fn exported() -> Exported {
    let mut chain = Chain::of(&run());
    let events = every_event().into_iter().enumerate();
    let entries = events.map(|(number, event)| chain.seal(Timestamp(1_700_000_000_000 + number as u64), event));
    Exported {
        run: run(),
        entries: entries.collect(),
        components: BTreeMap::from([(Digest::of(b"crm"), b"crm".to_vec())]),
    }
}

fn written(exported: &Exported) -> String {
    let mut text = String::new();
    let write = |line: &str| -> Result<(), std::convert::Infallible> {
        text.push_str(line);
        text.push('\n');
        Ok(())
    };
    let Ok(()) = exported.write(write);
    text
}

fn read(text: &str) -> Result<Exported, NotExported> {
    let mut reader = Reader::default();
    text.lines().try_for_each(|line| reader.take(line))?;
    reader.finish()
}

#[test]
fn the_form_is_the_golden_one() {
    assert_eq!(written(&exported()), GOLDEN);
}

#[test]
fn what_is_written_is_read() {
    assert_eq!(read(GOLDEN).unwrap(), exported());
}

#[test]
fn a_line_that_is_missing_repeated_or_in_another_place_is_found() {
    let lines: Vec<&str> = GOLDEN.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let without: Vec<&str> = [&lines[..number], &lines[number + 1..]].concat();
        assert!(read(&without.join("\n")).is_err(), "line {number} may be missing");
        let twice: Vec<&str> = [&lines[..number], &[*line], &lines[number..]].concat();
        let is_content = line.starts_with("{\"payload\"") || line.starts_with("{\"component\"");
        assert!(is_content || read(&twice.join("\n")).is_err(), "line {number} may be repeated");
    }
}

#[test]
fn what_the_run_does_not_have_is_refused() {
    let mut other = exported();
    other.components.insert(Digest::of(b"other"), b"other".to_vec());
    let error = read(&written(&other)).unwrap_err();
    assert!(error.what.contains("does not use the component"), "{error}");
}

#[test]
fn every_byte_counts() {
    let (bytes, whole) = (GOLDEN.as_bytes(), exported());
    for place in 0..bytes.len() {
        for bit in [0, 5] {
            let mut changed = bytes.to_vec();
            changed[place] ^= 1 << bit;
            let Ok(text) = String::from_utf8(changed) else { continue };
            // Another spelling of the same content (`\u001B` for `\u001b`) is no other content.
            assert!(read(&text).map_or(true, |read| read == whole), "bit {bit} of byte {place} may change");
        }
    }
}

#[test]
fn every_byte_is_needed() {
    let whole = GOLDEN.trim_end();
    for length in (0..whole.len()).filter(|length| whole.is_char_boundary(*length)) {
        assert!(read(&whole[..length]).is_err(), "it may end after {length} bytes");
    }
}

proptest! {
    #[test]
    fn foreign_text_is_refused(text in "(\\{\"(baton-run|entry|payload|component)\":.{0,80}\n?){0,4}") {
        prop_assert!(read(&text).is_err());
    }
}
