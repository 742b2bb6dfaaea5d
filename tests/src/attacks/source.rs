//! The house as it is written: for attacks on what must not be there. It does not know what it is searched for.

use std::fs;
use std::path::Path;

use crate::guests::root;

/// The names of all packages that the host is built from.
pub(crate) fn packages() -> Vec<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"').map(ToOwned::to_owned)).collect()
}

/// Asserts that no line of the host's code, its own tests apart, has one of these words.
pub(crate) fn host_never_says(words: &[&str]) {
    only_says_in("nowhere", words);
}

/// The same, but for one file.
pub(crate) fn only_says_in(file: &str, words: &[&str]) {
    let (mut files, host) = (0, root().join("host"));
    each_source(&host, &mut |path, text| {
        files += 1;
        let word = words.iter().find(|word| text.contains(**word) && path != host.join(file));
        assert!(word.is_none(), "{} has {}", path.display(), word.unwrap());
    });
    assert!(files > 100, "the host's code was not found");
}

fn each_source(folder: &Path, look: &mut impl FnMut(&Path, &str)) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.file_name().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            each_source(&path, look);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            look(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}
