//! Every attack of the threat model is tried, and none succeeds.

use baton_tests::attacks::{ATTACKS, Arena, Mode, ROWS};
use baton_tests::each_attack;

macro_rules! tests {
    ($($section:ident::$file:ident),+ $(,)?) => {
        $(#[test]
        fn $file() {
            contained(stringify!($file));
        })+
    };
}

each_attack!(tests);

fn contained(file: &str) {
    let (_, attack) = ATTACKS.iter().find(|(name, _)| *name == file).unwrap();
    for (name, mode) in Mode::ALL {
        let verdict = (attack.run)(&Arena::new(mode));
        assert!(!verdict.outcomes.is_empty(), "row {} in mode {name} tells nothing", attack.row);
    }
}

#[test]
fn every_row_is_there_once_and_where_its_file_says() {
    let rows: Vec<u8> = ATTACKS.iter().map(|(_, attack)| attack.row).collect();
    assert_eq!(rows, (1..=ROWS).collect::<Vec<u8>>());
    for (file, attack) in ATTACKS {
        assert!(file.starts_with(&format!("attack_{:02}_", attack.row)), "{file} is row {}", attack.row);
    }
}
