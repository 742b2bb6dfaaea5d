//! Test data that nobody in this project wrote: where it is, and the tables of `README.md` that say how much of it passes.
//! It does not know what is tested.

use std::path::{Path, PathBuf};

/// The folder of a suite; where there is none, that is said past every capture.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    let told = format!("NOT RUN: ../shared/suites/{name} is not there, so nothing was compared with it\n");
    std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes()).expect("standard error can be written to");
    None
}

/// Compares a part of `README.md`, from its first marker to its last, with what a test counted. `INSTA_UPDATE=always`
/// writes it.
pub(crate) fn compare_with_readme(part: &str, counted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).expect("there is a README");
    let (begin, end) = (format!("<!-- {part}: begin -->\n"), format!("<!-- {part}: end -->"));
    let (before, rest) = text.split_once(&begin).expect("the part has a first marker");
    let (written, after) = rest.split_once(&end).expect("the part has a last marker");
    if written == counted {
        return;
    }
    #[expect(clippy::disallowed_methods, reason = "a test may ask whether it should write its snapshots")]
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    assert!(update, "README.md is not current; INSTA_UPDATE=always writes it. Counted:\n{counted}");
    std::fs::write(&path, [before, &begin, counted, &end, after].concat()).expect("README.md can be written");
}
