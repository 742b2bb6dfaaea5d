//! A small recorded story, built by hand: a list worked off, an attempt that trapped, a tool called and denied, a person
//! asked. Every kind of entry is in it, and text that would like to reach the terminal.

use baton_runtime::ending::{Blame, Ending, Step};
use baton_runtime::journal::{
    Authority, Chain, Decision, Digest, Entry, Event, Failure, InvocationId, Lease, Limit, Outcome, Payload, PluginPin,
    Quorum, RunHeader, RunId, RunOutcome, Site, Timestamp, Turn, Usage,
};
use baton_runtime::plan::Quarantined;
use serde_json::{Value, json};

pub(crate) const RUN: &str = "01kb0000000000000000000000";
/// As the engine writes it behind a reason.
pub(crate) const BACKTRACE: &str =
    "\nerror while executing at wasm backtrace:\n    0:    0x29 - a.wasm!panic\n    1:    0x77 - a.wasm!run";
const BEGAN: u64 = 1_764_000_000_000;

/// Builds entries, ten milliseconds after one another.
struct Builder {
    chain: Chain,
    entries: Vec<Entry>,
}

impl Builder {
    fn push(&mut self, event: Event) {
        let at = Timestamp(BEGAN + 10 * self.chain.entries());
        self.entries.push(self.chain.seal(at, event));
    }

    fn start(&mut self, site: &Site, attempt: u32, function: Option<&str>, input: &Value) -> InvocationId {
        let id = InvocationId::attempt(site, attempt);
        self.push(started(
            &id,
            site,
            attempt,
            None,
            (if function.is_some() { "crm" } else { "summariser" }, function),
            input,
        ));
        id
    }

    fn end(&mut self, id: &InvocationId, site: &Site, attempt: u32, outcome: Outcome) {
        self.push(Event::InvocationEnded {
            invocation: id.clone(),
            site: site.clone(),
            attempt,
            caller: None,
            outcome,
            usage: usage(),
        });
    }

    fn call(&mut self, id: &InvocationId, sequence: u32, operation: &str, request: Value, reply: Value) {
        self.push(Event::HostCall {
            invocation: id.clone(),
            sequence,
            operation: operation.to_owned(),
            request: Payload::json(&request),
            reply: Payload::json(&reply),
        });
    }
}

fn started(
    id: &InvocationId,
    site: &Site,
    attempt: u32,
    caller: Option<&InvocationId>,
    what: (&str, Option<&str>),
    input: &Value,
) -> Event {
    Event::InvocationStarted {
        invocation: id.clone(),
        site: site.clone(),
        attempt,
        caller: caller.cloned(),
        plugin: what.0.to_owned(),
        function: what.1.map(ToOwned::to_owned),
        input: Payload::json(input),
        deadline: Timestamp(BEGAN + 30_000),
        authority: caller.map(|_| Authority::Itself),
        lease: Lease::default(),
    }
}

pub(crate) fn usage() -> Usage {
    Usage { fuel: 310_000_000, memory_bytes: 3_600_000, wall_ms: 120, host_calls: 2, bytes: 14_336, ..Usage::default() }
}

fn site(step: &str, item: Option<u32>) -> Site {
    Site { step: step.to_owned(), item }
}

fn completed(output: &Value) -> Outcome {
    Outcome::Completed { output: Payload::json(output) }
}

/// The journal of a run that goes as far as it is asked to: to the question, or to its end.
pub(crate) fn entries(to_the_end: bool) -> Vec<Entry> {
    let run: RunId = RUN.parse().unwrap();
    let mut story = Builder { chain: Chain::of(&run), entries: Vec::new() };
    story.push(header());
    summarise(&mut story);
    contact(&mut story);
    story.push(Event::ApprovalRequested {
        step: "sign_off".to_owned(),
        question: "Take this client on?\u{202e}".to_owned(),
        show: Payload::json(&json!({"risk": "medium", "findings": [
            {"severity": "high", "message": "the name is on the list", "code": "screening", "evidence": []}]})),
        roles: vec!["partner".to_owned()],
        assignees: Vec::new(),
        quorum: Quorum { votes: 2, ..Quorum::default() },
        deadline: Timestamp(BEGAN + 172_800_000),
        token: Digest::of(b"token"),
    });
    if to_the_end {
        finish(&mut story);
    }
    story.entries
}

fn header() -> Event {
    Event::RunStarted(RunHeader {
        workflow: "client-onboarding".to_owned(),
        plan_digest: Digest::of(b"plan"),
        plan: Payload::text("{}"),
        input: Payload::json(&json!({"applicant": {"name": "Ida\x1b[31m Weiss", "country": "AT"}, "documents": [
            {"name": "passport.txt", "text": "REPUBLIC OF AUSTRIA\n".repeat(100)}, {"name": "letter.txt", "text": "short"}]})),
        seed: Digest::of(b"seed"),
        engine: "wasmtime 48.0.8".to_owned(),
        plugins: vec![PluginPin {
            name: "summariser".to_owned(),
            component: Digest::of(b"summariser"),
            environment: Default::default(),
            limits: None,
            invokes: false,
            price_micro_usd: 0,
        }],
        version: None,
        forks: Vec::new(),
        admission: Default::default(),
    })
}

