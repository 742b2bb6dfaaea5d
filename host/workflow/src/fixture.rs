//! What tests of workflows share: a few files and a few plugins.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use baton_policy::Effect;
use serde_json::{Value, json};

use crate::catalog::{AgentFacts, Catalog, PluginFacts, ToolFacts};
use crate::language::published;
use crate::plan::Plan;
use crate::problem::Problems;
use crate::schema::Schema;
use crate::source;

/// The file's name in error texts.
pub(crate) const FILE: &str = "test.workflow.yaml";

/// Parses a workflow with the fixture's files and plugins. One that is good fits the published schema.
pub(crate) fn parse(text: &str) -> Result<Plan, Problems> {
    let plan = Plan::parse(FILE, text.as_bytes(), &file, &catalog());
    if plan.is_ok() {
        let tree = source::parse(text.as_bytes()).expect("it was parsed before").to_value();
        assert_eq!(fits_published(&tree), Ok(()), "{text}");
    }
    plan
}

/// Checks a file against the published schema.
pub(crate) fn fits_published(file: &Value) -> Result<(), Vec<String>> {
    static SCHEMA: LazyLock<Schema> =
        LazyLock::new(|| Schema::compile("the published schema", &published()).expect("it is a schema"));
    SCHEMA.check(file)
}

/// A workflow that must be good.
pub(crate) fn plan(text: &str) -> Plan {
    match parse(text) {
        Ok(plan) => plan,
        Err(problems) => panic!("{problems}"),
    }
}

/// A file by its path.
pub(crate) fn file(path: &str) -> Result<Vec<u8>, String> {
    let text = match path {
        "application.json" => APPLICATION,
        "risk.json" => RISK,
        "shape.json" => r#"{"type": "object", "properties": {"good": {"const": true}, "done": {"type": "boolean"}}}"#,
        "answer.yaml" => "type: object\nrequired: [text]\nproperties: { text: { type: string } }\n",
        "rates.json" => {
            r#"{"type": "object", "properties": {"rate": {"type": "number"}, "count": {"type": "integer"}, "any": true}}"#
        }
        "rules.json" => r#"{"countries": ["DE", "FR"], "limit": 3}"#,
        "letter.md" => "Dear ${{ name }},\n",
        "mail.md" => "Dear {{ input.name }} ${ item },\n",
        "inner.yaml" => INNER,
        "asking.yaml" => "workflow: asking\nsteps:\n  only: { agent: any, on_exhausted: ask }\n",
        "bad.json" => "{\"a\": 1, \"a\": 2}",
        "bad.yaml" => "a: &x 1",
        "remote.json" => r#"{"$ref": "https://example.com/schema.json"}"#,
        "wrong.json" => r#"{"type": "strin"}"#,
        "latin.txt" => return Ok(vec![0xe4]),
        _ => return Err("no such file".to_owned()),
    };
    Ok(text.as_bytes().to_vec())
}

const APPLICATION: &str = r#"{
  "type": "object", "required": ["applicant", "documents"],
  "properties": {
    "applicant": {"type": "object", "required": ["name"], "additionalProperties": false,
                  "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}},
    "documents": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string"}}}},
    "note": {"type": "string"}
  }
}"#;

const INNER: &str = r#"
workflow: inner
steps:
  one: { agent: any, input: { n: "${{ input.n }}" }, compensate: { agent: any } }
  two: { agent: any, needs: [one] }
output: "${{ steps.two.output }}"
"#;

const RISK: &str = r#"{
  "type": "object", "required": ["risk"],
  "properties": {"risk": {"enum": ["low", "high"]}, "findings": {"type": "array", "items": {"type": "string"}}}
}"#;

/// A few plugins.
pub(crate) fn catalog() -> Catalog {
    let agent = |input: Option<Value>, output: Option<Value>| PluginFacts {
        agent: Some(AgentFacts { input_schema: input, output_schema: output }),
        tools: BTreeMap::new(),
    };
    let document = json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}});
    let summariser = json!({"type": "object", "required": ["document"], "additionalProperties": false,
                            "properties": {"document": document, "sentences": {"type": "integer"}}});
    let compliance = json!({"type": "object", "required": ["applicant"], "additionalProperties": false,
        "properties": {"applicant": {"type": "object"}, "level": {"enum": ["brief", "full"]}, "summaries": {"type": "array"}}});
    let tool = |effect, idempotent| ToolFacts {
        parameters: json!({"type": "object", "required": ["client"], "additionalProperties": false,
                           "properties": {"client": {"type": "object"}, "letter": {"type": "string"}}}),
        returns: json!({"type": "object", "properties": {"id": {"type": "string"}}, "additionalProperties": false}),
        idempotent,
        effect,
    };
    let tools = BTreeMap::from([
        ("contacts.upsert".to_owned(), tool(Effect::Write, true)),
        ("contacts.create".to_owned(), tool(Effect::Write, false)),
    ]);
    let plugins = [
        ("any", agent(None, None)),
        (
            "summariser",
            agent(Some(summariser), Some(json!({"type": "object", "properties": {"summary": {"type": "string"}}}))),
        ),
        ("compliance", agent(Some(compliance), None)),
        ("crm", PluginFacts { agent: None, tools }),
    ];
    Catalog { plugins: plugins.into_iter().map(|(name, facts)| (name.to_owned(), facts)).collect() }
}
