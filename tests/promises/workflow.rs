//! What a workflow promises when guests misbehave: the run ends, says why, and takes the path that was written for it.

use baton_journal::Outcome;
use baton_runtime::Ending;
use baton_tests::{Desk, Scratch};
use serde_json::json;

async fn run(scratch: &Scratch) -> (Desk, Ending) {
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&json!({})).await.unwrap();
    (desk, ending)
}

fn one_step(agent: &str, input: &str) -> String {
    format!(
        "workflow: w\nsteps:\n  only:\n    agent: {agent}\n    input: {input}\noutput: ${{{{ steps.only.output }}}}\n"
    )
}

fn message(ending: &Ending) -> &str {
    &ending.error.as_ref().unwrap_or_else(|| panic!("{} ended as {}", ending.run, ending.outcome)).message
}

#[tokio::test]
async fn an_answer_that_is_no_json_fails_the_step_and_says_where() {
    let scratch = Scratch::new(&one_step("says-no-json", "{}")).agent("says_no_json", "", "");
    let (_, ending) = run(&scratch).await;
    assert_eq!((ending.outcome, ending.steps[0].outcome), ("failed", "failed"));
    assert!(message(&ending).contains("JSON"), "{}", message(&ending));
}

#[tokio::test]
async fn a_step_that_runs_out_says_which_line_to_change() {
    let scratch = Scratch::new(&one_step("loops", "{}")).agent("loops", "limits = { fuel = \"20M\" }", "");
    let (_, ending) = run(&scratch).await;
    assert_eq!(ending.outcome, "failed");
    assert!(message(&ending).contains("in baton.toml, under [plugins.loops]"), "{}", message(&ending));
}

#[tokio::test]
async fn a_transient_failure_is_tried_again_and_others_are_not() {
    for (case, attempts) in [("transient", 4), ("invalid", 1), ("declined", 1), ("permanent", 1)] {
        let input = format!("{{ acts: [{{ act: fail, case: {case}, text: no }}] }}");
        let workflow =
            one_step("acts", &input).replace("    input:", "    retry: { max: 3, backoff: 1ms }\n    input:");
        let (desk, ending) = run(&Scratch::new(&workflow).agent("acts", "", "")).await;
        assert_eq!((ending.outcome, ending.steps[0].attempts), ("failed", attempts), "{case}");
        assert_eq!(desk.outcomes(&ending.run).await.len(), attempts as usize, "{case}");
    }
}

#[tokio::test]
async fn a_failure_can_be_continued_with_a_value_or_lead_to_another_step() {
    let workflow = r#"
workflow: w
steps:
  first:
    agent: panics
    input: {}
    on_failure: { continue: { kept: 1 } }
  second:
    needs: [first]
    agent: panics
    input: {}
    on_failure: { then: fallback }
  after_second:
    agent: acts
    input: { acts: "${{ steps.second.output }}" }
  fallback:
    agent: acts
    input: { acts: [ { act: now } ] }
output: { first: "${{ steps.first.output.kept }}", fallback: "${{ steps.fallback.outcome }}", after: "${{ steps.after_second.outcome }}" }
"#;
    let (_, ending) = run(&Scratch::new(workflow).agent("panics", "", "").agent("acts", "", "")).await;
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    assert_eq!(ending.output, Some(json!({ "first": 1, "fallback": "completed", "after": "skipped" })));
}

#[tokio::test]
async fn an_agent_calls_a_tool_that_it_was_granted_and_its_result_is_an_entry() {
    let input = r#"{ acts: [ { act: tools },
        { act: call, tool: crm/contacts.upsert, arguments: { client: { name: Ada, kind: person, country: DE } } },
        { act: call-all, tool: crm/contacts.get, arguments: [ { id: C-0 }, { id: C-1 } ] },
        { act: call, tool: crm/contacts.get, arguments: { wrong: 1 } } ] }"#;
    let scratch = Scratch::new(&one_step("acts", input))
        .agent("acts", "grants = { tools = [\"crm/*\"] }", "tools = [\"crm/*\"]\n")
        .tool(
            "crm",
            "grants = { state = [\"agent\"] }",
            "[tools.\"contacts.get\"]\neffect = \"read\"\n[asks]\nstate = [\"agent\"]\n",
        );
    let (desk, ending) = run(&scratch).await;
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let told = ending.output.unwrap();
    assert_eq!(told[0], json!(["crm/contacts.get", "crm/contacts.remove", "crm/contacts.upsert"]));
    assert_eq!(told[1]["ok"]["created"], true, "{told}");
    assert_eq!(told[2], json!([{ "ok": null }, { "ok": null }]));
    assert!(told[3]["err"].as_str().unwrap().contains("wrong"), "{told}");
    let ids: Vec<String> = desk.outcomes(&ending.run).await.into_iter().map(|(id, _)| id).collect();
    assert!(ids.contains(&"only#1/1".to_owned()) && ids.contains(&"only#1".to_owned()), "{ids:?}");
}

#[tokio::test]
async fn a_tool_that_may_do_less_than_its_caller_asks_is_denied_in_its_own_name() {
    let input = r#"{ acts: [ { act: call, tool: crm/contacts.upsert, arguments: { client: { name: Ada, kind: person, country: DE } } } ] }"#;
    let scratch = Scratch::new(&one_step("acts", input))
        .agent("acts", "grants = { tools = [\"crm/contacts.upsert\"] }", "tools = [\"crm/contacts.upsert\"]\n")
        .tool("crm", "", "[asks]\nstate = [\"agent\"]\n");
    let (_, ending) = run(&scratch).await;
    let told = ending.output.unwrap().to_string();
    assert!(told.contains("`crm` may not use") && told.contains("[plugins.crm]"), "{told}");
}

#[tokio::test]
async fn a_run_ends_at_its_budget() {
    let workflow = one_step("loops", "{}").replace("steps:", "budget: { fuel: 5M }\nsteps:");
    let (desk, ending) = run(&Scratch::new(&workflow).agent("loops", "", "")).await;
    assert_eq!(ending.outcome, "failed");
    let outcomes = desk.outcomes(&ending.run).await;
    assert!(matches!(outcomes[0].1, Outcome::Exhausted { .. }), "{outcomes:?}");
    assert!(message(&ending).contains("`budget` in the workflow"), "{}", message(&ending));
}

#[tokio::test(flavor = "multi_thread")]
async fn items_run_side_by_side_and_come_back_in_order() {
    let workflow = "workflow: w\nsteps:\n  each:\n    for_each: ${{ [3, 1, 2] }}\n    max_parallel: 3\n    agent: chatters\n    input: { lines: \"${{ item }}\" }\noutput: ${{ steps.each.output }}\n";
    let (_, ending) = run(&Scratch::new(workflow).agent("chatters", "", "")).await;
    assert_eq!(ending.output, Some(json!([3, 1, 2])), "{:?}", ending.error);
}
