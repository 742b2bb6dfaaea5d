//! The example in the repository loads.

use std::collections::BTreeMap;
use std::path::Path;

use baton_policy::Effect;
use serde_json::json;

use crate::{AgentFacts, Catalog, Plan, PluginFacts, ToolFacts};

#[test]
fn client_onboarding_loads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/client-onboarding");
    let file = "client-onboarding.workflow.yaml";
    let text = std::fs::read(folder.join(file)).expect("the example is there");
    let files = |path: &str| std::fs::read(folder.join(path)).map_err(|error| error.to_string());
    match Plan::parse(file, &text, &files, &catalog()) {
        Ok(plan) => assert_eq!(plan.name(), "client-onboarding"),
        Err(problems) => panic!("{problems}"),
    }
}

/// The example's plugins: agents with their schemas, tools with nothing known about theirs.
fn catalog() -> Catalog {
    let agent = |name: &str| {
        let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins").join(name).join("schemas");
        let schema = |file: &str| {
            let text = std::fs::read_to_string(schemas.join(file)).expect("the schema is there");
            Some(serde_json::from_str(&text).expect("the schema is JSON"))
        };
        let agent = AgentFacts { input_schema: schema("input.json"), output_schema: schema("output.json") };
        PluginFacts { agent: Some(agent), tools: BTreeMap::new() }
    };
    let tools = |names: &[&str]| PluginFacts {
        agent: None,
        tools: names.iter().map(|name| ((*name).to_owned(), tool())).collect(),
    };
    let plugins = [
        ("summariser", agent("summariser")),
        ("compliance", agent("compliance")),
        ("letter-writer", agent("letter-writer")),
        ("crm", tools(&["contacts.upsert", "contacts.remove"])),
        ("billing", tools(&["accounts.open", "invoices.issue"])),
    ];
    Catalog { plugins: plugins.into_iter().map(|(name, facts)| (name.to_owned(), facts)).collect() }
}

fn tool() -> ToolFacts {
    ToolFacts { parameters: json!({"type": "object"}), returns: json!({}), idempotent: true, effect: Effect::Write }
}
