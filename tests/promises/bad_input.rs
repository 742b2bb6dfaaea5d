//! Bad input is refused early, with a position and with what would be right; nothing is lost.

use baton_runtime::{Answer, Error, Said, bundle};
use baton_tests::{Copy, Desk, Scratch, approval, example, rejection, shipped};
use serde_json::{Value, json};

fn refusal(scratch: &Scratch) -> String {
    let planned = Desk::new(scratch.path())
        .and_then(|desk| baton_runtime::workflow::plan(&desk.project, &desk.plugins).map(drop));
    shown(planned.expect_err("it was planned"), scratch)
}

fn shown(error: Error, scratch: &Scratch) -> String {
    let hint = error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    format!("{error}{hint}").replace(&scratch.path().display().to_string(), "[project]")
}

fn workflow(steps: &str) -> Scratch {
    Scratch::new(&format!("workflow: w\nsteps:\n{steps}")).agent("acts", "", "").tool(
        "crm",
        "",
        "[asks]\nstate = [\"agent\"]\n",
    )
}

#[test]
fn a_workflow_with_a_cycle() {
    insta::assert_snapshot!(refusal(&workflow(
        "  a: { agent: acts, input: { acts: \"${{ steps.b.output }}\" } }\n  b: { agent: acts, needs: [a] }\n"
    )));
}

#[test]
fn a_workflow_with_an_unknown_key_a_wrong_reference_and_a_wrong_expression() {
    let steps = "  one:\n    agnet: acts\n  two:\n    agent: acts\n    input: { acts: \"${{ steps.oen.output }}\" }\n  three:\n    agent: acst\n  four:\n    if: ${{ 1 + }}\n    tool: crm/contacts.upsrt\n";
    insta::assert_snapshot!(refusal(&workflow(steps)));
}

#[test]
fn a_workflow_whose_input_cannot_fit_the_tool() {
    let steps = "  one:\n    tool: crm/contacts.upsert\n    input: { client: { name: 7, kind: robot, country: DE }, latter: x }\n";
    insta::assert_snapshot!(refusal(&workflow(steps)));
}

#[test]
fn a_plugin_that_is_missing() {
    let scratch = Scratch::new("workflow: w\nsteps: { a: { agent: gone } }")
        .file("baton.toml", "workflow = \"w.workflow.yaml\"\n[plugins.gone]\npath = \"gone\"\n");
    insta::assert_snapshot!(refusal(&scratch));
}

#[test]
fn a_plugin_whose_component_is_not_there() {
    let scratch = workflow("  a: { agent: acts }\n");
    std::fs::remove_file(scratch.path().join("acts/acts.wasm")).unwrap();
    insta::assert_snapshot!(refusal(&scratch));
}

#[test]
fn a_plugin_that_is_no_component() {
    let module = wat::parse_str("(module)").unwrap();
    let scratch = Scratch::new("workflow: w\nsteps: { a: { agent: core } }").plugin("core", &module, "[agent]\n", "");
    insta::assert_snapshot!(refusal(&scratch));
    let scratch =
        Scratch::new("workflow: w\nsteps: { a: { agent: text } }").plugin("text", b"no wasm", "[agent]\n", "");
    insta::assert_snapshot!(refusal(&scratch));
}

#[test]
fn a_plugin_that_imports_what_nothing_provides() {
    let vault = wat::parse_str(
        r#"(component (import "acme:vault/secrets@1.0.0" (instance (export "read" (func (result string))))))"#,
    )
    .unwrap();
    insta::assert_snapshot!(refusal(&Scratch::new("workflow: w\nsteps: { a: { agent: vault } }").plugin(
        "vault",
        &vault,
        "[agent]\n",
        ""
    )));
}

#[test]
fn a_manifest_that_says_something_of_what_is_not_exported() {
    let workflow = "workflow: w\nsteps: { a: { tool: crm/contacts.get, input: { id: x } } }";
    let facts = "[tools.\"contacts.gte\"]\neffect = \"read\"\n";
    insta::assert_snapshot!(refusal(&Scratch::new(workflow).tool("crm", "", facts)));
    let agent = "[agent]\n";
    insta::assert_snapshot!(refusal(&Scratch::new(workflow).tool("crm", "", agent)));
}

#[test]
fn a_plugin_whose_component_is_not_the_pinned_one() {
    let digest = bundle::component::Component::read(&write(&shipped("crm"))).unwrap().digest.to_string();
    let terms =
        format!("digest = \"{}\"", digest.replace(&digest[7..9], if &digest[7..9] == "00" { "11" } else { "00" }));
    let scratch =
        Scratch::new("workflow: w\nsteps: { a: { tool: crm/contacts.get, input: { id: x } } }").tool("crm", &terms, "");
    assert!(refusal(&scratch).contains("sha256:"), "{}", refusal(&scratch));
}

fn write(component: &[u8]) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("baton-tests-{}.wasm", std::process::id()));
    std::fs::write(&path, component).unwrap();
    path
}

