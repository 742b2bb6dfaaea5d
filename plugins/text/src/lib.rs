//! Reads texts: a tool that computes and asks for nothing.

mod keywords;
mod language;
mod readability;
mod small_words;
mod tidy;
mod words;

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code; wit/text.wit is its documentation")]
mod bindings {
    baton_sdk::tool!({
        world: "baton:text/text",
        path: ["../../wit/v0.1", "wit"],
        additional_derives: [Clone, PartialEq],
    });
}

use baton_sdk::Failure;

use bindings::exports::baton::text::texts::{Guess, Guest, Keyword, Reading};

struct Text;

impl Guest for Text {
    fn tidy(text: String) -> String {
        tidy::tidy(&text)
    }

    fn keywords(text: String, count: u32) -> Vec<Keyword> {
        keywords::keywords(&text, count as usize)
    }

    fn language(text: String) -> Result<Guess, Failure> {
        language::guess(&text)
    }

    fn readability(text: String) -> Result<Reading, Failure> {
        readability::reading(&text)
    }
}

baton_sdk::export!(Text, bindings);
