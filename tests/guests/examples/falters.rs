//! A tool that goes as its caller says: well, or in one of the ways in which tools fail.

use baton_sdk::Failure;

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code; wit/acting.wit is its documentation")]
mod bindings {
    baton_sdk::tool!({ world: "tests:acting/tool", path: ["../../wit/v0.1", "wit"] });
}

struct Falters;

impl bindings::exports::tests::acting::acting::Guest for Falters {
    fn act(how: String) -> Result<String, Failure> {
        match how.as_str() {
            "transient" => Err(Failure::Transient("come back later".to_owned())),
            "invalid" => Err(Failure::Invalid("it means nothing".to_owned())),
            "declined" => Err(Failure::Declined("no".to_owned())),
            "permanent" => Err(Failure::Permanent("never".to_owned())),
            "trap" => panic!("it breaks"),
            "late" => loop {
                std::hint::spin_loop();
            },
            other => Ok(other.to_owned()),
        }
    }
}

baton_sdk::export!(Falters, bindings);
