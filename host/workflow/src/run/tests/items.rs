//! Steps that run for each item.

use serde_json::json;

use super::world::{self, World, invoke, sites};
use crate::run::{Progress, StepStatus};

fn three() -> World {
    World::new(
        "  a: { agent: any, for_each: \"${{ input.list }}\", max_parallel: 2, input: { x: \"${{ item }}\", i: \"${{ index }}\" }, retry: { max: 1 } }
output: \"${{ steps.a.output }}\"",
    )
    .with_input(json!({"list": ["x", "y", "z"]}))
}

#[test]
fn items_run_in_parallel_and_end_in_order() {
    let mut world = three();
    let actions = world.begin();
    assert_eq!(sites(&actions), ["a[0]", "a[1]"]);
    assert_eq!(invoke(&actions[1]).input.as_str(), Some(r#"{"i":1,"x":"y"}"#));
    assert_eq!(sites(&world.complete("a[1]", json!(1))), ["a[2]"]);
    assert_eq!(world.run.steps().next().and_then(|step| step.items), Some(Progress { done: 1, total: 3 }));
    world.complete("a[2]", json!(2));
    let actions = world.complete("a[0]", json!(0));
    assert_eq!(world::output(&actions), json!([0, 1, 2]));
}

#[test]
fn no_items_are_an_empty_list() {
    let mut world = three().with_input(json!({"list": []}));
    let actions = world.begin();
    assert_eq!(world::output(&actions), json!([]));
    assert_eq!(world.status("a"), StepStatus::Completed);
}

#[test]
fn each_item_has_its_own_attempts() {
    let mut world = three();
    world.begin();
    assert_eq!(sites(&world.fail("a[0]", 1, world::transient())), ["wait a[0]"]);
    assert_eq!(sites(&world.complete("a[1]", json!(1))), ["a[2]"], "a delay keeps its place");
    let actions = world.fire("a[0]", 2);
    assert_eq!((sites(&actions), invoke(&actions[0]).attempt), (vec!["a[0]".to_owned()], 2));
    world.complete("a[2]", json!(2));
    assert_eq!(world::output(&world.complete("a[0]", json!(0))), json!([0, 1, 2]));
}

#[test]
fn the_first_failed_item_fails_the_step_when_the_others_have_ended() {
    let mut world = three();
    world.begin();
    assert_eq!(world.fail("a[1]", 1, world::permanent()), []);
    let actions = world.complete("a[0]", json!(0));
    assert_eq!(world::message(&actions), "permanent: item 1: never");
}

#[test]
fn too_many_items_and_no_list_fail_the_step() {
    let mut world = three().with_input(json!({"list": vec![0; 10_001]}));
    let actions = world.begin();
    assert!(world::message(&actions).contains("10001 items, more than its fan_out budget of 10k"), "{actions:?}");
    let mut world = three().with_input(json!({"list": {"a": 1}}));
    let actions = world.begin();
    assert!(world::message(&actions).contains("`for_each` is no list"), "{actions:?}");
}

#[test]
fn checks_see_the_item() {
    let mut world =
        World::new("  a: { agent: any, for_each: \"${{ input.list }}\", check: [\"output == item + string(index)\"] }")
            .with_input(json!({"list": ["x", "y"]}));
    world.begin();
    world.complete("a[0]", json!("x0"));
    let actions = world.complete("a[1]", json!("y0"));
    assert!(
        world::message(&actions)
            .contains("item 1: the output does not pass: the check `output == item + string(index)` does not hold")
    );
}

#[test]
fn the_most_items_are_no_burden() {
    let mut world = three().with_input(json!({"list": vec!["x"; 10_000]}));
    world.begin();
    for item in 0..10_000 {
        world.complete(&format!("a[{item}]"), json!(item));
    }
    assert_eq!(world.status("a"), StepStatus::Completed);
}
