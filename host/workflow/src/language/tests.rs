//! Tests of the language: what is refused, with its place, and what a good file says.

use serde_json::{Value, json};

use crate::fixture::{parse, plan};
use crate::plan::Plan;
use crate::problem::Code;

mod bad;
mod compare;
mod digest;
mod example;
mod golden;
mod hostile;
mod lookalike;
mod never;
mod once;
mod people;
mod published;
mod triggers;
mod validation;

/// A file in which only the steps differ.
fn with_steps(steps: &str) -> String {
    format!("workflow: test\ninput: {{ schema: application.json }}\ndata: {{ rules: rules.json }}\nsteps:\n{steps}")
}

/// The problems of a file, each as `LINE:COLUMN CODE message [hint]`.
fn problems(text: &str) -> Vec<String> {
    let Err(problems) = parse(text) else { return Vec::new() };
    let line = |problem: crate::Problem| {
        let hint = problem.hint.map_or_else(String::new, |hint| format!(" [{hint}]"));
        format!("{} {} {}{hint}", problem.span.start, problem.code.as_str(), problem.message)
    };
    problems.0.into_iter().map(line).collect()
}

#[test]
fn a_whole_workflow_is_read() {
    let plan = plan(WHOLE);
    assert_eq!(plan.name(), "client-onboarding");
    assert_eq!(plan.plugins(), ["any", "compliance", "crm", "summariser"]);
    assert!(plan.check_input(&json!({"applicant": {"name": "Ada"}, "documents": []})).is_ok());
    assert!(plan.check_input(&json!({"documents": []})).is_err());
    let text = plan.to_json();
    let mut value: Value = serde_json::from_str(&text).expect("it is JSON");
    for step in value["steps"].as_array_mut().expect("there are steps") {
        let invoke = step["work"].get_mut("invoke").and_then(Value::as_object_mut);
        invoke.into_iter().for_each(|invoke| invoke.retain(|key, _| key != "takes" && key != "gives"));
    }
    insta::assert_json_snapshot!("a_whole_workflow", value);
    let again = Plan::from_json(&text).expect("it is a plan");
    assert_eq!((again.digest(), &again), (plan.digest(), &plan));
}

pub(super) const WHOLE: &str = r#"
workflow: client-onboarding
input:  { schema: application.json }
data: { rules: rules.json, letter: letter.md }
budget: { wall: 30m, fuel: 200G, calls: 500, bytes: 64MiB }
steps:
  summarise:
    for_each: ${{ input.documents }}
    max_parallel: 2
    agent: summariser
    input: { document: "${{ item }}", sentences: 3 }
  compliance:
    agent: compliance
    input: { applicant: "${{ input.applicant }}", summaries: "${{ steps.summarise.output.map(s, s.summary) }}" }
    output: risk.json
    check: ["output.risk in ['low', 'high']", "size(output.findings) < data.rules.limit"]
    retry: { max: 3, backoff: 1s, factor: 2, jitter: true }
    timeout: 2m
    budget: { fuel: 10G, calls: 20 }
    on_failure: { then: sign_off }
  sign_off:
    if: ${{ steps.compliance.output.risk != 'low' }}
    approve:
      question: Take ${{ input.applicant.name }} on?
      show: ${{ steps.compliance.output }}
      roles: [partner]
      timeout: 2d
      answer: answer.yaml
  letter:
    needs: [sign_off]
    agent: any
    input:
      text: |
        For ${{ input.applicant.name }}:
        ${{ steps.sign_off.output.answer.text }}
      fixed: [1, two, { three: 3.5 }]
    on_failure: { continue: { id: none, of: "${{ input.applicant.name }}" } }
  crm:
    tool: crm/contacts.upsert
    input: { client: "${{ input.applicant }}", letter: "${{ steps.letter.output.id }}" }
output: { risk: "${{ steps.compliance.output.risk }}", crm: "${{ steps.crm.output.id }}" }
"#;

#[test]
fn a_plan_that_was_tampered_with_is_refused() {
    let text = plan(WHOLE).to_json();
    let check = |from: &str, to: &str, expect: &str| {
        assert!(text.contains(from), "{from}");
        let error = Plan::from_json(&text.replace(from, to)).expect_err(to).to_string();
        assert!(error.contains(expect), "{error}");
    };
    check("\"format\":1", "\"format\":2", "its format is 2");
    check("steps.letter.output.id", "steps.other.output.id", "there is no step `other`");
    check("steps.letter.output.id", "steps.letter.output.", "ends too early");
    check("\"name\":\"letter\"", "\"name\":\"crm\"", "malformed");
    check("\"then\":\"sign_off\"", "\"then\":\"summarise\"", "wait for each other");
    check("\"max_parallel\":2", "\"max_parallel\":0", "step `summarise` is beyond the limits");
    check("\"max_parallel\"", "\"most_parallel\"", "unknown field");
    assert!(Plan::from_json("{}").is_err() && Plan::from_json("").is_err());
}

#[test]
fn problems_read_well() {
    let text = with_steps(
        "  compliance:\n    agent: complience\n    inputs: { applicant: \"${{ input.aplicant }}\" }\n    check: [\"output.risk =! 'low'\"]\n  letter:\n    agent: any\n    input: { of: \"${{ steps.compliance.output.risk }} of ${{ input.aplicant.name }}\" }\n",
    );
    insta::assert_snapshot!("problems_read_well", parse(&text).expect_err("it is bad").to_string());
}

#[test]
fn every_code_is_stable() {
    let codes: Vec<&str> = [Code::Yaml, Code::Cycle, Code::Never].into_iter().map(Code::as_str).collect();
    assert_eq!(codes, ["W0001", "W0012", "W0013"]);
}
