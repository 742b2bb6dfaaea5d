//! What the journal costs in SQLite: an append, an append that waits for the disk, many runs at once, reading back,
//! and opening. The first three say how much of a step's time is the store's.

#![expect(clippy::unwrap_used, reason = "a bench that can't go on fails")]

use std::hint::black_box;
use std::sync::Arc;

use baton_journal::{Claim, Digest, Event, InvocationId, Payload, RunHeader, RunId, Site, Store, Timestamp};
use baton_store::{MemoryStore, SqliteStore};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::Runtime;

/// Entries of the run that is read back.
const ENTRIES: u64 = 10_000;

fn header() -> Event {
    Event::RunStarted(RunHeader {
        workflow: "bench".to_owned(),
        plan_digest: Digest::of(b"plan"),
        plan: Payload::text("{}"),
        input: Payload::text("{}"),
        seed: Digest::of(b"seed"),
        engine: "none".to_owned(),
        plugins: Vec::new(),
        version: None,
        forks: Vec::new(),
        admission: Default::default(),
    })
}

/// A host call of some 220 bytes, as an agent that reads its state makes it.
fn event(sequence: u32) -> Event {
    let site = Site { step: "summarise".to_owned(), item: Some(2) };
    Event::HostCall {
        invocation: InvocationId::attempt(&site, 1),
        sequence,
        operation: "state.get".to_owned(),
        request: Payload::text(r#"{"scope":"agent","key":"documents/annual-report"}"#),
        reply: Payload::text(r#"{"ok":{"pages":12,"title":"Annual report"}}"#),
    }
}

async fn begin(store: &dyn Store, number: u128) -> Claim {
    store.create(RunId::new(Timestamp(1), number), Timestamp(1), header()).await.unwrap().0
}

fn appending(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let memory = MemoryStore::new();
    let sqlite = SqliteStore::open(folder.path().join("append.db")).unwrap();
    for (name, store) in [("memory", &memory as &dyn Store), ("sqlite", &sqlite)] {
        let claim = runtime.block_on(begin(store, 1));
        let append = || async { store.append(&claim, Timestamp(2), event(7)).await.unwrap() };
        criterion.bench_function(&format!("append/{name}"), |b| b.to_async(&runtime).iter(append));
    }
    let claim = runtime.block_on(begin(&sqlite, 2));
    let durable = || async {
        sqlite.append(&claim, Timestamp(2), event(7)).await.unwrap();
        sqlite.flush().await.unwrap();
    };
    criterion.bench_function("append+flush/sqlite", |b| b.to_async(&runtime).iter(durable));
}

/// 64 runs that append and flush at the same time: they share transactions and waits.
fn together(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path().join("together.db")).unwrap());
    let claims: Vec<Claim> = runtime.block_on(async {
        let mut claims = Vec::new();
        for number in 0..64 {
            claims.push(begin(&*store, number).await);
        }
        claims
    });
    let mut group = criterion.benchmark_group("64 runs");
    group.throughput(Throughput::Elements(64));
    group.bench_function("append+flush/sqlite", |b| b.to_async(&runtime).iter(|| all(&store, &claims)));
    group.finish();
}

async fn all(store: &Arc<SqliteStore>, claims: &[Claim]) {
    let mut tasks = tokio::task::JoinSet::new();
    for claim in claims {
        let (store, claim) = (Arc::clone(store), claim.clone());
        tasks.spawn(async move {
            store.append(&claim, Timestamp(2), event(7)).await.unwrap();
            store.flush().await.unwrap();
        });
    }
    tasks.join_all().await;
}

fn reading(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("read.db");
    let store = SqliteStore::open(&path).unwrap();
    let run = RunId::new(Timestamp(1), 1);
    runtime.block_on(async {
        let claim = begin(&store, 1).await;
        for sequence in 1..ENTRIES {
            store.append(&claim, Timestamp(2), event(sequence as u32)).await.unwrap();
        }
    });
    let mut group = criterion.benchmark_group("10,000 entries");
    group.throughput(Throughput::Elements(ENTRIES));
    group.bench_function("read and checked/sqlite", |b| {
        b.to_async(&runtime).iter(|| async { black_box(store.entries(run.clone()).await.unwrap()) });
    });
    group.finish();
    drop(store);
    criterion.bench_function("open+close/sqlite", |b| b.iter(|| SqliteStore::open(&path).unwrap()));
}

criterion_group!(benches, appending, together, reading);
criterion_main!(benches);
