//! The lock's text, sound and unsound, and the comparison of any two plugins.

use baton_policy::{Effect, Grants};
use proptest::prelude::*;

use super::*;
use crate::digest::Digest;
use crate::manifest::FunctionName;
use crate::testing::report;

fn digest() -> impl Strategy<Value = Digest> {
    prop::sample::select(vec!["", "a", "b"]).prop_map(|text| Digest::of(text.as_bytes()))
}

fn asks() -> impl Strategy<Value = Grants> {
    let scope = prop::sample::select(vec!["run", "agent", "shared:a"]);
    let tool = prop::sample::select(vec!["crm/a", "crm/*", "billing/i.b"]);
    (prop::collection::vec(scope, 0..3), prop::collection::vec(tool, 0..3))
        .prop_map(|(state, tools)| toml::from_str(&format!("state = {state:?}\ntools = {tools:?}")).unwrap())
}

fn tools() -> impl Strategy<Value = BTreeMap<FunctionName, AcceptedTool>> {
    let name = prop::sample::select(vec!["a", "i.b"]).prop_map(|name| name.parse().unwrap());
    let effect = prop::sample::select(vec![Effect::None, Effect::Read, Effect::Write]);
    let tool = (effect, any::<bool>(), digest()).prop_map(|(effect, idempotent, description)| AcceptedTool {
        effect,
        idempotent,
        description,
    });
    prop::collection::btree_map(name, tool, 0..3)
}

fn accepted() -> impl Strategy<Value = Accepted> {
    let version = prop::sample::select(vec!["0.9.0", "1.0.0", "1.1.0-rc.1"]).prop_map(|text| text.parse().unwrap());
    let schemas = (prop::option::of(digest()), prop::option::of(digest()));
    let code = prop_oneof![digest().prop_map(Ok), digest().prop_map(Err)];
    (version, digest(), code, asks(), schemas, tools()).prop_map(|(version, manifest, code, asks, schemas, tools)| {
        let schemas = Schemas { input: schemas.0, output: schemas.1 };
        Accepted { version, manifest, build: code.ok(), component: code.err(), asks, schemas, tools }
    })
}

fn must_be_accepted(before: &Accepted, after: &Accepted) -> bool {
    compare(before, after).iter().any(Change::must_be_accepted)
}

fn lock_of(accepted: Accepted) -> Lock {
    Lock { plugins: BTreeMap::from([("crm".parse().unwrap(), accepted)]) }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(accepted in accepted()) {
        let lock = lock_of(accepted);
        prop_assert_eq!(Lock::parse(Path::new("baton.lock"), &lock.to_text()).unwrap(), lock);
    }

    #[test]
    fn nothing_differs_from_itself(accepted in accepted()) {
        prop_assert_eq!(compare(&accepted, &accepted), vec![]);
    }

    #[test]
    fn no_wider_ask_passes_and_no_narrower_one_is_stopped(before in accepted(), asks in asks()) {
        let after = Accepted { asks: asks.clone(), ..before.clone() };
        prop_assert_eq!(must_be_accepted(&before, &after), !asks.except(&before.asks).is_empty());
    }

    #[test]
    fn no_careless_tool_passes(before in accepted(), tools in tools()) {
        let after = Accepted { tools, ..before.clone() };
        let names = before.tools.keys().chain(after.tools.keys());
        let careless = names.into_iter().any(|name| {
            let (was, is) = (before.tool(name), after.tool(name));
            let described = is.description != was.description && is.description != Digest::of(b"");
            is.effect < was.effect || (is.idempotent && !was.idempotent) || described
        });
        prop_assert_eq!(must_be_accepted(&before, &after), careless);
    }

    #[test]
    fn no_other_code_passes(before in accepted(), after in accepted()) {
        let after = Accepted { build: after.build, component: after.component, ..before.clone() };
        let same = (before.build, before.component) == (after.build, after.component);
        prop_assert_eq!(must_be_accepted(&before, &after), !same);
    }

    #[test]
    fn any_edit_of_a_letter_is_seen(accepted in accepted(), at in any::<prop::sample::Index>()) {
        let text = lock_of(accepted.clone()).to_text();
        let begin = text.find("[plugins").unwrap();
        let mut edited: Vec<char> = text.chars().collect();
        let at = begin + at.index(edited.len() - begin);
        edited[at] = if edited[at] == 'a' { 'b' } else { 'a' };
        let read = Lock::parse(Path::new("baton.lock"), &edited.into_iter().collect::<String>());
        prop_assert!(read.is_err() || read.unwrap() == lock_of(accepted));
    }
}

const GOOD: &str = "0.1.0";

fn sample() -> String {
    let tool = AcceptedTool { effect: Effect::Read, idempotent: true, description: Digest::of(b"Looks it up.") };
    let accepted = Accepted {
        version: GOOD.parse().unwrap(),
        manifest: Digest::of(b"manifest"),
        build: Some(Digest::of(b"cargo\0crm")),
        component: None,
        asks: toml::from_str("state = ['agent']").unwrap(),
        schemas: Schemas { input: Some(Digest::of(b"{}")), output: None },
        tools: BTreeMap::from([("contacts.get".parse().unwrap(), tool)]),
    };
    lock_of(accepted).to_text()
}

/// A lock of format 1. Never changed: it lies in the repositories of others.
const GOLDEN: &str = include_str!("golden-1.lock");

#[test]
fn the_golden_lock_is_read_and_written_as_it_was() {
    assert_eq!(sample(), GOLDEN);
    let read = Lock::parse(Path::new("baton.lock"), GOLDEN).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.to_text(), GOLDEN);
}

#[test]
fn texts_that_are_wrong() {
    let good = sample();
    let check = |text: &str| match Lock::parse(Path::new("baton.lock"), text) {
        Ok(_) => "sound".to_owned(),
        Err(error) => report(&error, Path::new("@")),
    };
    assert_eq!(check(&good), "sound");
    assert_eq!(check(&good.replace('\n', "\r\n")), "sound");
    let reports = [
        check(""),
        check("version = 2\nnew = true"),
        check("version = \"1\""),
        check("<<<<<<< HEAD\nversion = 1"),
        check(&good.replace("\"agent\"", "\"agent\", \"run\"")),
        check(&good.replace("idempotent = true", "idempotent = false")),
        check(&good.replace("[plugins.crm", "[plugins.billing")),
        check(&good.replace("seal", "sael")),
        check(&good.replace("asks", "ask")),
    ];
    insta::assert_snapshot!(reports.join("\n\n"));
}

#[test]
fn without_a_known_component_a_shipped_plugin_is_refused() {
    let text = sample();
    let lock = Lock::parse(Path::new("baton.lock"), &text).unwrap();
    let before = &lock.plugins["crm"];
    let before = Accepted { build: None, component: None, ..before.clone() };
    let after = Accepted { component: Some(Digest::of(b"x")), ..before.clone() };
    assert!(must_be_accepted(&before, &after));
}
