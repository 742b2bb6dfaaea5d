//! The texts of denials, and that their hints can be written into the project.

use super::*;
use crate::grant::{HttpTarget, StateAccess, StateKeys, StateScope, StateWanted};
use crate::quantity::Bytes;

fn policy(asked: &str, granted: &str) -> Policy {
    Policy::new("crm".parse().unwrap(), toml::from_str(asked).unwrap(), toml::from_str(granted).unwrap())
}

fn tool(name: &str) -> Request<'_> {
    Request::Tool { call: write(name) }
}

fn write(name: &str) -> ToolCall<'_> {
    ToolCall { name, effect: Effect::Write }
}

fn state(text: &str) -> Request<'_> {
    Request::State { wanted: StateWanted::parse(text).unwrap() }
}

fn check(policy: &Policy, request: Request<'_>) -> String {
    match policy.decide(&request) {
        Decision::Allowed => "allowed".to_owned(),
        Decision::Denied { message, hint } => format!("{message}\nhint: {hint}"),
    }
}

#[test]
fn what_is_asked_and_granted_is_allowed() {
    let policy = policy("state = ['agent']\ntools = ['billing/*']", "state = ['agent']\ntools = ['billing/a.b']");
    assert_eq!(check(&policy, state("agent")), "allowed");
    assert_eq!(check(&policy, tool("billing/a.b")), "allowed");
}

