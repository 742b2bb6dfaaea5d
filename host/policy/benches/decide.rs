//! What a decision costs: an allowed request, and one that is denied with its hint.

use std::hint::black_box;

use baton_policy::{Effect, Grants, HttpTarget, Policy, Request, StateWanted, ToolCall};
use criterion::{Criterion, criterion_group, criterion_main};

fn policy() -> Policy {
    let text = "state = ['run', 'agent', 'shared:clients']\ntools = ['crm/contacts.get', 'crm/contacts.upsert', 'billing/*']\n\
         http = ['GET https://www.example.com/*', 'GET,POST https://api.example.com/v1/*']";
    let grants: Grants = toml::from_str(text).expect("they are grants");
    Policy::new("guest".parse().expect("it is a name"), grants.clone(), grants)
}

fn decide(criterion: &mut Criterion) {
    let policy = policy();
    let target = HttpTarget::parse("POST", "https://api.example.com/v1/letters").expect("it is a URL");
    let requests = [
        ("a tool, allowed", Request::Tool { call: ToolCall { name: "billing/invoices.issue", effect: Effect::Write } }),
        ("a key, allowed", Request::State { wanted: StateWanted::parse("shared:clients/k").expect("it is a key") }),
        ("a request, allowed", Request::Http { target }),
        ("a tool, denied", Request::Tool { call: ToolCall { name: "bank/transfers.make", effect: Effect::Write } }),
    ];
    for (name, request) in requests {
        criterion.bench_function(name, |bencher| bencher.iter(|| policy.decide(black_box(&request))));
    }
}

criterion_group!(benches, decide);
criterion_main!(benches);
