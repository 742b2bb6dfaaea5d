//! Random components, each from a seed of its own: loaded and run to their limits, they must not harm the host. It does
//! not know who wants them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::Duration;

use arbitrary::Unstructured;
use baton_journal::Tape;
use baton_policy::{Bytes, Fuel, Limits, Wall};
use baton_sandbox::wasmtime::{self, Engine, FuncType, ValType};
use baton_sandbox::{Invocation, Target};
use wasm_smith::{Component, Config, Module};

use crate::Call;
use crate::attacks::{Arena, timed};
use crate::seeded::Seeded;

/// Bytes that a module is made of. Small ones compile in milliseconds, and there can be many of them.
const ENTROPY: usize = 4_096;

/// Bytes that a component of many parts is made of.
const MORE_ENTROPY: usize = 65_536;

/// The most that one may take, compiling included, on a machine that is busy and in a build for tests.
const SOON: Duration = Duration::from_secs(20);

/// Something that can be called whatever the module exports, so that an instance of it is made.
const RUN: &str = r#"(core module $r (func (export "run")))
    (core instance $r (instantiate $r))
    (func (export "run") (canon lift (core func $r "run")))"#;

/// What became of many.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Those that could not be made of their seed's bytes.
    pub unmade: u64,
    /// Those that are no component the host takes.
    pub refused: u64,
    /// Those of which something was called.
    pub called: u64,
    /// Those that have nothing to call.
    pub idle: u64,
    /// The longest time that one took.
    pub longest: Duration,
}

/// Tries the component of a seed.
///
/// # Errors
/// It harmed the host: how, with the seed.
pub fn attempt(arena: &Arena, seed: u64, tally: &mut Tally) -> Result<(), String> {
    let harmed = |how: &str| format!("seed {seed}: the host {how}");
    let Ok(component) = component(seed) else {
        tally.unmade += 1;
        return Ok(());
    };
    let (result, took) = timed(|| catch_unwind(AssertUnwindSafe(|| run(arena, &component, tally))));
    tally.longest = tally.longest.max(took);
    match result {
        Err(_) => Err(harmed("panicked")),
        Ok(Err(error)) => Err(harmed(&error)),
        Ok(Ok(())) if took > SOON => Err(harmed(&format!("was busy for {took:?}"))),
        Ok(Ok(())) => Ok(()),
    }
}

/// The component of a seed: a module in a wrapping, or one of many parts.
fn component(seed: u64) -> arbitrary::Result<Vec<u8>> {
    let entropy = if seed.is_multiple_of(2) { ENTROPY } else { MORE_ENTROPY };
    let bytes = Seeded::new(seed).bytes(entropy / 8);
    let mut entropy = Unstructured::new(&bytes);
    if seed.is_multiple_of(2) {
        return Module::new(config(seed), &mut entropy).map(|module| wrapped(&module.to_bytes()));
    }
    Component::new(config(seed), &mut entropy).map(|component| component.to_bytes())
}

fn config(seed: u64) -> Config {
    let flag = |bit: u64| seed >> bit & 1 == 1;
    Config {
        export_everything: true,
        max_imports: 0,
        max_instructions: 200,
        min_funcs: 4,
        max_funcs: 8,
        max_types: 12,
        max_memory32_bytes: if seed.is_multiple_of(16) { 1 << 32 } else { 4 << 20 },
        max_table_elements: if seed.is_multiple_of(16) { 1_000_000 } else { 1_000 },
        memory_max_size_required: flag(3),
        max_memories: if seed.is_multiple_of(32) { 4 } else { 1 },
        max_tables: if flag(1) { 4 } else { 1 },
        max_components: 3,
        max_instances: 3,
        multi_value_enabled: flag(4),
        simd_enabled: true,
        bulk_memory_enabled: true,
        reference_types_enabled: seed.is_multiple_of(32),
        tail_call_enabled: flag(2),
        memory64_enabled: seed.is_multiple_of(16),
        threads_enabled: false,
        gc_enabled: false,
        exceptions_enabled: false,
        allow_start_export: true,
        ..Config::default()
    }
}

/// A component that makes an instance of the module, and of whose functions those can be called that take nothing.
/// Text cannot hold a module of bytes: a stub with the same exports stands in its place, in the first section.
fn wrapped(module: &[u8]) -> Vec<u8> {
    static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::default);
    let known = wasmtime::Module::new(&ENGINE, module);
    let (mut stubs, mut lifted) = (String::new(), String::new());
    for (number, export) in known.iter().flat_map(wasmtime::Module::exports).enumerate() {
        if let Some((core, result)) = export.ty().func().and_then(result) {
            let name: String = export.name().bytes().map(|byte| format!("\\{byte:02x}")).collect();
            stubs += &format!("(func (export \"{name}\") {core} unreachable)");
            lifted += &format!("(func (export \"f{number}\") {result} (canon lift (core func $i \"{name}\")))");
        }
    }
    let text = format!("(component (core module $m {stubs}) (core instance $i (instantiate $m)) {RUN} {lifted})");
    with_module(&wat::parse_str(text).unwrap(), module)
}

/// What a function that takes nothing gives, in the core and lifted, as far as that needs no memory.
fn result(function: &FuncType) -> Option<(&'static str, &'static str)> {
    match (function.params().len(), function.results().collect::<Vec<_>>().as_slice()) {
        (0, []) => Some(("", "")),
        (0, [ValType::I32]) => Some(("(result i32)", "(result u32)")),
        (0, [ValType::I64]) => Some(("(result i64)", "(result u64)")),
        (0, [ValType::F32]) => Some(("(result f32)", "(result f32)")),
        (0, [ValType::F64]) => Some(("(result f64)", "(result f64)")),
        _ => None,
    }
}

/// The component with another module in its first section.
fn with_module(component: &[u8], module: &[u8]) -> Vec<u8> {
    let (head, section) = component.split_at(9); // the preamble, and what the section is
    assert_eq!(head[8], 1, "the first section is a module");
    let digits = section.iter().position(|byte| *byte < 0x80).unwrap() + 1;
    let length = section[..digits].iter().rev().fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f));
    [head, &leb128(module.len()), module, &section[digits + length..]].concat()
}

fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn run(arena: &Arena, component: &[u8], tally: &mut Tally) -> Result<(), String> {
    let Ok(loaded) = arena.load(component) else {
        tally.refused += 1;
        return Ok(());
    };
    let callable =
        loaded.functions().iter().filter(|function| function.parameters()["required"] == serde_json::json!([]));
    let names: Vec<String> = callable.map(|function| function.name.clone()).collect();
    *(if names.is_empty() { &mut tally.idle } else { &mut tally.called }) += 1;
    for name in names {
        let invocation = Invocation { target: Target::Tool(name), ..arena.bench().invocation(call()) };
        let bench = arena.bench();
        let ended = bench.sandbox.invoke(&loaded, invocation.into(), Tape::empty(), &bench.backends);
        let ended = arena.block_on(ended).map_err(|error| error.to_string())?;
        if ended.usage.memory_bytes > call().limits.memory.0 {
            return Err(format!("gave it {} bytes", ended.usage.memory_bytes));
        }
    }
    Ok(())
}

fn call() -> Call {
    let limits = Limits { fuel: Fuel(5_000_000), memory: Bytes(8 << 20), wall: Wall(1_000), ..Limits::default() };
    Call { function: Some("run"), input: "{}".to_owned(), limits, ..Call::default() }
}
