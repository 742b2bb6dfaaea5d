//! The host inside another program: a plugin is loaded and granted something, and a workflow of two steps calls it.
//! Run it with `cargo run -p baton-runtime --example embed`.

#![expect(clippy::print_stdout, reason = "an example shows what it did")]

use std::{collections::BTreeMap, path::Path, sync::Arc};

use baton_runtime::bundle::{Plugin, plugin::Terms};
use baton_runtime::plan::Plan;
use baton_runtime::policy::{Grants, Isolation, Limits};
use baton_runtime::{Host, Options, Plugins, Silent, build};

const WORKFLOW: &str = r#"
workflow: take-down-a-name
steps:
  contact:
    tool: crm/contacts.upsert
    input: { client: "${{ input }}" }
  look:
    tool: crm/contacts.get
    input: { id: "${{ steps.contact.output.id }}" }
output: ${{ steps.look.output }}
"#;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("store.db");
    let host = Host::open(&Options {
        store,
        cache: None,
        worker: None,
        secrets: Default::default(),
        quota: Default::default(),
        budget: Default::default(),
    })?;

    // The plugin asks for state of its own in its plugin.toml; here it is granted, and its limits are set.
    let grants = Grants { state: serde_json::from_str(r#"["agent"]"#)?, ..Grants::default() };
    let (name, folders, limits) = ("crm".parse()?, BTreeMap::new(), Limits::default());
    let terms = Terms {
        name,
        build: true,
        grants,
        folders,
        limits,
        digest: None,
        price: Default::default(),
        isolation: Isolation::Shared,
        on_unknown: Default::default(),
        guarding: Default::default(),
    };
    let crm = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/crm"));
    build::build_plugin(&Plugin::load(crm, terms.clone())?, &mut |news| println!("{news:?}"))?;
    let plugins = Plugins::load_one(crm, terms, host.sandbox())?;

    let no_files = |_: &str| Err("this workflow names no files".to_owned());
    let plan = Plan::parse("embedded", WORKFLOW.as_bytes(), &no_files, &plugins.catalog())?;
    let input = serde_json::json!({ "name": "Ada Lovelace", "kind": "person", "country": "GB" });
    let ending = host.start(plan, &plugins, &input, Arc::new(Silent)).await?;
    println!("{}: {:#}", ending.outcome, ending.output.unwrap_or_default());
    Ok(())
}
