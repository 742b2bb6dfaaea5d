//! Every invocation ends, and what ended it is said.

use baton_journal::{Limit, Outcome};
use baton_policy::{Bytes, Fuel, Limits, Wall};
use baton_sandbox::Ended;
use baton_tests::{Bench, Call, guest};

async fn invoke(name: &str, input: &str, limits: Limits) -> Ended {
    let bench = Bench::new().await;
    let loaded = bench.load(&guest(name));
    bench.call(&loaded, Call { input: input.to_owned(), limits, ..Call::default() }).await.unwrap()
}

fn exhausted(ended: &Ended) -> Limit {
    match &ended.outcome {
        Outcome::Exhausted { limit, .. } => *limit,
        other => panic!("expected exhaustion, found {other}"),
    }
}

#[tokio::test]
async fn a_loop_runs_out_of_fuel() {
    let limits = Limits { fuel: Fuel(50_000_000), ..Limits::default() };
    let ended = invoke("loops", "null", limits).await;
    assert_eq!(exhausted(&ended), Limit::Fuel);
    assert_eq!(ended.usage.fuel, 50_000_000);
    assert!(ended.outcome.to_string().contains("in baton.toml, under [plugins.guest]: limits = { fuel = \"100M\" }"));
}

#[tokio::test]
async fn a_loop_with_fuel_enough_is_stopped_at_its_deadline() {
    let limits = Limits { fuel: Fuel(1_000_000_000_000), wall: Wall(50), ..Limits::default() };
    let ended = invoke("loops", "null", limits).await;
    assert_eq!(ended.outcome, Outcome::TimedOut { after_ms: 50 });
}

#[tokio::test]
async fn memory_ends_at_its_limit() {
    let limits = Limits { memory: Bytes(16 << 20), ..Limits::default() };
    let ended = invoke("eats_memory", "null", limits).await;
    assert_eq!(exhausted(&ended), Limit::Memory);
    assert!(ended.usage.memory_bytes <= 16 << 20, "{} bytes", ended.usage.memory_bytes);
}

#[tokio::test]
async fn recursion_ends() {
    let ended = invoke("recurses", "null", Limits::default()).await;
    // A Rust guest hits the end of its own stack in linear memory before the engine's stack is full.
    assert!(matches!(ended.outcome, Outcome::Trapped { .. } | Outcome::Exhausted { limit: Limit::Stack, .. }));
}

#[tokio::test]
async fn a_panic_is_a_trap_and_its_text_is_a_line_of_the_journal() {
    let bench = Bench::new().await;
    let loaded = bench.load(&guest("panics"));
    let ended = bench.call(&loaded, Call::default()).await.unwrap();
    assert!(matches!(ended.outcome, Outcome::Trapped { .. }), "{}", ended.outcome);
    let journal = serde_json::to_string(&bench.entries().await.last().unwrap().event).unwrap();
    assert!(format!("{:?}", bench.entries().await).contains("this guest has had enough"), "{journal}");
}

#[tokio::test]
async fn an_exit_is_a_trap() {
    let ended = invoke("exits", "null", Limits::default()).await;
    let Outcome::Trapped { message } = &ended.outcome else { panic!("{}", ended.outcome) };
    assert!(message.contains("status"), "{message}");
}

