//! A component that is changed after it was approved: by digest before it is loaded, by the run's own copy afterwards.

use baton_runtime::bundle::Component;
use serde_json::json;

use crate::attacks::arena::wat;
use crate::attacks::caller::IDLE;
use crate::attacks::{Arena, Attack, Verdict};
use crate::{Desk, Scratch, approval};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 29, name: "swapped component", run };

const WORKFLOW: &str = "workflow: w
steps:
  ask: { approve: { question: Go on? } }
  call: { needs: [ask], tool: tool/run, input: {} }
output: ${{ steps.call.output }}
";

fn run(arena: &Arena) -> Verdict {
    Verdict::of([pinned(arena), during_a_run(arena)])
}

fn other() -> Vec<u8> {
    wat(&IDLE.replace("i32.const 1", "i32.const 666"))
}

fn pinned(arena: &Arena) -> Verdict {
    let good = arena.folder().join("good.wasm");
    std::fs::write(&good, wat(IDLE)).unwrap();
    let digest = Component::read(&good).unwrap().digest;
    let project = Scratch::new(WORKFLOW).plugin("tool", &other(), "", &format!("digest = \"{digest}\""));
    let error = Desk::new(project.path()).err().expect("it is refused").to_string();
    assert!(error.contains("sha256:"), "{error}");
    Verdict::contained("refused", error.replace(&project.path().display().to_string(), "[project]"))
}

/// A run goes on with what it began with.
fn during_a_run(arena: &Arena) -> Verdict {
    let project = Scratch::new(WORKFLOW).plugin("tool", &wat(IDLE), "", "");
    let (desk, parked) = arena.run(&project, &json!({}));
    std::fs::write(project.path().join("tool/tool.wasm"), other()).unwrap();
    let ending = arena.block_on(desk.answer(&parked.unwrap().run, "ask", approval("anybody", None))).unwrap();
    assert_eq!(ending.output, Some(json!(1)), "{:?}", ending.error);
    Verdict::contained("the run keeps its component", "")
}
