//! A hostile reply of a model. No model is called: nothing of the host reaches out, and no host call asks for one.

use std::fs;

use crate::attacks::source::{host_never_says, packages};
use crate::attacks::{Arena, Attack, Verdict};
use crate::guests::root;

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 60, name: "a hostile model", run };

fn run(arena: &Arena) -> Verdict {
    for client in ["async-openai", "anthropic", "reqwest", "ureq"] {
        assert!(!packages().iter().any(|package| package == client), "{client} is built in");
    }
    host_never_says(&["chat/completions", "v1/messages"]);
    assert!(!fs::exists(root().join("wit/v0.1/model.wit")).unwrap(), "there is a model to attack");
    let text =
        r#"(component (import "baton:plugin/model@0.1.0" (instance (export "generate" (func (result string))))))"#;
    let refused = arena.refused_at_load(text, "baton:plugin/model");
    Verdict::no_surface("no model is called", refused.error)
}