fn summarise(story: &mut Builder) {
    let (one, two) = (site("summarise", Some(0)), site("summarise", Some(1)));
    let first = story.start(&one, 1, None, &json!({"document": "passport.txt"}));
    let second = story.start(&two, 1, None, &json!({"document": "letter.txt"}));
    story.push(Event::Logged {
        invocation: first.clone(),
        level: "info".to_owned(),
        message: "12 dates\x07 found".to_owned(),
    });
    for line in ["thread '<unnamed>' panicked at src/lib.rs:14:24:", "no\x1b date"] {
        story.push(Event::Logged { invocation: second.clone(), level: "stderr".to_owned(), message: line.to_owned() });
    }
    let message = format!("wasm trap: `unreachable` executed{BACKTRACE}");
    story.end(&second, &two, 1, Outcome::Trapped { message });
    story.end(&first, &one, 1, completed(&json!({"document": "passport.txt", "dates": ["2031-02-28"]})));
    story.push(Event::TimerFired { site: two.clone(), attempt: 2 });
    let second = story.start(&two, 2, None, &json!({"document": "letter.txt"}));
    story.end(&second, &two, 2, completed(&json!({"document": "letter.txt", "dates": []})));
}

fn contact(story: &mut Builder) {
    let here = site("contact", None);
    let id = story.start(&here, 1, Some("contacts.upsert"), &json!({"client": {"name": "Ida Weiss"}}));
    story.call(&id, 0, "state.get", json!({"op": "get", "key": "c/1"}), json!({"ok": {"value": null}}));
    let text = "`crm` may not use state of scope `shared:x`: asked for in its plugin.toml but not granted (in baton.toml, under [plugins.crm]: grants = { state = [\"agent\", \"shared:x\"] })";
    story.call(&id, 1, "state.set", json!({"op": "set", "key": "k"}), json!({"err": {"case": "denied", "text": text}}));
    story.push(Event::HostCallStarted {
        invocation: id.clone(),
        sequence: 2,
        operation: "tools.call".to_owned(),
        request: Payload::json(&json!({"tool": "billing/accounts.open"})),
    });
    let nested = InvocationId::nested(&id, 2, None);
    story.push(started(&nested, &here, 1, Some(&id), ("billing", Some("accounts.open")), &json!({"client": "C-1"})));
    let message = "fuel ran out at 1G; in baton.toml, under [plugins.billing]: limits = { fuel = \"2G\" }".to_owned();
    story.end(&nested, &here, 1, Outcome::Exhausted { limit: Limit::Fuel, message });
    story.call(&id, 2, "tools.call", json!({"tool": "billing/accounts.open"}), json!({"err": {"case": "failed"}}));
    story.end(&id, &here, 1, completed(&json!({"id": "C-1", "created": true})));
}

fn finish(story: &mut Builder) {
    let turn = |turn| Event::ApprovalTurn { step: "sign_off".to_owned(), token: Digest::of(b"token"), turn };
    story.push(turn(Turn::Reminded { reminder: 1 }));
    story.push(turn(Turn::Delegated {
        by: "Bo\u{202e}b".to_owned(),
        role: Some("partner".to_owned()),
        to: "Cyd".to_owned(),
        comment: Some("away".to_owned()),
    }));
    story.push(turn(Turn::Escalated {
        level: 1,
        roles: vec!["director".to_owned()],
        assignees: vec!["Dan".to_owned()],
        deadline: Timestamp(BEGAN + 259_200_000),
    }));
    let (by, role) = ("Cyd".to_owned(), Some("partner".to_owned()));
    let answer = Some(Payload::json(&json!({"fee": "1100.00"})));
    story.push(turn(Turn::Voted { vote: Decision::Approved { by, role, comment: None, answer } }));
    story.push(Event::ApprovalDecided {
        step: "sign_off".to_owned(),
        token: Digest::of(b"token"),
        decision: Decision::Approved {
            by: "Ada".to_owned(),
            role: Some("partner".to_owned()),
            comment: Some("known\nto us".to_owned()),
            answer: Some(Payload::json(&json!({"fee": "1200.00"}))),
        },
    });
    let here = site("letter", None);
    let id = story.start(&here, 1, None, &json!({}));
    let failure = Failure::Permanent("the template has no {{name}}".to_owned());
    story.end(&id, &here, 1, Outcome::Failed { failure });
    story.push(Event::RunEnded(RunOutcome::Failed {
        step: Some("letter".to_owned()),
        message: "permanent: the template has no {{name}}".to_owned(),
    }));
}

/// How that run stands.
pub(crate) fn ending(to_the_end: bool) -> Ending {
    let step = |name: &str, outcome: &'static str, attempts, usage| Step {
        name: name.to_owned(),
        outcome,
        attempts,
        quarantined: u32::from(name == "summarise"),
        usage,
        failure: (outcome == "failed").then(|| "permanent: the template has no {{name}}".to_owned()),
    };
    let nothing = Usage::default();
    let (asking, letter) = if to_the_end { ("completed", "failed") } else { ("asking", "waiting") };
    let used = if to_the_end { usage() } else { nothing };
    let message = "permanent: the template has no {{name}}".to_owned();
    Ending {
        run: RUN.parse().unwrap(),
        workflow: "client-onboarding".to_owned(),
        outcome: if to_the_end { "failed" } else { "parked" },
        output: None,
        error: to_the_end.then(|| Blame { step: Some("letter".to_owned()), message }),
        waiting: Vec::new(),
        awaits: Vec::new(),
        rest: Default::default(),
        quarantined: vec![Quarantined {
            site: Site { step: "summarise".to_owned(), item: Some(0) },
            attempt: 1,
            findings: vec!["the summary is empty".to_owned()],
        }],
        steps: vec![
            step("summarise", "completed", 3, usage().plus(usage()).plus(usage())),
            step("contact", "completed", 1, usage()),
            step("sign_off", asking, 0, nothing),
            step("refusal", "skipped", 0, nothing),
            step("letter", letter, u32::from(to_the_end), used),
        ],
    }
}
