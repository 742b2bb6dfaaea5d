//! What is published for editors is what is read: the schemas of the files that people write.

use std::fs;
use std::path::{Path, PathBuf};

use baton_cli::command::schema::Of;
use baton_runtime::bundle::Manifest;
use baton_runtime::bundle::project::ProjectFile;
use baton_runtime::plan::Schema;
use baton_tests::root;
use serde_json::{Value, json};

/// Each schema, where it is committed, and how the files of its kind name it.
const PUBLISHED: [(Of, &str, &str); 3] = [
    (Of::Workflow, "workflow.json", "# yaml-language-server: $schema="),
    (Of::Project, "baton.json", "#:schema "),
    (Of::Plugin, "plugin.json", "#:schema "),
];

fn folder() -> PathBuf {
    root().join("examples/schemas")
}

fn compiled(of: Of) -> Schema {
    Schema::compile("the published schema", &of.schema()).unwrap()
}

#[test]
fn the_committed_schemas_are_current() {
    let writes = std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always");
    for (of, name, _) in PUBLISHED {
        let (path, now) = (folder().join(name), format!("{:#}\n", of.schema()));
        if writes {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&path, &now).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == now, "{} is not current: run this test with INSTA_UPDATE=always", path.display());
    }
}

/// The files of a kind that are shipped.
fn shipped(of: Of) -> Vec<PathBuf> {
    let mut found = Vec::new();
    ["examples", "plugins"].iter().for_each(|folder| find(&root().join(folder), of, &mut found));
    found
}

fn find(folder: &Path, of: Of, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let is_meant = match of {
            Of::Workflow => name.ends_with(".workflow.yaml"),
            Of::Project => name == "baton.toml",
            Of::Plugin => name == "plugin.toml",
        };
        if is_meant {
            found.push(path);
        } else if entry.file_type().unwrap().is_dir() && !name.starts_with('.') && name != "target" {
            find(&path, of, found);
        }
    }
}

#[test]
fn every_file_that_is_shipped_names_its_schema_first() {
    for (of, name, comment) in PUBLISHED {
        let files = shipped(of);
        assert!(files.len() > 5, "{files:?}");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            let named = text.lines().next().and_then(|line| line.strip_prefix(comment));
            let path = file.parent().unwrap().join(named.unwrap_or_else(|| panic!("{} names none", file.display())));
            assert_eq!(path.canonicalize().unwrap(), folder().join(name).canonicalize().unwrap(), "{}", file.display());
        }
    }
}

