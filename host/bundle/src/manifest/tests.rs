//! What a manifest may say, and what is said of those that say something else.

use proptest::prelude::*;

use super::*;
use crate::testing::{CRM, report};

fn check(source: &str) -> String {
    match Manifest::parse(Path::new("plugin.toml"), source) {
        Ok(manifest) => format!("{manifest:?}"),
        Err(error) => report(&error, Path::new("@")),
    }
}

/// A sound manifest with some lines after it.
fn with(lines: &str) -> String {
    check(&format!("name = 'a'\nversion = '1.0.0'\ncomponent = 'a.wasm'\n{lines}"))
}

#[test]
fn the_whole_manifest_is_read() {
    let manifest = Manifest::parse(Path::new("plugin.toml"), CRM).unwrap();
    assert_eq!((manifest.name.as_str(), manifest.version.to_string().as_str()), ("crm", "0.1.0"));
    assert_eq!(manifest.component, Path::new("../target/wasm32-wasip2/release/crm.wasm"));
    assert_eq!(manifest.build, Some(BuildSection::Cargo("crm".to_owned())));
    assert_eq!(manifest.agent.unwrap().input.unwrap(), Path::new("schemas/input.json"));
    assert_eq!(manifest.tools["contacts.upsert"].effect, Effect::Write);
    assert!(manifest.tools["contacts.upsert"].idempotent);
    assert_eq!(manifest.asks.to_string(), r#"{ state = ["agent"] }"#);
}

#[test]
fn what_is_left_out_is_read_carefully() {
    let source = "name = 'a'\nversion = '1.0.0'\ncomponent = 'a.wasm'\n[tools.f]";
    let manifest = Manifest::parse(Path::new("plugin.toml"), source).unwrap();
    assert_eq!(manifest.tools["f"], ToolFacts { effect: Effect::Write, idempotent: false, description: String::new() });
    assert!(manifest.asks.is_empty() && manifest.agent.is_none() && manifest.build.is_none());
}

#[test]
fn keys_that_are_unknown_or_missing() {
    let reports = [
        check(""),
        check("name = 'a'"),
        check("name = 'a'\nversion = '1.0.0'"),
        check("name = 'a'\nversion = '1.0.0'\n[build]\ncargo = 'my-agent'"),
        check("naem = 'a'"),
        check("licence = 'MIT'"),
        with("[asks]\nstates = ['run']"),
        with("[tools.f]\neffects = 'read'"),
        with("[build]\nmake = 'all'"),
        with("[agent]\ninputs = 'x'"),
        check("\"\\u001b[2J\" = 1"),
    ];
    insta::assert_snapshot!(reports.join("\n\n"));
}

#[test]
fn values_that_are_wrong() {
    let reports = [
        check("name = 'CRM'"),
        check("name = 7"),
        check("name = 'a'\nversion = '1.0'"),
        check("name = 'a'\nversion = '1.0.0'\ncomponent = '/etc/passwd'"),
        check("name = 'a'\nversion = '1.0.0'\ncomponent = ''"),
        check("description = \"two\\nlines\""),
        with("tools = 'x'"),
        with("[tools.'a b']"),
        with("[tools.f]\neffect = 'wirte'"),
        with("[tools.f]\nidempotent = 'yes'"),
        with("[asks]\nstate = ['run', 'agnt']"),
        with("[asks]\nstate = 'run'"),
        with("[asks]\ntools = ['*']"),
        with("asks = ['state']"),
        with("[agent]\ninput = '../../secrets.json'"),
        with("agent = 'input.json'"),
        check("name = 'a'\nversion = '1.0.0'\ncomponent = ['a.wasm']"),
        with("[build]"),
        with("[build]\ncargo = 'a'\ncommand = ['make']"),
        with("[build]\ncargo = '--config=x'"),
        with("[build]\ncommand = []"),
        with("[build]\ncommand = ['sh', '-c', \"a\\u001b[2K\"]"),
    ];
    insta::assert_snapshot!(reports.join("\n\n"));
}

#[test]
fn texts_that_are_no_toml() {
    let reports = [
        check("name = 'a"),
        check("= 3"),
        check("name = 'a'\nname = 'b'"),
        check("[asks"),
        check(&format!("description = '{}' x", "long ".repeat(60))),
        check("\tname = \u{1b}[2J"),
        check(&format!("x = {}", "[".repeat(10_000))),
    ];
    insta::assert_snapshot!(reports.join("\n\n"));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(source in "\\PC{0,60}|[a-z\\[\\]\"'.=\n ]{0,60}") {
        check(&source);
    }

    #[test]
    fn no_damage_breaks_the_reader(at in 0..CRM.len(), removed in 0_usize..20, put in "\\PC{0,3}|[\"\\[\\]=\n]") {
        let mut source = CRM.to_owned();
        source.replace_range(at..(at + removed).min(CRM.len()), &put);
        check(&source);
    }
}
