//! The pages keep up with the code: what they show as complete can be loaded, and they name every key there is.

use std::fs;
use std::path::Path;

use baton_policy::{Grants, Limits, LimitsOverride};
use baton_runtime::bundle::manifest::{AgentSection, BuildSection};
use baton_runtime::bundle::project::{PluginEntry, ProjectFile};
use baton_runtime::bundle::secret::SecretEntry;
use baton_runtime::bundle::{Manifest, Project, ToolFacts, Warning};
use baton_runtime::journal::Entry;
use baton_runtime::{Answer, Ending, Said};
use baton_tests::{Desk, Scratch, approval, example, root, shipped};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The pages with examples.
const PAGES: [&str; 6] = [
    "examples/WORKFLOW.md",
    "examples/BATON_TOML.md",
    "plugins/README.md",
    "plugins/sdk/README.md",
    "plugins/python/README.md",
    "plugins/typescript/README.md",
];

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

/// The blocks of a language that a page marks as complete.
fn complete(page: &str, language: &str) -> Vec<String> {
    let (text, mark) = (read(page), format!("```{language} complete\n"));
    let blocks = text.split(&mark).skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// A page names a key: it stands there as code, perhaps with something after it.
fn names(page: &str, key: &str) -> bool {
    ["`", "(", ".", " ", ":"].iter().any(|end| page.contains(&format!("`{key}{end}")))
        || page.contains(&format!(".{key}("))
}

fn assert_names(page: &str, keys: &[String]) {
    assert!(!keys.is_empty(), "no keys were found for {page}");
    let text = read(page);
    let missing: Vec<&String> = keys.iter().filter(|key| !names(&text, key)).collect();
    assert!(missing.is_empty(), "{page} does not tell of {missing:?}");
}

/// The fields that a type takes: what it says when it meets one that it does not know.
macro_rules! fields {
    ($taker:ty) => {
        match serde_json::from_value::<$taker>(json!({ "no-such-field": 1 })) {
            Ok(_) => panic!("any field is taken"),
            Err(error) => expected(&error.to_string()),
        }
    };
}

fn expected(error: &str) -> Vec<String> {
    let (_, expected) = error.split_once("expected").unwrap_or_else(|| panic!("{error}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn complete_workflows_are_planned() {
    for page in PAGES {
        for workflow in complete(page, "yaml") {
            let mut scratch = Scratch::new(&workflow)
                .file("schemas/application.json", "{}")
                .file("data/rules.yaml", "language: en")
                .file("templates/greeting.txt", "Good day,")
                .tool("crm", "", "");
            for agent in ["summariser", "letter-writer", "greeter"] {
                scratch = scratch.plugin(agent, &shipped("summariser"), "[agent]\n", "");
            }
            let desk = Desk::new(scratch.path()).unwrap();
            if let Err(error) = baton_runtime::workflow::plan(&desk.project, &desk.plugins) {
                panic!("{page}: {error}");
            }
        }
    }
}

#[test]
fn complete_manifests_and_projects_are_loaded() {
    for page in PAGES {
        for text in complete(page, "toml") {
            let (file, _) = text.split_once('\n').unwrap();
            match file {
                "# plugin.toml" => drop(Manifest::parse(Path::new(page), &text).unwrap()),
                "# baton.toml" => load(page, &text),
                other => panic!("{page}: a complete block begins with the name of its file, not with {other}"),
            }
        }
    }
}

/// Loads a project whose plugins ask for all that it grants.
fn load(page: &str, text: &str) {
    let folder = TempDir::new().unwrap();
    let project = folder.path().join("project");
    let asks = "state = [\"run\", \"agent\", \"shared:clients\"]\ntools = [\"crm/contacts.get\", \"billing/*\"]\n\
        environment = [\"REGION\"]\nsecrets = [\"crm-token\"]";
    for path in text.lines().filter_map(|line| line.strip_prefix("path = \"")) {
        let plugin = project.join(path.split('"').next().unwrap());
        fs::create_dir_all(&project).unwrap();
        fs::create_dir_all(&plugin).unwrap();
        let manifest = format!("name = \"p\"\nversion = \"0.1.0\"\ncomponent = \"p.wasm\"\n[asks]\n{asks}\n");
        fs::write(plugin.join("plugin.toml"), manifest).unwrap();
    }
    fs::write(project.join("baton.toml"), text).unwrap();
    let loaded = Project::load(&project).unwrap();
    let wrong = |warning: &&Warning| matches!(warning, Warning::WiderThanAsked { .. } | Warning::BeyondMaximum { .. });
    assert_eq!(loaded.warnings().iter().find(wrong), None, "{page}");
}

#[test]
fn the_greeters_are_plugins() {
    for language in ["python", "typescript"] {
        let file = format!("plugins/{language}/greeter/plugin.toml");
        let manifest = Manifest::parse(Path::new(&file), &read(&file)).unwrap();
        let Some(BuildSection::Command(argv)) = manifest.build else { panic!("{file} has no command") };
        let page = read(&format!("plugins/{language}/README.md"));
        let last = argv.last().unwrap().rsplit("&& ").next().unwrap();
        assert!(page.contains(last), "plugins/{language}/README.md does not have the command {last}");
    }
}

#[test]
fn every_key_of_a_workflow_is_told() {
    let page = "examples/WORKFLOW.md";
    let mut keys = Vec::new();
    properties(&baton_runtime::plan::published(), &mut keys);
    keys.extend(functions());
    keys.extend(["fail", "item", "index", "steps.NAME.output", "steps.NAME.outcome"].map(str::to_owned));
    assert!(keys.len() > 50, "{keys:?}");
    assert_names(page, &keys);
    let text = read(page);
    for form in ["{ schema: FILE }", "{ continue: VALUE }", "{ then: STEP }", "completed", "failed", "skipped"] {
        assert!(text.contains(&format!("`{form}`")), "{form}");
    }
}

/// The keys that a JSON Schema and its parts name.
pub(crate) fn properties(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(keywords) => {
            let own = keywords.get("properties").and_then(Value::as_object).into_iter().flat_map(|own| own.keys());
            found.extend(own.cloned());
            keywords.values().for_each(|part| properties(part, found));
        }
        Value::Array(parts) => parts.iter().for_each(|part| properties(part, found)),
        _ => {}
    }
}

/// What an expression may call: the tables of functions and macros.
fn functions() -> Vec<String> {
    let folder = root().join("host/workflow/src/expression");
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let text: String = files.collect();
    let name = |rest: &str| rest.split('"').next().unwrap().to_owned();
    let marks = ["Function::global(\"", "Function::method(\"", "Function::either(\"", "Macro { name: \""];
    let names: Vec<String> = marks.iter().flat_map(|mark| text.split(mark).skip(1).map(name)).collect();
    assert!(names.len() > 80, "{names:?}");
    names
}

#[test]
fn every_key_of_baton_toml_is_told() {
    let page = "examples/BATON_TOML.md";
    assert_names(page, &fields!(ProjectFile));
    assert_names(page, &fields!(PluginEntry));
    assert_names(page, &fields!(SecretEntry));
    assert_names(page, &fields!(Grants));
    assert_names(page, &fields!(LimitsOverride));
}

#[test]
fn every_limit_is_told_with_its_default_and_its_maximum() {
    let page = read("examples/BATON_TOML.md");
    let row = |name: &str, default: String, most: String| {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}` |")) && line.ends_with(" |"));
        let row = row.unwrap_or_else(|| panic!("there is no row for {name}"));
        assert!(row.ends_with(&format!("| {default} | {most} |")), "{name}: {default}, at most {most}: {row}");
    };
    macro_rules! rows {
        ($($name:ident),+) => {
            let Limits { $($name),+ } = Limits::default();
            $(row(stringify!($name), $name.to_string(), Limits::MAX.$name.to_string());)+
        };
    }
    rows!(fuel, memory, wall, calls, bytes, log_bytes, payload, depth, repeats);
}

#[test]
fn every_key_of_plugin_toml_is_told() {
    let page = "plugins/README.md";
    assert_names(page, &fields!(Manifest));
    assert_names(page, &fields!(AgentSection));
    assert_names(page, &fields!(ToolFacts));
    assert_names(page, &fields!(BuildSection));
}

/// The keys of a value, and of those in it; what plugins and schemas wrote is not looked into.
fn keys(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                found.push(key.clone());
                if !["output", "input", "answer", "plan", "request", "reply", "show", "plugins"].contains(&key.as_str())
                {
                    keys(value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

fn assert_told(ending: &Ending, entries: &[Entry]) {
    let mut found = Vec::new();
    keys(&serde_json::to_value(ending).unwrap(), &mut found);
    for entry in entries {
        let event = serde_json::to_value(&entry.event).unwrap();
        found.push(event["event"].as_str().unwrap().to_owned());
        keys(&event, &mut found);
    }
    found.sort();
    found.dedup();
    assert_names("examples/JSON.md", &found);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_the_json_is_told() {
    let desk = Desk::new(&example("client-onboarding")).unwrap();
    let parked = desk.run_file("clients/missing-document.json").await;
    assert_told(&parked, desk.story(&parked.run).await.entries());
    let parked = desk.run_file("clients/sign-off.json").await;
    let ending = desk.answer(&parked.run, "sign_off", approval("partner", None)).await.unwrap();
    assert_told(&ending, desk.story(&ending.run).await.entries());
    let several = "workflow: w\nsteps: { ask: { approve: { question: ok?, assignees: [eve], roles: [partner], votes: 2, delegate: true } } }\n";
    let several = Scratch::new(several).file("baton.toml", "workflow = \"w.workflow.yaml\"\n");
    let desk = Desk::new(several.path()).unwrap();
    let parked = desk.run(&Value::Null).await.unwrap();
    let said = Said::Delegation { by: "eve".to_owned(), role: None, to: "bob".to_owned(), comment: None };
    let answer = Answer { step: "ask".to_owned(), token: None, said };
    desk.host.answer(&parked.run, &answer).await.unwrap();
    let ending = desk.answer(&parked.run, "ask", approval("partner", None)).await.unwrap();
    assert_told(&ending, desk.story(&parked.run).await.entries());
    let failing = Scratch::new("workflow: w\nsteps: { a: { agent: panics } }\n").agent("panics", "", "");
    let desk = Desk::new(failing.path()).unwrap();
    let ending = desk.run(&Value::Null).await.unwrap();
    assert_told(&ending, desk.story(&ending.run).await.entries());
}

/// The places that a page links to: the words of the link, the file, and the line.
fn places(page: &str) -> Vec<(String, String, usize)> {
    let links = page.split("[`").skip(1).filter_map(|rest| rest.split_once("`]("));
    let places = links.filter_map(|(words, rest)| Some((words, rest.split_once(')')?.0.split_once("#L")?)));
    places.map(|(words, (file, line))| (words.to_owned(), file.to_owned(), line.parse().unwrap_or_default())).collect()
}

#[test]
fn the_features_are_used_in_the_lines_that_are_named() {
    let places = places(&read("README.md"));
    assert!(places.len() > 30, "{} are too few", places.len());
    for (words, file, line) in places {
        let text = read(&file);
        let named = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        assert!(named.contains(&words), "{file}:{line} has no `{words}`: {named}");
    }
}