fn value(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

#[test]
fn every_manifest_that_is_shipped_fits_its_schema() {
    for of in [Of::Project, Of::Plugin] {
        let schema = compiled(of);
        for file in shipped(of) {
            let text = fs::read_to_string(&file).unwrap();
            assert_eq!(schema.check(&value(&text)), Ok(()), "{}", file.display());
        }
    }
}

const PROJECT: &str = r#"
workflow = "a.workflow.yaml"
workflows = ["b.workflow.yaml"]
input = "in.json"
[plugins.crm]
path = "plugins/crm"
build = true
digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
grants = { state = ["agent"], tools = ["billing/*"], agents = ["writer up to 25%"], people = ["ask"], events = ["wait order.*"], files = ["read rates at data"], environment = ["REGION=eu"], secrets = ["token"], http = ["GET https://api.example.com/*"] }
limits = { fuel = "1G", memory = "64MiB", wall = "10s", calls = 10, bytes = "1MiB", log_bytes = "1MiB", payload = "1MiB", depth = 3, repeats = 5 }
isolation = "process"
on_unknown = { "contacts.upsert" = "ask" }
circuit = { failures = 5, within = "1m", open = "30s", trials = 2 }
price = "0.002 usd"
rate = "600/min burst 20"
[plugins.crm.tools."contacts.upsert"]
circuit = "off"
rate = "1/s"
[secrets.token]
from = "env:TOKEN"
origin = "https://api.example.com"
header = "authorization"
value = "Bearer {}"
[limits]
fuel = 1000
[store]
run_bytes = "1GiB"
run_entries = 1000

[budget]
usd = "20 usd"
per = "month"
"#;

const PLUGIN: &str = r#"
name = "crm"
version = "0.1.0"
description = "Keeps contacts"
component = "crm.wasm"
[build]
cargo = "crm"
[agent]
input = "in.json"
output = "out.json"
[tools."contacts.upsert"]
description = "Adds one"
effect = "write"
idempotent = true
[asks]
state = ["agent"]
tools = ["billing/*"]
agents = ["writer"]
people = ["ask"]
events = ["emit order.paid"]
files = ["read rates"]
environment = ["REGION"]
secrets = ["token"]
http = ["GET https://api.example.com/*"]
"#;

/// Reads a manifest or a project's file.
fn read(of: Of, file: &Value) -> Result<(), String> {
    let text = toml::to_string(file).map_err(|error| error.to_string())?;
    match of {
        Of::Project => toml::from_str::<ProjectFile>(&text).map(drop).map_err(|error| error.to_string()),
        _ => Manifest::parse(Path::new("plugin.toml"), &text).map(drop).map_err(|error| error.to_string()),
    }
}

/// The places of all values in a value.
fn places(value: &Value, place: &str, found: &mut Vec<String>) {
    found.push(place.to_owned());
    match value {
        Value::Object(entries) => {
            let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
            entries.iter().for_each(|(key, value)| places(value, &format!("{place}/{}", escaped(key)), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{place}/{index}"), found));
        }
        _ => {}
    }
}

/// Calls a function with each place of a file, and the file with another value there.
fn with_each_replaced(file: &Value, by: &dyn Fn(&Value) -> Option<Value>, check: &mut dyn FnMut(&str, &Value)) {
    let mut all = Vec::new();
    places(file, "", &mut all);
    for place in all {
        let mut other = file.clone();
        let value = other.pointer_mut(&place).unwrap();
        let Some(replaced) = by(value) else { continue };
        *value = replaced;
        check(&place, &other);
    }
}

#[test]
fn an_unknown_key_of_a_manifest_is_refused_by_both() {
    for (of, text) in [(Of::Project, PROJECT), (Of::Plugin, PLUGIN)] {
        let (schema, file) = (compiled(of), value(text));
        assert_eq!((read(of, &file), schema.check(&file)), (Ok(()), Ok(())));
        let add = |value: &Value| {
            let mut entries = value.as_object()?.clone();
            entries.insert("q q".to_owned(), json!("x"));
            Some(Value::Object(entries))
        };
        with_each_replaced(&file, &add, &mut |place, other| {
            assert!(read(of, other).is_err(), "{place} is read");
            assert!(schema.check(other).is_err(), "{place} fits the schema");
        });
    }
}

#[test]
fn every_key_of_a_manifest_is_in_the_file_that_has_every_key() {
    for (of, text) in [(Of::Project, PROJECT), (Of::Plugin, PLUGIN)] {
        let mut used = Vec::new();
        places(&value(text), "", &mut used);
        let mut known = Vec::new();
        crate::docs::properties(&of.schema(), &mut known);
        let unused = known.iter().filter(|key| *key != "command" && !used.iter().any(|place| place.ends_with(*key)));
        assert_eq!(unused.collect::<Vec<_>>(), Vec::<&String>::new());
    }
}

#[test]
fn a_value_of_another_kind_is_refused_by_both() {
    for (of, text) in [(Of::Project, PROJECT), (Of::Plugin, PLUGIN)] {
        let (schema, file) = (compiled(of), value(text));
        for other in [json!(true), json!(1.5), json!({ "q q": [] }), json!([[]]), json!("")] {
            let replace = |value: &Value| (*value != other).then(|| other.clone());
            with_each_replaced(&file, &replace, &mut |place, file| {
                let (read, fits) = (read(of, file), schema.check(file));
                let is_text = other == json!(""); // what a text says is more than the schema tells
                assert!(fits.is_ok() || read.is_err(), "{place}: {other} is refused by the schema alone: {fits:?}");
                assert!(is_text || fits.is_err() || read.is_ok(), "{place}: {other} fits the schema alone: {read:?}");
            });
        }
    }
}
