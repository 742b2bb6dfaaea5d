//! Projects whose steps do next to nothing, so that what is measured is the host's.

use crate::Scratch;

/// A tool that doubles a number.
const DOUBLE: &str = r#"(component
    (core module $m (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))
    (core instance $i (instantiate $m))
    (func (export "double") (param "number" u32) (result u32) (canon lift (core func $i "double"))))"#;

/// So many steps, each after the one before.
pub(super) fn chain(steps: usize) -> Scratch {
    let mut text = String::from("workflow: chain\nsteps:\n");
    for step in 0..steps {
        let needs = if step == 0 { String::new() } else { format!(", needs: [s{}]", step - 1) };
        text.push_str(&format!("  s{step}: {{ tool: double/double, input: {{ number: {step} }}{needs} }}\n"));
    }
    with_double(&text)
}

/// As many as the input has items, many at a time, and one that takes all of their outputs.
pub(super) fn fan_out() -> Scratch {
    with_double(
        "workflow: fan
steps:
  each: { for_each: \"${{ input }}\", max_parallel: 64, tool: double/double, input: { number: \"${{ item }}\" } }
  join: { tool: double/double, input: { number: \"${{ size(steps.each.output) }}\" } }
output: ${{ steps.join.output }}
",
    )
}

/// A question between two steps.
pub(super) fn question() -> Scratch {
    with_double(
        "workflow: ask
steps:
  before: { tool: double/double, input: { number: 1 } }
  ask: { needs: [before], approve: { question: Go on? } }
  after: { needs: [ask], tool: double/double, input: { number: 2 } }
output: ${{ steps.after.output }}
",
    )
}

fn with_double(workflow: &str) -> Scratch {
    let component = wat::parse_str(DOUBLE).unwrap();
    Scratch::new(workflow).plugin("double", &component, "[tools.double]\neffect = \"none\"\n", "")
}