#[test]
fn what_is_not_granted_gets_the_line_to_add() {
    insta::assert_snapshot!(check(&policy("state = ['agent']", ""), state("agent")), @r#"
    `crm` may not use state of scope `agent` to write all keys: asked for in its plugin.toml but not granted
    hint: in baton.toml, under [plugins.crm]: grants = { state = ["agent"] }
    "#);
    let some = policy("state = ['run', 'agent']\ntools = ['billing/*']", "state = ['run']\ntools = ['billing/a']");
    insta::assert_snapshot!(check(&some, state("agent")), @r#"
    `crm` may not use state of scope `agent` to write all keys: asked for in its plugin.toml but not granted
    hint: in baton.toml, under [plugins.crm]: grants = { state = ["run", "agent"], tools = ["billing/a"] }
    "#);
    insta::assert_snapshot!(check(&some, tool("billing/b")), @r#"
    `crm` may not use the tool `billing/b`: asked for in its plugin.toml but not granted
    hint: in baton.toml, under [plugins.crm]: grants = { state = ["run"], tools = ["billing/a", "billing/b"] }
    "#);
}

#[test]
fn what_is_not_asked_for_gets_both_lines() {
    let some = policy("state = ['run']\ntools = ['billing/*']", "");
    insta::assert_snapshot!(check(&some, state("read shared:clients/ada")), @r#"
    `crm` may not use state of scope `shared:clients` to read the key `ada`: not asked for in its plugin.toml
    hint: in its plugin.toml, under [asks]: state = ["run", "read shared:clients"]; and in baton.toml, under [plugins.crm]: grants = { state = ["read shared:clients"] }
    "#);
    let granted = policy("", "state = ['agent']");
    insta::assert_snapshot!(check(&granted, state("agent")), @r#"
    `crm` may not use state of scope `agent` to write all keys: not asked for in its plugin.toml
    hint: in its plugin.toml, under [asks]: state = ["agent"]
    "#);
}

#[test]
fn a_request_that_is_not_granted_gets_the_line_to_add() {
    let some = policy("http = ['* https://*.example.com/*']", "http = ['GET https://api.example.com/v1/*']");
    let target = HttpTarget::parse("POST", "https://api.example.com/v1/x?secret").unwrap();
    insta::assert_snapshot!(check(&some, Request::Http { target }), @r#"
    `crm` may not use http, `POST https://api.example.com/v1/x`: asked for in its plugin.toml but not granted
    hint: in baton.toml, under [plugins.crm]: grants = { http = ["POST https://api.example.com/v1/x", "GET https://api.example.com/v1/*"] }
    "#);
}

#[test]
fn what_is_malformed_gets_the_right_form() {
    let none = policy("", "");
    insta::assert_snapshot!(check(&none, state("shared:a\u{1b}[2J\n\"]")), @r#"
    `crm` may not use state of scope `shared:a\u{1b}[2J\n\"]` to write all keys: there is no such thing
    hint: no grant can allow it: state is written `[read] SCOPE[/PREFIX*] [up to BYTES]`; a scope is `run`, `agent`, or `shared:` and the name of a room, such as `shared:clients`
    "#);
    insta::assert_snapshot!(check(&none, tool("contacts.upsert")), @"
    `crm` may not use the tool `contacts.upsert`: there is no such thing
    hint: no grant can allow it: a tool is `plugin/interface.function`, or `plugin/function` for a function exported at the top; `plugin/*` stands for all tools of one plugin; before it may stand `none` or `read`, the most it may change; after it, in a grant, `as itself`: it then acts with its own grants alone, and last `on unknown` with `retry`, `ask` or `fail`: what is done about a call that was in flight when its host died
    ");
}

#[test]
fn a_hint_can_be_written_into_the_project() {
    let policy = policy("state = ['agent']", "");
    let Decision::Denied { hint, .. } = policy.decide(&state("agent")) else { panic!("allowed") };
    let (_, line) = hint.split_once(": ").unwrap();
    let read: std::collections::BTreeMap<String, Grants> = toml::from_str(line).unwrap();
    assert!(read["grants"].allows(&state("agent")));
}

fn bounded(callee: &Policy, caller: &Arc<Policy>, tool: &str) -> Policy {
    callee.bounded_by(caller, Call::Tool(write(tool)))
}

fn named(name: &str, grants: &str) -> Arc<Policy> {
    let grants: Grants = toml::from_str(grants).unwrap();
    Arc::new(Policy::new(name.parse().unwrap(), grants.clone(), grants))
}

const CLIENTS: Request<'static> = Request::State {
    wanted: StateWanted {
        scope: StateScope::Shared("clients"),
        access: StateAccess::Write,
        keys: StateKeys::Beginning(""),
    },
};

#[test]
fn a_tool_does_for_its_caller_what_both_may() {
    let assistant = named("assistant", "tools = ['crm/*']");
    let crm = named("crm", "state = ['agent', 'shared:clients']");
    let bounded = bounded(&crm, &assistant, "crm/contacts.get");
    insta::assert_snapshot!(check(&bounded, CLIENTS), @r#"
    `crm` may not use state of scope `shared:clients` to write all keys for `assistant`, which called `crm/contacts.get` and may not use it itself
    hint: in baton.toml, under [plugins.assistant], in `grants`: tools = ["crm/contacts.get as itself", "crm/*"]; or, so that it may do it itself: state = ["shared:clients"], and in its plugin.toml, under [asks]: state = ["shared:clients"]
    "#);
    assert_eq!(check(&bounded, state("agent")), "allowed", "its own room is its identity");
    let asks: Grants = toml::from_str("state = ['shared:clients']").unwrap();
    let half = Arc::new(Policy::new("assistant".parse().unwrap(), asks, Grants::default()));
    insta::assert_snapshot!(check(&crm.bounded_by(&half, Call::Tool(write("crm/contacts.get"))), CLIENTS), @r#"
    `crm` may not use state of scope `shared:clients` to write all keys for `assistant`, which called `crm/contacts.get` and may not use it itself
    hint: in baton.toml, under [plugins.assistant], in `grants`: tools = ["crm/contacts.get as itself"]; or, so that it may do it itself: state = ["shared:clients"]
    "#);
}

#[test]
fn a_bound_holds_through_a_chain_and_its_denial_names_who_may_not() {
    let first = named("first", "tools = ['second/go']");
    let second =
        Arc::new(bounded(&named("second", "tools = ['third/go']\nstate = ['shared:clients']"), &first, "second/go"));
    let third = bounded(&named("third", "state = ['shared:clients']"), &second, "third/go");
    insta::assert_snapshot!(check(&third, CLIENTS), @r#"
    `third` may not use state of scope `shared:clients` to write all keys for `first`, which called `second/go` and may not use it itself
    hint: in baton.toml, under [plugins.first], in `grants`: tools = ["second/go as itself"]; or, so that it may do it itself: state = ["shared:clients"], and in its plugin.toml, under [asks]: state = ["shared:clients"]
    "#);
    insta::assert_snapshot!(check(&second, tool("third/go")), @r#"
    `second` may not use the tool `third/go` for `first`, which called `second/go` and may not use it itself
    hint: in baton.toml, under [plugins.first], in `grants`: tools = ["second/go as itself"]; or, so that it may do it itself: tools = ["second/go", "third/go"], and in its plugin.toml, under [asks]: tools = ["second/go", "third/go"]
    "#);
    insta::assert_snapshot!(check(&third, state("agent")), @r#"
    `third` may not use state of scope `agent` to write all keys: not asked for in its plugin.toml
    hint: in its plugin.toml, under [asks]: state = ["agent", "shared:clients"]; and in baton.toml, under [plugins.third]: grants = { state = ["agent", "shared:clients"] }
    "#);
}

#[test]
fn nobody_delegates_for_a_caller_who_does_not() {
    let second = named("second", "tools = ['third/go as itself']");
    assert!(second.delegates(Call::Tool(write("third/go"))));
    let delegates =
        |first: &str| bounded(&second, &named("first", first), "second/go").delegates(Call::Tool(write("third/go")));
    assert!(!delegates("tools = ['second/go as itself', 'third/go']"));
    assert!(delegates("tools = ['second/go', 'third/* as itself']"));
}

#[test]
fn folders_and_variables_are_bounded_too() {
    let tool = named("tool", "files = ['write out at out', 'read rates at rates']\nenvironment = ['A=1', 'B=1']");
    let caller = named("caller", "files = ['read out at out', 'read rates at other']\nenvironment = ['A=1', 'B=2']");
    let effective = bounded(&tool, &caller, "tool/go").effective().clone();
    assert_eq!(effective.to_string(), r#"{ files = ["read out at out"], environment = ["A=1"] }"#);
    let withheld = bounded(&tool, &named("caller", "environment = ['A=1']"), "tool/go").withheld();
    insta::assert_snapshot!(withheld.join("\n"), @r#"
    `tool` may not use the folder `/out` to write for `caller`, which called `tool/go` and may not use it itself (in baton.toml, under [plugins.caller], in `grants`: tools = ["tool/go as itself"]; or, so that it may do it itself: files = ["write out at out"], and in its plugin.toml, under [asks]: files = ["write out"])
    `tool` may not use the folder `/rates` to read for `caller`, which called `tool/go` and may not use it itself (in baton.toml, under [plugins.caller], in `grants`: tools = ["tool/go as itself"]; or, so that it may do it itself: files = ["read rates at rates"], and in its plugin.toml, under [asks]: files = ["read rates"])
    `tool` may not use the variable `B` for `caller`, which called `tool/go` and may not use it itself (in baton.toml, under [plugins.caller], in `grants`: tools = ["tool/go as itself"]; or, so that it may do it itself: environment = ["A=1", "B=value"], and in its plugin.toml, under [asks]: environment = ["A=1", "B"])
    "#);
    assert!(tool.withheld().is_empty());
}

#[test]
fn a_hint_for_a_folder_or_a_variable_has_an_example_in_it() {
    let none = policy("files = ['read rates']\nenvironment = ['REGION']", "");
    let rates = crate::grant::WantedMount { name: "rates", access: crate::grant::Access::Read };
    insta::assert_snapshot!(check(&none, Request::Files { mount: rates }), @r#"
    `crm` may not use the folder `/rates` to read: asked for in its plugin.toml but not granted
    hint: in baton.toml, under [plugins.crm]: grants = { files = ["read rates at rates"] }
    "#);
    insta::assert_snapshot!(check(&none, Request::Environment { name: "REGION" }), @r#"
    `crm` may not use the variable `REGION`: asked for in its plugin.toml but not granted
    hint: in baton.toml, under [plugins.crm]: grants = { environment = ["REGION=value"] }
    "#);
}

#[test]
fn what_is_asked_for_in_part_is_granted_in_part() {
    let part = policy("state = ['agent/eu-* up to 1MiB', 'run']", "state = ['read agent']");
    insta::assert_snapshot!(check(&part, state("agent/eu-1")), @r#"
    `crm` may not use state of scope `agent` to write the key `eu-1`: asked for in its plugin.toml but not granted
    hint: in baton.toml, under [plugins.crm]: grants = { state = ["read agent", "agent/eu-* up to 1MiB"] }
    "#);
    insta::assert_snapshot!(check(&part, state("agent/us-1")), @r#"
    `crm` may not use state of scope `agent` to write the key `us-1`: not asked for in its plugin.toml
    hint: in its plugin.toml, under [asks]: state = ["run", "agent"]; and in baton.toml, under [plugins.crm]: grants = { state = ["agent"] }
    "#);
    assert_eq!(check(&part, state("read agent/eu-1")), "allowed");
}

/// The lines that let a plugin fill a room.
fn to_fill(policy: &Policy, wanted: &str, bytes: u64) -> String {
    policy.hint_to_fill(&policy.effective().state.to_fill(StateWanted::parse(wanted).unwrap(), Bytes(bytes)))
}

#[test]
fn a_room_that_is_full_gets_the_lines_that_widen_it() {
    let check = |asked: &str, granted: &str, bytes: u64| to_fill(&policy(asked, granted), "agent/eu-1", bytes);
    insta::assert_snapshot!(check("state = ['agent']", "state = ['agent']", 128 << 20), @r#"in baton.toml, under [plugins.crm]: grants = { state = ["agent up to 128MiB"] }"#);
    insta::assert_snapshot!(check("state = ['agent/eu-* up to 1MiB']", "state = ['agent']", 2 << 20), @r#"in its plugin.toml, under [asks]: state = ["agent/eu-* up to 2MiB"]"#);
    insta::assert_snapshot!(check("state = ['agent up to 1MiB']", "state = ['agent up to 1MiB']", 2 << 20), @r#"in its plugin.toml, under [asks]: state = ["agent up to 2MiB"]; and in baton.toml, under [plugins.crm]: grants = { state = ["agent up to 2MiB"] }"#);
}

#[test]
fn a_room_that_is_full_for_a_caller_gets_the_callers_lines_too() {
    let caller = policy("state = ['run', 'agent']", "state = ['run up to 1MiB', 'agent up to 1MiB']");
    let tool = policy("state = ['run', 'agent']", "state = ['run', 'agent']");
    let bounded = tool.bounded_by(&Arc::new(caller), Call::Tool(ToolCall { name: "crm/a", effect: Effect::Write }));
    insta::assert_snapshot!(to_fill(&bounded, "run/a", 2 << 20), @r#"in baton.toml, under [plugins.crm]: grants = { state = ["run up to 2MiB", "agent up to 1MiB"] }"#);
    insta::assert_snapshot!(to_fill(&bounded, "agent/a", 128 << 20), @r#"in baton.toml, under [plugins.crm]: grants = { state = ["run up to 64MiB", "agent up to 128MiB"] }"#);
}

#[test]
fn what_a_grant_leaves_open_is_settled_and_what_an_ask_leaves_open_is_not() {
    let effective = |asked: &str, granted: &str| {
        policy(&format!("state = ['{asked}']"), &format!("state = ['{granted}']")).effective().state.written()
    };
    assert_eq!(effective("agent", "agent"), r#"["agent up to 64MiB"]"#);
    assert_eq!(effective("agent", "agent up to 1GiB"), r#"["agent up to 1GiB"]"#);
    assert_eq!(effective("agent up to 1MiB", "agent"), r#"["agent up to 1MiB"]"#);
    assert_eq!(effective("agent up to 1GiB", "agent"), r#"["agent up to 64MiB"]"#);
}

#[test]
fn a_worker_does_no_more_than_its_manager_may_unless_it_acts_as_itself() {
    let (writer, manager) = (named("writer", "state = ['shared:clients']"), named("manager", "agents = ['writer']"));
    let call = Call::Agent(AgentCall { name: "writer", share: Share::of_percent(25).unwrap() });
    insta::assert_snapshot!(check(&writer.bounded_by(&manager, call), CLIENTS), @r#"
    `writer` may not use state of scope `shared:clients` to write all keys for `manager`, which gave it work and may not use it itself
    hint: in baton.toml, under [plugins.manager], in `grants`: agents = ["writer up to 25% as itself", "writer"]; or, so that it may do it itself: state = ["shared:clients"], and in its plugin.toml, under [asks]: state = ["shared:clients"]
    "#);
    assert!(named("manager", "agents = ['writer as itself']").delegates(call));
    let bounded = Arc::new(writer.bounded_by(&manager, call));
    let chain: Vec<String> = bounded.chain().map(ToString::to_string).collect();
    assert_eq!(chain, ["writer", "manager"]);
}
