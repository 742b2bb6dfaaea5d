//! What the machine costs: events it takes in a second, plans of 10 to 10,000 steps, and the check of a file of 200 steps.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

use baton_journal::{Digest, Event, InvocationId, Lease, Outcome, Payload, RunHeader, RunId, Timestamp, Usage};
use baton_workflow::{Action, AgentFacts, Catalog, Plan, PluginFacts, Run};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

/// Steps in rows of ten: each takes what the one before it in its row has made.
fn workflow(steps: usize) -> String {
    let mut text = "workflow: bench\nsteps:\n".to_owned();
    for step in 0..steps {
        let input = if step % 10 == 0 { "input.n".to_owned() } else { format!("steps.s{}.output.n", step - 1) };
        let _ = writeln!(text, "  s{step}:\n    agent: any\n    input: {{ n: \"${{{{ {input} }}}}\" }}");
    }
    text
}

fn plan(text: &str) -> Plan {
    let any = PluginFacts { agent: Some(AgentFacts::default()), tools: BTreeMap::new() };
    let catalog = Catalog { plugins: BTreeMap::from([("any".to_owned(), any)]) };
    let files = |_: &str| Err("there is none".to_owned());
    Plan::parse("bench.workflow.yaml", text.as_bytes(), &files, &catalog).expect("it is a workflow")
}

fn new_run(plan: &Arc<Plan>) -> Run {
    Run::new(Arc::clone(plan), RunId::new(Timestamp(1), 7), Digest::of(b"seed"))
}

/// The journal of a run of a plan in which each step answers at once.
fn journal(plan: &Arc<Plan>) -> Vec<(Timestamp, Event)> {
    let header = RunHeader {
        workflow: plan.name().to_owned(),
        plan_digest: plan.digest(),
        plan: Payload::text("{}"),
        input: Payload::text(r#"{"n":1}"#),
        seed: Digest::of(b"seed"),
        engine: "bench".to_owned(),
        plugins: Vec::new(),
        version: None,
        forks: Vec::new(),
        admission: Default::default(),
    };
    let (mut run, mut events) = (new_run(plan), vec![Event::RunStarted(header)]);
    let (mut journal, mut at) = (Vec::new(), 1_000_000);
    while let Some(event) = events.pop() {
        at += 1;
        for action in run.apply(Timestamp(at), &event).expect("it may come") {
            events.splice(0..0, answers(&action));
        }
        journal.push((Timestamp(at), event));
    }
    journal
}

/// What a host appends about an action, the last event first.
fn answers(action: &Action) -> Vec<Event> {
    let invoke = match action {
        Action::Invoke(invoke) => invoke,
        Action::End(outcome) => return vec![Event::RunEnded(outcome.clone())],
        other => panic!("the plan asks for {other:?}"),
    };
    let (site, invocation) = (invoke.site.clone(), InvocationId::attempt(&invoke.site, 1));
    let started = Event::InvocationStarted {
        invocation: invocation.clone(),
        site: site.clone(),
        attempt: 1,
        caller: None,
        plugin: "any".to_owned(),
        function: None,
        input: invoke.input.clone(),
        deadline: Timestamp(2_000_000),
        authority: None,
        lease: Lease::default(),
    };
    let (outcome, usage) = (Outcome::Completed { output: Payload::text(r#"{"n":2}"#) }, Usage::default());
    let ended = Event::InvocationEnded { invocation, site, attempt: 1, caller: None, outcome, usage };
    vec![ended, started]
}

fn machine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("events of a run");
    for size in SIZES {
        let plan = Arc::new(plan(&workflow(size)));
        let journal = journal(&plan);
        group.throughput(Throughput::Elements(journal.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter_batched(
                || new_run(&plan),
                |mut run| {
                    for (at, event) in &journal {
                        black_box(run.apply(*at, event).expect("it was applied before"));
                    }
                    run
                },
                BatchSize::LargeInput,
            );
        });
    }
}

fn plans(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check of a file");
    group.sample_size(10);
    for size in [10, 100, 200, 1_000, 10_000] {
        let text = workflow(size);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| bencher.iter(|| plan(black_box(&text))));
    }
}

criterion_group!(benches, machine, plans);
criterion_main!(benches);
