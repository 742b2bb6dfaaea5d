//! A bug of the host in one call ends the invocation that called, and nothing else.

use std::sync::Arc;

use baton_journal::{BoxFuture, Event, Outcome};
use baton_policy::Effect;
use baton_sandbox::{CallError, CallSite, SandboxError, ToolFacts, Tools};
use baton_tests::{Bench, Call, guest};

/// Tools of a host that has a bug.
pub(crate) struct Panicking;

impl Tools for Panicking {
    fn list(&self) -> Vec<ToolFacts> {
        Vec::new()
    }

    fn effect(&self, _: &str) -> Effect {
        Effect::Read
    }

    fn call(
        &self,
        _: CallSite,
        tool: String,
        _: String,
    ) -> BoxFuture<'_, Result<Result<Arc<str>, CallError>, SandboxError>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            panic!("nobody has thought of {tool}")
        })
    }
}

fn call(acts: &str) -> Call {
    let grants = serde_json::from_str(r#"{"state": ["run"], "tools": ["crm/*"]}"#).unwrap();
    Call { input: format!(r#"{{"acts": [{acts}]}}"#), grants, ..Call::default() }
}

#[tokio::test]
async fn a_panic_in_a_call_is_told_with_the_call_and_counted_and_neighbours_go_on() {
    let mut bench = Bench::new().await;
    bench.backends.tools = Arc::new(Panicking);
    let loaded = bench.load(&guest("acts"));
    let neighbour =
        r#"{"act": "set", "scope": "run", "key": "a", "value": 1}, {"act": "get", "scope": "run", "key": "a"}"#;
    let faulty = r#"{"act": "log", "message": "before"}, {"act": "call", "tool": "crm/contacts.get", "arguments": {}}"#;
    for number in 1..=3 {
        let fails = bench.call(&loaded, Call { attempt: 2 * number, ..call(faulty) });
        let works = bench.call(&loaded, Call { attempt: 2 * number + 1, ..call(neighbour) });
        let (fault, done) = tokio::join!(fails, works);
        assert!(matches!(done.unwrap().outcome, Outcome::Completed { .. }), "a neighbour goes on");
        let told = fault.unwrap_err().to_string().replace(&format!("#{}", 2 * number), "#N");
        assert_eq!(
            told,
            "the host panicked in host call tools.call of step#N, which is a bug of the host, not of the plugin: \
             nobody has thought of crm/contacts.get"
        );
        assert_eq!(bench.sandbox.panics(), u64::from(number));
    }
    let written = bench
        .entries()
        .await
        .iter()
        .any(|entry| matches!(&entry.event, Event::Logged { message, .. } if message == "before"));
    assert!(written, "what the guest wrote before is kept");
}