#[tokio::test]
async fn host_calls_end_at_their_limit() {
    let limits = Limits { calls: 100, ..Limits::default() };
    let ended = invoke("chatters", r#"{"lines": 200}"#, limits).await;
    assert_eq!(exhausted(&ended), Limit::Calls);
}

#[tokio::test]
async fn lines_beyond_their_budget_are_dropped_and_counted() {
    let bench = Bench::new().await;
    let loaded = bench.load(&guest("chatters"));
    let limits = Limits { log_bytes: Bytes(100), ..Limits::default() };
    let call = Call { input: r#"{"lines": 500}"#.to_owned(), limits, ..Call::default() };
    let ended = bench.call(&loaded, call).await.unwrap();
    assert!(matches!(ended.outcome, Outcome::Completed { .. }), "a flood of lines harms the reader, not the work");
    let entries = bench.entries().await;
    assert!(entries.len() < 20, "{} entries", entries.len());
    assert!(format!("{:?}", entries.last()).contains("bytes of lines were dropped"));
}

#[tokio::test]
async fn an_input_larger_than_a_payload_is_refused() {
    let input = format!("\"{}\"", "x".repeat(5 << 20));
    let ended = invoke("looks_around", &input, Limits::default()).await;
    assert_eq!(exhausted(&ended), Limit::Bytes);
    assert!(ended.outcome.to_string().contains("payload"), "{}", ended.outcome);
}

/// A tool without a standard library.
async fn invoke_wat(text: &str) -> Ended {
    let bench = Bench::new().await;
    let loaded = bench.load(&wat::parse_str(text).unwrap());
    bench.call(&loaded, Call { function: Some("run"), input: "{}".to_owned(), ..Call::default() }).await.unwrap()
}

/// Asks `import` for 64 KiB of random bytes, whose length is of the core type `core`; `meanwhile` is what the guest's
/// allocator does beside allocating.
async fn fuel_of_random_bytes(import: &str, length: (&str, &str, &str), meanwhile: &str) -> u64 {
    let (parameter, ty, core) = length;
    let (interface, function) = import.split_once('#').unwrap();
    let ended = invoke_wat(&format!(
        r#"(component
            (import "{interface}" (instance $random
                (export "{function}" (func (param "{parameter}" {ty}) (result (list u8))))))
            (core module $libc
                (memory (export "memory") 4)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) {meanwhile} (i32.const 1024)))
            (core instance $libc (instantiate $libc))
            (core func $bytes (canon lower (func $random "{function}")
                (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
            (core module $m
                (import "host" "bytes" (func $bytes (param {core} i32)))
                (func (export "run") (result i32) (call $bytes ({core}.const 65536) (i32.const 8)) (i32.const 1)))
            (core instance $i (instantiate $m (with "host" (instance (export "bytes" (func $bytes))))))
            (func (export "run") (result u32) (canon lift (core func $i "run"))))"#
    ))
    .await;
    assert!(matches!(ended.outcome, Outcome::Completed { .. }), "{}", ended.outcome);
    ended.usage.fuel
}

#[tokio::test]
async fn a_guest_pays_for_what_it_is_given_whatever_its_allocator_does_meanwhile() {
    let grows = "(drop (memory.grow (i32.const 0)))";
    let fuel = fuel_of_random_bytes("baton:plugin/random@0.1.0#bytes", ("length", "u32", "i32"), grows).await;
    assert!(fuel > 65_536, "{fuel} fuel");
}

#[tokio::test]
async fn a_result_larger_than_a_payload_says_which_line_to_change() {
    let ended = invoke_wat(
        r#"(component
            (core module $m
                (memory (export "memory") 100)
                (func (export "run") (result i32)
                    (i32.store (i32.const 0) (i32.const 16))
                    (i32.store (i32.const 4) (i32.const 5000000))
                    (i32.const 0)))
            (core instance $i (instantiate $m))
            (func (export "run") (result string) (canon lift (core func $i "run")
                (memory (core memory $i "memory")))))"#,
    )
    .await;
    assert_eq!(exhausted(&ended), Limit::Bytes);
    assert!(ended.outcome.to_string().contains("under [plugins.guest]: limits = { payload"), "{}", ended.outcome);
}

#[tokio::test]
async fn random_bytes_of_wasi_cost_fuel_too() {
    let random = "wasi:random/random@0.2.0#get-random-bytes";
    let fuel = fuel_of_random_bytes(random, ("len", "u64", "i64"), "").await;
    assert!(fuel > 65_536, "{fuel} fuel");
}

#[tokio::test]
async fn a_loop_is_stopped_near_its_deadline_on_a_runtime_that_is_busy_with_it() {
    let limits = Limits { fuel: Fuel(1_000_000_000_000), wall: Wall(50), ..Limits::default() };
    // A runtime with tasks to run looks at its timers every 61 turns, of 5 ms here: without a look at the clock in each
    // turn every try would take 300 ms. A busy machine may take that once, and not each time.
    let mut fastest = u64::MAX;
    for _ in 0..10 {
        let ended = tokio::spawn(invoke("loops", "null", limits)).await.unwrap();
        fastest = fastest.min(ended.usage.wall_ms);
    }
    assert!(fastest < 250, "{fastest} ms");
}
