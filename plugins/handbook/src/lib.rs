//! Searches the pages of a handbook: a tool over a folder that it may read. It knows no language; [`search`] compares letters.

mod search;

use std::fs;
use std::io;

use baton_sdk::Failure;

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code; wit/handbook.wit is its documentation")]
mod bindings {
    baton_sdk::tool!({
        world: "baton:handbook/handbook",
        path: ["../../wit/v0.1", "wit"],
        additional_derives: [Clone, PartialEq, Eq],
    });
}

use bindings::exports::baton::handbook::pages::{Guest, Passage};

/// The folder as the tool sees it.
const FOLDER: &str = "/handbook";

struct Handbook;

impl Guest for Handbook {
    fn search(words: Vec<String>) -> Result<Vec<Passage>, Failure> {
        let pages = pages().map_err(|error| Failure::Permanent(format!("{FOLDER} cannot be read: {error}")))?;
        Ok(pages.iter().flat_map(|(name, text)| search::search(name, text, &words)).collect())
    }
}

/// The pages with their names, in the order of these.
fn pages() -> io::Result<Vec<(String, String)>> {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(FOLDER)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let read = |name: String| fs::read_to_string(format!("{FOLDER}/{name}")).map(|text| (name, text));
    names.into_iter().map(read).collect()
}

baton_sdk::export!(Handbook, bindings);