#[test]
fn an_input_that_breaks_the_schema_is_not_json_or_is_not_utf8() {
    let desk = Desk::new(&example("client-onboarding")).unwrap();
    let plan = baton_runtime::workflow::plan(&desk.project, &desk.plugins).unwrap();
    let read = |text: &[u8]| {
        let scratch = Scratch::new("").file("input.json", text);
        let error = baton_runtime::workflow::read_input(&scratch.path().join("input.json"), &plan).unwrap_err();
        shown(error, &scratch)
    };
    insta::assert_snapshot!(read(br#"{"applicant": {"name": "Ada", "kind": "robot"}, "documents": []}"#));
    insta::assert_snapshot!(read(b"{\"applicant\": \n  {,}"));
    insta::assert_snapshot!(read(b"{\"applicant\": \"\xff\xfe\"}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expression_that_costs_without_end() {
    let mut told = Vec::new();
    for bomb in ["lists.range(10000).map(x, lists.range(10000))", "['xxxxxxxx']{}"] {
        let bomb = bomb.replace("{}", &".map(s, s + s)".repeat(30));
        let scratch = workflow(&format!("  a:\n    agent: acts\n    input: {{ acts: \"${{{{ {bomb} }}}}\" }}\n"));
        let ending = Desk::new(scratch.path()).unwrap().run(&Value::Null).await.unwrap();
        told.push((ending.outcome, ending.error.unwrap().step, ending.steps[0].failure.clone()));
    }
    insta::assert_debug_snapshot!(told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_answer_to_one_question() {
    let scratch = workflow("  a:\n    approve: { question: One? }\n  b:\n    approve: { question: Two? }\n");
    let desk = Desk::new(scratch.path()).unwrap();
    let parked = desk.run(&Value::Null).await.unwrap();
    desk.answer(&parked.run, "a", approval("owner", None)).await.unwrap();
    let again = desk.host.decide(&parked.run, "a", rejection("owner")).await.unwrap_err();
    insta::assert_snapshot!(shown(again, &scratch));
    let unasked = desk.host.decide(&parked.run, "c", rejection("owner")).await.unwrap_err();
    insta::assert_snapshot!(shown(unasked, &scratch));
    let other = Answer {
        step: "b".to_owned(),
        token: Some("0123456789ab".to_owned()),
        said: Said::Decision(approval("", None)),
    };
    let other = desk.host.answer(&parked.run, &other).await.unwrap_err();
    let token = parked.waiting.iter().find(|question| question.step == "b").unwrap().token.short().to_string();
    insta::assert_snapshot!(shown(other, &scratch).replace(&token, "[token]"));
}

async fn with_document(text: String) -> (String, Option<String>) {
    let desk = Desk::new(&example("client-onboarding")).unwrap();
    let input = std::fs::read(desk.project.folder().join("clients/low-risk.json")).unwrap();
    let mut input: Value = serde_json::from_slice(&input).unwrap();
    input["documents"] = json!([{ "name": "passport.txt", "kind": "passport", "text": text }]);
    match desk.run(&input).await {
        Ok(ending) => (ending.outcome.to_owned(), ending.error.map(|error| error.message)),
        Err(error) => ("refused".to_owned(), Some(error.to_string())),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_empty() {
    let told = [with_document(String::new()).await, with_document(" \n ".to_owned()).await];
    insta::assert_debug_snapshot!(told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_20_mb() {
    let (outcome, message) = with_document("All work and no play. ".repeat(1 << 20)).await;
    assert_eq!(outcome, "failed");
    let message = message.unwrap();
    assert!(message.contains("limit") && message.contains("payload"), "{message}");
}

/// What `baton` says on stderr as it refuses, without what it tells of its progress.
fn told(copy: &Copy, arguments: &[&str]) -> String {
    let output = copy.baton(arguments);
    assert_ne!(output.status.code(), Some(0), "{arguments:?}");
    let text = String::from_utf8_lossy(&output.stderr).replace(&copy.path().display().to_string(), "[project]");
    text[text.find("error").unwrap_or_default()..].to_owned()
}

#[test]
fn an_event_that_nobody_waits_for() {
    let copy = Copy::of("event-driven");
    insta::assert_snapshot!(told(&copy, &["emit", "document.lost", "--expect"]));
    insta::assert_snapshot!(told(&copy, &["emit", "document lost"]));
}

#[test]
fn a_schedule_in_the_past() {
    let on =
        "workflow: w\non: [{ schedule: { at: 2020-02-29T08:00:00Z } }]\nsteps: { rest: { wait: { timer: 1d } } }\n";
    let copy = Copy::from(Scratch::new(on).file("baton.toml", "workflow = \"w.workflow.yaml\"\n").path());
    insta::assert_snapshot!(told(&copy, &["serve"]));
    let never = on.replace("{ at: 2020-02-29T08:00:00Z }", "0 0 30 2 *");
    let copy = Copy::from(Scratch::new(&never).file("baton.toml", "workflow = \"w.workflow.yaml\"\n").path());
    insta::assert_snapshot!(told(&copy, &["check"]));
}
