//! An allowed request is decided without a byte from the heap. A binary of its own: the count is of the whole thread.

use baton_policy::{Decision, Effect, Grants, HttpTarget, Policy, Request, StateWanted, ToolCall};

#[test]
fn an_allowed_request_allocates_nothing() {
    let text = "state = ['run', 'shared:clients']\ntools = ['crm/contacts.get', 'billing/*']
        http = ['GET,POST https://api.example.com/v1/*']";
    let grants: Grants = toml::from_str(text).unwrap();
    let policy = Policy::new("guest".parse().unwrap(), grants.clone(), grants);
    let allowed = [
        Request::Tool { call: ToolCall { name: "crm/contacts.get", effect: Effect::Write } },
        Request::Tool { call: ToolCall { name: "billing/invoices.issue", effect: Effect::Write } },
        Request::State { wanted: StateWanted::parse("run/key").unwrap() },
        Request::State { wanted: StateWanted::parse("read shared:clients/a*").unwrap() },
        Request::Http { target: HttpTarget::parse("POST", "https://api.example.com/v1/letters?draft=1").unwrap() },
    ];
    for request in allowed {
        let mut decision = None;
        let counted = allocation_counter::measure(|| decision = Some(policy.decide(&request)));
        assert_eq!((decision, counted.count_total), (Some(Decision::Allowed), 0), "{request:?}");
    }
    let counted = allocation_counter::measure(|| {
        drop(policy.decide(&Request::Tool { call: ToolCall { name: "bank/transfers.make", effect: Effect::Write } }));
    });
    assert!(counted.count_total > 0, "a denial has its text, so allocations are counted");
}
