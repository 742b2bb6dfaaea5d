//! A fresh sandbox with all limits and one call, against bare wasmtime in the same configuration and run; and the same in
//! a process of its own.
//!
//! Beside criterion's own readings it prints the median of the ratios of interleaved batches, and the same for the
//! reference against itself: that is the noise of the machine.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use baton_egress::{Egress, Options};
use baton_journal::{BoxFuture, Claim, Digest, InvocationId, RunId, Site, Tape, Timestamp};
use baton_policy::{Effect, Grants, Limits, Policy};
use baton_sandbox::{
    Backends, CallError, CallSite, Clock, Invocation, Loaded, NoAgents, NoEvents, Sandbox, SandboxError, Silence,
    Target, ToolFacts, Tools, Unwatched, Worker, wasmtime,
};
use baton_store::MemoryStore;
use criterion::{Criterion, criterion_group};
use tokio::runtime::Runtime;
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Store, StoreLimits, StoreLimitsBuilder, UpdateDeadline};

const DOUBLE: &str = r#"(component
    (core module $m (memory (export "memory") 2)
        (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))
    (core instance $i (instantiate $m))
    (func (export "double") (param "number" u32) (result u32) (canon lift (core func $i "double"))))"#;

/// The argument by which this program is its own worker.
const WORKER: &str = "__worker";

const BATCH: u32 = 200;
const ROUNDS: usize = 60;

struct Nothing;

impl Clock for Nothing {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }
}

impl Tools for Nothing {
    fn list(&self) -> Vec<ToolFacts> {
        Vec::new()
    }

    fn effect(&self, _: &str) -> Effect {
        Effect::None
    }

    fn call(
        &self,
        _: CallSite,
        _: String,
        _: String,
    ) -> BoxFuture<'_, Result<Result<Arc<str>, CallError>, SandboxError>> {
        Box::pin(std::future::ready(Ok(Ok("".into()))))
    }
}

struct Ours {
    sandbox: Sandbox,
    loaded: Loaded,
    backends: Backends,
    invocation: Arc<Invocation>,
}

impl Ours {
    fn new() -> Self {
        let program = std::env::current_exe().expect("the bench is a program");
        let worker = Worker { program, arguments: vec![WORKER.into()] };
        let sandbox = Sandbox::new(baton_sandbox::Options { worker: Some(worker), ..Default::default() })
            .expect("the engine starts");
        let loaded = sandbox.load("double", &wat::parse_str(DOUBLE).expect("it parses")).expect("it loads");
        let run = RunId::new(Timestamp(0), 0);
        let backends = Backends {
            store: Arc::new(MemoryStore::new()),
            claim: Arc::new(Claim { run: run.clone(), epoch: 0 }),
            tools: Arc::new(Nothing),
            agents: Arc::new(NoAgents),
            people: Arc::new(Silence),
            events: Arc::new(NoEvents),
            egress: Arc::new(Egress::new(&Options::default()).expect("it is made")),
            secrets: Arc::default(),
            clock: Arc::new(Nothing),
            watch: Arc::new(Unwatched),
        };
        Ours { sandbox, loaded, backends, invocation: Arc::new(invocation(run)) }
    }

    /// The same, each call in a process of its own.
    fn isolated() -> Self {
        let ours = Ours::new();
        let loaded = ours.sandbox.isolate(ours.loaded).expect("there is a worker");
        Ours { loaded, ..ours }
    }

    async fn call(&self) {
        let tape = Tape::starting(Timestamp(0));
        let ended = self.sandbox.invoke(&self.loaded, Arc::clone(&self.invocation), tape, &self.backends).await;
        assert_eq!(ended.expect("the host is well").outcome.name(), "completed");
    }
}

fn invocation(run: RunId) -> Invocation {
    let site = Site { step: "bench".into(), item: None };
    let name = "double".parse().expect("it is a name");
    Invocation {
        id: InvocationId::attempt(&site, 1),
        run,
        seed: Digest::of(b"seed"),
        site,
        attempt: 1,
        plugin: "double".into(),
        target: Target::Tool("double".into()),
        input: r#"{"number":21}"#.into(),
        idempotency_key: "key".into(),
        deadline: Timestamp(30_000),
        timeout: Duration::from_secs(30),
        depth: 0,
        limits: Limits::default(),
        allowed: Limits::default(),
        account: Arc::default(),
        environment: Arc::default(),
        folders: Vec::new(),
        policy: Arc::new(Policy::new(name, Grants::default(), Grants::default())),
        resolution: None,
    }
}

struct Bare {
    engine: wasmtime::Engine,
    pre: InstancePre<StoreLimits>,
}

impl Bare {
    fn new() -> Self {
        let engine = wasmtime::Engine::new(&baton_sandbox::engine::config()).expect("the engine starts");
        let component = Component::new(&engine, wat::parse_str(DOUBLE).expect("it parses")).expect("it compiles");
        let pre = Linker::new(&engine).instantiate_pre(&component).expect("it links");
        Bare { engine, pre }
    }

    async fn call(&self) {
        let mut store = Store::new(&self.engine, StoreLimitsBuilder::new().memory_size(64 << 20).build());
        store.limiter(|limits| limits);
        store.set_fuel(10_000_000_000).expect("fuel is on");
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        let instance = self.pre.instantiate_async(&mut store).await.expect("it starts");
        let double = instance.get_typed_func::<(u32,), (u32,)>(&mut store, "double").expect("it is there");
        assert_eq!(double.call_async(&mut store, (21,)).await.expect("it answers"), (42,));
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("the runtime starts")
}

fn readings(criterion: &mut Criterion) {
    let (runtime, ours, bare) = (runtime(), Ours::new(), Bare::new());
    let mut group = criterion.benchmark_group("fresh sandbox and one call");
    group.bench_function("bare wasmtime", |bencher| bencher.to_async(&runtime).iter(|| bare.call()));
    group.bench_function("baton", |bencher| bencher.to_async(&runtime).iter(|| ours.call()));
    group.finish();
}

#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench measures and tells its readings")]
fn ratios() {
    let (runtime, ours, bare) = (runtime(), Ours::new(), Bare::new());
    let time = |call: &dyn Fn()| {
        let start = Instant::now();
        (0..BATCH).for_each(|_| call());
        start.elapsed().as_secs_f64()
    };
    let call_bare = || runtime.block_on(bare.call());
    let call_ours = || runtime.block_on(ours.call());
    let (mut against, mut noise) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (first, own, second) = (time(&call_bare), time(&call_ours), time(&call_bare));
        against.push(own / ((first + second) / 2.0));
        noise.push(second / first);
    }
    println!("fresh sandbox, baton / bare wasmtime: median {:.2}", median(&mut against));
    println!("bare wasmtime / bare wasmtime:        median {:.2}", median(&mut noise));
}

#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench measures and tells its readings")]
fn processes() {
    let (runtime, ours) = (runtime(), Ours::isolated());
    let time = || {
        let start = Instant::now();
        runtime.block_on(ours.call());
        start.elapsed().as_secs_f64() * 1e3
    };
    let mut times: Vec<f64> = (0..BATCH).map(|_| time()).collect();
    println!("a process of its own and one call:    median {:.2} ms", median(&mut times));
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

criterion_group!(benches, readings);

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|word| word == WORKER) {
        return baton_sandbox::worker::main();
    }
    benches();
    ratios();
    processes();
    ExitCode::SUCCESS
}
