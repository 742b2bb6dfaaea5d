//! Reading a journal back: bodies to entries, checked against the chain, and the tapes made of them.

use baton_journal::{
    Chain, Digest, Entry, Event, InvocationId, Lease, Outcome, Payload, RunHeader, RunId, Site, Tape, Timestamp, Usage,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Steps, of four entries each.
const STEPS: u64 = 2_500;

fn header() -> Event {
    Event::RunStarted(RunHeader {
        workflow: "bench".to_owned(),
        plan_digest: Digest::of(b"plan"),
        plan: Payload::text("{}"),
        input: Payload::text("{}"),
        seed: Digest::of(b"seed"),
        engine: "wasmtime".to_owned(),
        plugins: Vec::new(),
        version: None,
        forks: Vec::new(),
        admission: Default::default(),
    })
}

/// A step that makes two host calls.
fn step(number: u64) -> [Event; 4] {
    let site = Site { step: format!("step-{number}"), item: None };
    let invocation = InvocationId::attempt(&site, 1);
    let call = |sequence: u32| Event::HostCall {
        invocation: invocation.clone(),
        sequence,
        operation: "state.get".to_owned(),
        request: Payload::text(r#"{"scope":"run","op":"get","key":"counter"}"#),
        reply: Payload::text(r#"{"ok":{"value":"17"}}"#),
    };
    let started = Event::InvocationStarted {
        invocation: invocation.clone(),
        site: site.clone(),
        attempt: 1,
        caller: None,
        plugin: "counts".to_owned(),
        function: None,
        input: Payload::text(r#"{"document":"deed-of-incorporation.txt"}"#),
        deadline: Timestamp(1_767_225_630_000),
        authority: None,
        lease: Lease { fuel: 10_000_000_000, memory_bytes: 64 << 20, wall_ms: 30_000, ..Lease::default() },
    };
    let usage =
        Usage { fuel: 1_234_567, memory_bytes: 1_179_648, wall_ms: 5, host_calls: 2, bytes: 312, ..Usage::default() };
    let outcome = Outcome::Completed { output: Payload::text(r#"{"risk":"low"}"#) };
    let ended =
        Event::InvocationEnded { invocation: invocation.clone(), site, attempt: 1, caller: None, outcome, usage };
    [started, call(0), call(1), ended]
}

type Stored = (u64, Timestamp, String, Digest);

fn stored(run: &RunId) -> Vec<Stored> {
    let mut chain = Chain::of(run);
    let events = std::iter::once(header()).chain((0..STEPS).flat_map(step));
    let entries = events.map(|event| chain.seal(Timestamp(1_767_225_600_000), event));
    entries.map(|entry| (entry.sequence, entry.at, entry.body(), entry.digest)).collect()
}

fn read(run: &RunId, stored: &[Stored]) -> Vec<Entry> {
    let mut chain = Chain::of(run);
    let entry = |(sequence, at, body, digest): &Stored| {
        Entry::from_body(&mut chain, *sequence, *at, body, *digest).expect("it is what was written")
    };
    stored.iter().map(entry).collect()
}

fn journal(criterion: &mut Criterion) {
    let run = RunId::new(Timestamp(0), 0);
    let stored = stored(&run);
    let entries = read(&run, &stored);
    let mut group = criterion.benchmark_group("journal");
    group.throughput(Throughput::Elements(stored.len() as u64));
    group.bench_function("bodies to entries", |bencher| bencher.iter(|| read(&run, &stored)));
    group.bench_function("entries to tapes", |bencher| bencher.iter(|| Tape::all(&entries)));
    group.finish();
}

criterion_group!(benches, journal);
criterion_main!(benches);
