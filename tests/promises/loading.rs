//! What cannot run is refused when it is loaded, and the message says what would be right.

use baton_sandbox::{Loaded, Options, Sandbox, SandboxError};
use baton_tests::{guest, shipped};

fn load(component: &[u8]) -> Result<Loaded, SandboxError> {
    Sandbox::new(Options::default()).unwrap().load("guest", component)
}

fn refusal(component: &[u8]) -> String {
    match load(component) {
        Ok(_) => panic!("it was loaded"),
        Err(error) => format!("{error}\nhint: {}", error.hint().unwrap_or_default()),
    }
}

#[test]
fn an_import_that_nothing_provides_is_named() {
    let component = wat::parse_str(
        r#"(component (import "acme:vault/secrets@1.0.0" (instance (export "read" (func (result string))))))"#,
    );
    insta::assert_snapshot!(refusal(&component.unwrap()));
}

#[test]
fn an_agent_gets_no_sockets() {
    let component = wat::parse_str(
        r#"(component
            (import "wasi:sockets/network@0.2.0" (instance (export "network" (type (sub resource)))))
            (core module $m (func (export "run")))
            (core instance $i (instantiate $m))
            (func $run (canon lift (core func $i "run")))
            (instance $agent (export "run" (func $run)))
            (export "baton:plugin/agent@0.1.0" (instance $agent)))"#,
    );
    insta::assert_snapshot!(refusal(&component.unwrap()));
}

#[test]
fn bytes_that_are_no_component_are_refused() {
    assert!(load(b"these are no bytes of a component").is_err());
    assert!(load(&wat::parse_str("(module)").unwrap()).is_err(), "a core module");
    let whole = shipped("crm");
    assert!(load(&whole[..whole.len() / 2]).is_err(), "half a component");
    assert!(load(&[]).is_err());
}

#[test]
fn an_agent_has_run_and_a_tool_has_functions() {
    let agent = load(&guest("acts")).unwrap();
    assert!(agent.is_agent() && agent.functions().is_empty());
    let crm = load(&shipped("crm")).unwrap();
    let names: Vec<&str> = crm.functions().iter().map(|function| function.name.as_str()).collect();
    assert_eq!((crm.is_agent(), names), (false, vec!["contacts.get", "contacts.remove", "contacts.upsert"]));
}

#[test]
fn a_functions_types_are_json_schemas() {
    let billing = load(&shipped("billing")).unwrap();
    let issue = billing.functions().iter().find(|function| function.name == "invoices.issue").unwrap();
    insta::assert_json_snapshot!(serde_json::json!({ "parameters": issue.parameters(), "returns": issue.returns() }));
}

/// Two interfaces that differ in package, version or letter case only would give tools of the same name.
#[test]
fn two_functions_of_the_same_name_are_refused() {
    let exporting = |first: &str, second: &str| {
        let text = format!(
            r#"(component
                (core module $m (func (export "get")))
                (core instance $i (instantiate $m))
                (func $get (canon lift (core func $i "get")))
                (instance $interface (export "get" (func $get)))
                (export "{first}" (instance $interface))
                (export "{second}" (instance $interface)))"#
        );
        wat::parse_str(text).unwrap()
    };
    insta::assert_snapshot!(refusal(&exporting("acme:crm/contacts@0.1.0", "evil:crm/contacts@0.1.0")));
    assert!(refusal(&exporting("acme:crm/contacts@0.1.0", "acme:crm/contacts@0.2.0")).contains("contacts.get"));
    assert!(refusal(&exporting("acme:crm/contacts@0.1.0", "evil:crm/CONTACTS@0.1.0")).contains("get"));
    assert!(load(&exporting("acme:crm/contacts@0.1.0", "acme:crm/accounts@0.1.0")).is_ok());
}
