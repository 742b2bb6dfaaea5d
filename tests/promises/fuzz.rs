//! The readers of strangers' bytes survive changed samples. `tests/fuzz` goes on from there with coverage.

use baton_tests::fuzz::{TARGETS, changed_samples};

const INPUTS: u64 = 2_000;

fn survives(name: &str) {
    let (_, read, samples) = TARGETS.iter().find(|(known, ..)| *known == name).unwrap();
    samples.iter().for_each(|sample| read(sample));
    changed_samples(samples, INPUTS).for_each(|input| read(&input));
}

macro_rules! survive {
    ($($name:ident),+) => {
        $(#[test]
        fn $name() {
            survives(stringify!($name));
        })+

        #[test]
        fn every_reader_is_tried_here_and_has_a_fuzz_target() {
            assert_eq!(TARGETS.map(|(name, ..)| name), [$(stringify!($name)),+]);
            let targets = std::fs::read_to_string(baton_tests::root().join("tests/fuzz/Cargo.toml")).unwrap();
            $(assert!(targets.contains(concat!("name = \"", stringify!($name), "\"")));)+
        }
    };
}

survive!(
    component_loader,
    wit_json_values,
    workflow_parser,
    expression_evaluator,
    grant_matcher,
    journal_reader,
    manifest_reader
);
