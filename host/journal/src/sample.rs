//! One event of each kind, for tests.

use std::collections::BTreeMap;

use crate::approval::{Quorum, Turn};
use crate::event::{Authority, Decision, Event, Lease};
use crate::header::{PluginPin, RunHeader};
use crate::id::{Digest, InvocationId, RunId, Site, Timestamp};
use crate::outcome::{Failure, Limit, Outcome, RunOutcome, Usage};
use crate::payload::Payload;
use crate::version::{Migration, VersionPin};

pub(crate) fn run() -> RunId {
    RunId::new(Timestamp(1_700_000_000_000), 1)
}

pub(crate) fn site() -> Site {
    Site { step: "summarise".to_owned(), item: Some(2) }
}

pub(crate) fn invocation() -> InvocationId {
    InvocationId::attempt(&site(), 1)
}

pub(crate) fn large() -> Payload {
    Payload::text(format!("\"{}\"", "x".repeat(Payload::INLINE_LIMIT)))
}

pub(crate) fn header() -> Event {
    Event::RunStarted(RunHeader {
        workflow: "onboarding".to_owned(),
        plan_digest: Digest::of(b"plan"),
        plan: large(),
        input: Payload::text(r#"{"applicant":"Ada"}"#),
        seed: Digest::of(b"seed"),
        engine: "wasmtime 48.0.8".to_owned(),
        plugins: vec![PluginPin {
            name: "crm".to_owned(),
            component: Digest::of(b"crm"),
            environment: BTreeMap::from([("REGION".to_owned(), "eu-west".to_owned())]),
            limits: Some(lease()),
            invokes: true,
            price_micro_usd: 2_000,
        }],
        version: None,
        forks: Vec::new(),
        admission: Default::default(),
    })
}

fn lease() -> Lease {
    Lease {
        fuel: 10_000_000_000,
        memory_bytes: 64 << 20,
        wall_ms: 30_000,
        host_calls: 10_000,
        bytes: 64 << 20,
        log_bytes: 1 << 20,
        payload_bytes: 4 << 20,
        depth: 8,
        repeats: 100,
    }
}

pub(crate) fn invocation_started() -> Event {
    Event::InvocationStarted {
        invocation: InvocationId::nested(&invocation(), 4, Some(0)),
        site: site(),
        attempt: 1,
        caller: Some(invocation()),
        plugin: "crm".to_owned(),
        function: Some("contacts.upsert".to_owned()),
        input: Payload::text("{}"),
        deadline: Timestamp(1_700_000_060_000),
        authority: Some(Authority::Bounded),
        lease: lease(),
    }
}

pub(crate) fn intent(sequence: u32, operation: &str, request: &str) -> Event {
    Event::HostCallStarted {
        invocation: invocation(),
        sequence,
        operation: operation.to_owned(),
        request: Payload::text(request),
    }
}

pub(crate) fn host_call(sequence: u32, operation: &str, request: &str, reply: &str) -> Event {
    Event::HostCall {
        invocation: invocation(),
        sequence,
        operation: operation.to_owned(),
        request: Payload::text(request),
        reply: Payload::text(reply),
    }
}

pub(crate) fn logged(message: &str) -> Event {
    Event::Logged { invocation: invocation(), level: "info".to_owned(), message: message.to_owned() }
}

pub(crate) fn ended(outcome: Outcome) -> Event {
    let usage =
        Usage { fuel: 1234, memory_bytes: 65536, wall_ms: 5, host_calls: 1, bytes: 64, micro_usd: 2_000, tokens: 9 };
    Event::InvocationEnded { invocation: invocation(), site: site(), attempt: 1, caller: None, outcome, usage }
}

pub(crate) fn asked() -> Event {
    Event::ApprovalRequested {
        step: "sign_off".to_owned(),
        question: "Take this client on?".to_owned(),
        show: Payload::text("{}"),
        roles: vec!["partner".to_owned()],
        assignees: vec!["ada".to_owned()],
        quorum: Quorum { votes: 0, of_role: [("partner".to_owned(), 2)].into(), rejections: 2 },
        deadline: Timestamp(1_700_000_099_000),
        token: Digest::of(b"question"),
    }
}

pub(crate) fn migrated() -> Event {
    Event::Migrated(Migration {
        version: VersionPin { number: 2, digest: Digest::of(b"version 2") },
        plan_digest: Digest::of(b"other plan"),
        plan: large(),
        plugins: vec![PluginPin {
            name: "crm".to_owned(),
            component: Digest::of(b"crm 2"),
            environment: BTreeMap::new(),
            limits: None,
            invokes: false,
            price_micro_usd: 0,
        }],
        by: "ada".to_owned(),
    })
}

pub(crate) fn turn(turn: Turn) -> Event {
    Event::ApprovalTurn { step: "sign_off".to_owned(), token: Digest::of(b"question"), turn }
}

pub(crate) fn decided(decision: Decision) -> Event {
    Event::ApprovalDecided { step: "sign_off".to_owned(), token: Digest::of(b"question"), decision }
}

/// Every kind of event and of what is inside, in an order that a journal may have.
pub(crate) fn every_event() -> Vec<Event> {
    let text = str::to_owned;
    let mut events = vec![header(), invocation_started(), intent(0, "tools.call", "{}")];
    events.push(host_call(0, "tools.call", "{}", r#"{"ok":{"n":1.50}}"#));
    events.push(logged("a \"line\" \u{1b}[31m with \u{0} and \u{202e}"));
    let failures = [Failure::Invalid, Failure::Transient, Failure::Declined, Failure::Permanent];
    events.extend(failures.map(|failure| ended(Outcome::Failed { failure: failure(text("why")) })));
    let limits = [Limit::Fuel, Limit::Memory, Limit::Stack, Limit::Calls, Limit::Bytes, Limit::Wall, Limit::Repeats];
    events.extend(limits.map(|limit| ended(Outcome::Exhausted { limit, message: text("reached") })));
    events.extend([
        ended(Outcome::Completed { output: large() }),
        ended(Outcome::Trapped { message: text("unreachable") }),
        ended(Outcome::Denied { message: text("no grant") }),
        ended(Outcome::TimedOut { after_ms: 120_000 }),
        ended(Outcome::Suspended),
        asked(),
        turn(Turn::Voted {
            vote: Decision::Approved { by: text("bob"), role: None, comment: None, answer: Some(large()) },
        }),
        turn(Turn::Delegated { by: text("ada"), role: Some(text("partner")), to: text("cyd"), comment: None }),
        turn(Turn::Reminded { reminder: 1 }),
        turn(Turn::Escalated {
            level: 1,
            roles: vec![text("director")],
            assignees: Vec::new(),
            deadline: Timestamp(1_700_000_199_000),
        }),
        decided(Decision::Approved { by: text("ada"), role: None, comment: None, answer: Some(Payload::text("1")) }),
        decided(Decision::Rejected { by: text("ada"), role: Some(text("partner")), comment: Some(text("no")) }),
        decided(Decision::Expired),
        ended(Outcome::Cancelled),
        Event::TimerFired { site: Site { step: text("letter"), item: None }, attempt: 2 },
        Event::Waiting { site: site(), name: Some(text("paid")), until: Timestamp(1_700_000_099_000) },
        Event::EventReceived { site: site(), name: text("paid"), data: large(), number: 7 },
        Event::EventEmitted { site: site(), name: text("paid"), data: Payload::text("{}") },
        Event::Paused { by: text("ada"), reason: None },
        Event::Continued { by: text("ada") },
        Event::CancelRequested { by: text("ada"), reason: Some(text("enough")) },
        Event::Forked,
        migrated(),
        Event::RunEnded(RunOutcome::Failed { step: Some(text("letter")), message: text("why") }),
    ]);
    events
}
