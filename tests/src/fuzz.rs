//! What strangers' bytes meet first, one function for each reader: the fuzz targets in `tests/fuzz` and a test call them.
//! None may panic or hang, whatever the bytes are. It does not know where they come from.

use std::path::Path;
use std::sync::LazyLock;

use baton_journal::json::parse;
use baton_journal::{Chain, Digest, Entry, Event, RunId, Timestamp};
use baton_policy::{Effect, Grants, HttpTarget, Policy, Request, StateWanted, ToolCall, ToolName};
use baton_runtime::bundle::Manifest;
use baton_runtime::plan::{Catalog, Plan};
use baton_sandbox::value::{decode, encode};
use baton_sandbox::wasmtime::Engine;
use baton_sandbox::wasmtime::component::Component;
use baton_sandbox::wasmtime::component::types::{ComponentItem, Type};
use baton_sandbox::{Loaded, Sandbox};

use crate::attacks::documents::evaluate;
use crate::seeded::Seeded;

/// A reader, by its name, with samples of what it reads.
pub type Target = (&'static str, fn(&[u8]), &'static [&'static [u8]]);

/// All readers.
pub const TARGETS: [Target; 7] = [
    ("component_loader", component_loader, &[b"\0asm\x0d\0\x01\0\x01\x08\0asm\x01\0\0\0\x02\x04\x01\0\0\0"]),
    ("wit_json_values", wit_json_values, &[VALUES.as_bytes()]),
    ("workflow_parser", workflow_parser, &[WORKFLOW.as_bytes(), b"a: &a [*a]"]),
    (
        "expression_evaluator",
        expression_evaluator,
        &[
            b"input.a.map(x, x + 1).exists(y, y > 2) ? 'a' : string(1.5)",
            b"input.t.matches('(a+)+$') && has(input.a) || !(1 in [1])",
        ],
    ),
    (
        "grant_matcher",
        grant_matcher,
        &[
            b"{\"state\": [\"run\", \"shared:a\"], \"tools\": [\"crm/*\"]}\ncrm/contacts.get\nread shared:a/k*\n",
            b"{\"http\": [\"GET https://*.example.com:8443/v1/* at 10.0.0.0/8\"]}\nhttps://api.example.com:8443/v1/a?b\nhttp://[::1]/\n",
        ],
    ),
    (
        "journal_reader",
        journal_reader,
        &[b"{\"event\":\"logged\",\"invocation\":\"a#1\",\"level\":\"info\",\"message\":\"x\"}"],
    ),
    ("manifest_reader", manifest_reader, &[MANIFEST.as_bytes()]),
];

const VALUES: &str = r#"[{"a": 1, "b": [true, null, "x"], "c": {"err": -1.5}, "d": "one", "e": ["f1"], "f": "ä", "g": {"some": "18446744073709551615"}}]"#;

const WORKFLOW: &str = "workflow: w
input: { schema: s.json }
budget: { wall: 10m, calls: 1k }
steps:
  ask:
    if: ${{ input.a > 1 }}
    approve: { question: \"Take ${{ input.b }}?\", show: \"${{ input }}\", roles: [partner], timeout: 3d }
    on_failure: { continue: { a: [1, 2.5, null] } }
output: { a: \"${{ steps.ask.output.answer }}\" }
";

const MANIFEST: &str = "name = \"crm\"\nversion = \"0.1.0\"\ncomponent = \"../target/crm.wasm\"
[build]\ncargo = \"crm\"\n[agent]\ninput = \"s.json\"\n[tools.\"contacts.get\"]\neffect = \"read\"\nidempotent = true
[asks]\nstate = [\"agent\", \"shared:a\"]\ntools = [\"billing/*\"]\n";

/// A component of a stranger.
pub fn component_loader(data: &[u8]) {
    static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| Sandbox::new(baton_sandbox::Options::default()).unwrap());
    let _: Option<Loaded> = SANDBOX.load("stranger", data).ok();
}

/// JSON for a WIT type: what is taken is told back as what it was taken for.
pub fn wit_json_values(data: &[u8]) {
    static TYPE: LazyLock<(Component, Type)> = LazyLock::new(wide_type);
    let Ok(json) = parse(&String::from_utf8_lossy(data)) else { return };
    let Ok(value) = decode(&TYPE.1, &json) else { return };
    let told = encode(value);
    let again = decode(&TYPE.1, &told).unwrap_or_else(|problem| panic!("{problem}: {told}"));
    assert_eq!(encode(again), told);
}

/// A type with all that JSON can write.
fn wide_type() -> (Component, Type) {
    const TEXT: &str = r#"(component
        (type $e (enum "one" "two")) (import "e" (type $en (eq $e)))
        (type $f (flags "f1" "f2")) (import "f" (type $fl (eq $f)))
        (type $v (variant (case "none") (case "some" u64))) (import "v" (type $va (eq $v)))
        (type $r (record (field "a" u32) (field "b" (option (tuple bool (option s8) string)))
            (field "c" (result u8 (error float32))) (field "d" $en) (field "e" $fl) (field "f" char)
            (field "g" (option $va)))) (import "r" (type $re (eq $r)))
        (import "take" (func (param "many" (list $re)))))"#;
    let engine = Engine::new(&baton_sandbox::engine::config()).unwrap();
    let component = Component::new(&engine, wat::parse_str(TEXT).unwrap()).unwrap();
    let ty = component.component_type();
    let import = ty.imports(&engine).find_map(|(_, item)| match item.ty {
        ComponentItem::ComponentFunc(function) => function.params().next().map(|(_, ty)| ty),
        _ => None,
    });
    (component.clone(), import.unwrap())
}

/// A workflow, which is also every file that it names.
pub fn workflow_parser(data: &[u8]) {
    match Plan::parse("w.workflow.yaml", data, &|_| Ok(data.to_vec()), &Catalog::default()) {
        Ok(plan) => assert_eq!(Plan::from_json(&plan.to_json()).unwrap().digest(), plan.digest()),
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
}

/// An expression.
pub fn expression_evaluator(data: &[u8]) {
    let input = serde_json::json!({ "a": [1, 2, 3], "t": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "m": { "k": null } });
    let text = String::from_utf8_lossy(data).replace(['\n', '\''], " ");
    let _ = evaluate(&text, &input); // a value or a refusal
}

/// Grants, and names of tools and rooms that they may cover: what is allowed is allowed by what asks for no more.
pub fn grant_matcher(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (grants, names) = text.split_once('\n').unwrap_or((&text, ""));
    let Ok(grants) = serde_json::from_str::<Grants>(grants) else { return };
    let policy = Policy::new("stranger".parse().unwrap(), grants.clone(), grants.clone());
    for name in names.lines() {
        let tool = Request::Tool { call: ToolCall { name, effect: Effect::Write } };
        assert!(!grants.allows(&tool) || ToolName::parse(name).is_some(), "{name:?} is no tool, and allowed");
        let http = HttpTarget::parse("GET", name).ok().map(|target| Request::Http { target });
        let state = StateWanted::parse(name).map(|wanted| Request::State { wanted });
        for request in [Some(tool), http, state].into_iter().flatten() {
            let _ = policy.decide(&request); // denied with a hint, or allowed
            assert!(!Grants::default().allows(&request), "nothing is granted, and {name:?} allowed");
        }
    }
}

/// An entry of a journal: nothing that was not written by the chain is taken.
pub fn journal_reader(data: &[u8]) {
    let body = String::from_utf8_lossy(data);
    let _ = serde_json::from_str::<Event>(&body); // an event or a refusal
    let mut chain = Chain::of(&RunId::new(Timestamp(1), 1));
    assert!(Entry::from_body(&mut chain, 0, Timestamp(1), &body, Digest::of(data)).is_err());
}

/// A `plugin.toml`.
pub fn manifest_reader(data: &[u8]) {
    if let Err(error) = Manifest::parse(Path::new("plugin.toml"), &String::from_utf8_lossy(data)) {
        assert!(!error.to_string().is_empty());
    }
}

/// So many changed samples of a target, the same each time.
pub fn changed_samples(samples: &'static [&'static [u8]], count: u64) -> impl Iterator<Item = Vec<u8>> {
    (0..count).map(|seed| Seeded::new(seed).changed(samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_are_taken() {
        let (component, ty) = wide_type();
        assert!(!component.serialize().unwrap().is_empty());
        decode(&ty, &parse(VALUES).unwrap()).unwrap();
        Manifest::parse(Path::new("plugin.toml"), MANIFEST).unwrap();
        Plan::parse("w", WORKFLOW.as_bytes(), &|_| Ok(b"true".to_vec()), &Catalog::default()).unwrap();
        evaluate("input.a.map(x, x + 1).exists(y, y > 2)", &serde_json::json!({ "a": [2] })).unwrap();
    }

    #[test]
    fn a_number_beyond_its_type_is_refused() {
        let refusal = decode(&wide_type().1, &parse(&VALUES.replace("-1.5", "1e39")).unwrap()).unwrap_err();
        assert_eq!(refusal.to_string(), "[0].c.err: 1e39 is outside the range of a float32");
    }
}
