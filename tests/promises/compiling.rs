//! Compiling is somebody else's work on our machine: it happens elsewhere, ends, and says why.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use baton_policy::Bytes;
use baton_sandbox::{CompileLimits, Loaded, Options, Sandbox, SandboxError, Worker};
use baton_tests::worker;
use tempfile::TempDir;

/// Loops inside each other, and values that live through all of them: the compiler's time grows with the product.
fn bomb(loops: usize, locals: usize) -> Vec<u8> {
    let mut text = String::from("(component (core module (func (export \"bomb\") ");
    text.push_str(&"(local i32) ".repeat(locals));
    text.push_str(&"(loop ".repeat(loops));
    for local in 0..locals {
        let next = (local + 1) % locals;
        write!(text, "(local.set {local} (i32.add (local.get {local}) (local.get {next})))").unwrap();
    }
    text.push_str(&"(br_if 0 (local.get 0)))".repeat(loops));
    text.push_str(")))");
    wat::parse_str(text).unwrap()
}

fn load(component: &[u8], worker: Worker, compile: CompileLimits) -> Result<Loaded, SandboxError> {
    Sandbox::new(Options { cache: None, worker: Some(worker), compile }).unwrap().load("guest", component)
}

fn refusal(component: &[u8], worker: Worker, compile: CompileLimits) -> String {
    load(component, worker, compile).err().expect("it is refused").to_string()
}

#[test]
fn a_component_that_compiles_for_ever_is_refused() {
    let bomb = bomb(2_000, 1_000);
    assert!(bomb.len() < 100_000, "{} bytes", bomb.len());
    let second = CompileLimits { cpu: Duration::from_secs(1), ..CompileLimits::default() };
    insta::assert_snapshot!(refusal(&bomb, worker(), second)); // what it costs the host, the attack suite measures
}

#[test]
fn one_that_takes_too_much_memory_is_refused() {
    let little = CompileLimits { memory: Bytes(24 << 20), ..CompileLimits::default() };
    insta::assert_snapshot!(refusal(&bomb(300, 300), worker(), little));
}

#[test]
fn one_that_takes_too_long_is_refused() {
    let moment = CompileLimits { wall: Duration::from_millis(300), ..CompileLimits::default() };
    insta::assert_snapshot!(refusal(&bomb(2_000, 1_000), worker(), moment));
}

#[test]
fn one_that_is_too_large_is_refused_before_anything_is_done_with_it() {
    insta::assert_snapshot!(refusal(&vec![0; (64 << 20) + 1], worker(), CompileLimits::default()));
}

#[test]
fn a_worker_compiles_what_the_host_runs() {
    let component = wat::parse_str(
        r#"(component (core module $m (func (export "two") (result i32) (i32.const 2)))
            (core instance $i (instantiate $m)) (func (export "two") (result u32) (canon lift (core func $i "two"))))"#,
    );
    let loaded = load(&component.unwrap(), worker(), CompileLimits::default()).unwrap();
    assert_eq!(loaded.functions().len(), 1);
}

#[test]
fn what_the_compiler_says_is_passed_on() {
    let error = refusal(b"these are no bytes of a component", worker(), CompileLimits::default());
    assert!(error.starts_with("plugin guest cannot be loaded: "), "{error}");
    assert!(error.contains("magic") || error.contains("component"), "{error}");
}

/// A program that is no worker.
fn other(program: &str, arguments: &[&str]) -> Worker {
    Worker { program: program.into(), arguments: arguments.iter().map(Into::into).collect() }
}

#[test]
fn programs_that_are_no_workers_are_no_danger() {
    let component = wat::parse_str("(component)").unwrap();
    let say = |script: &str| refusal(&component, other("/bin/sh", &["-c", script]), CompileLimits::default());
    assert!(say("exit 3").contains("ended without an answer"));
    assert!(say("printf 'nonsense that is long enough to be a length'").contains("the compiler"));
    // `{"Ok":null}` and then four bytes that are no code.
    let said = r#"printf '\013\000\000\000{"Ok":null}\004\000\000\000code'; cat > /dev/null"#;
    assert!(say(said).contains("not code of this engine"), "{}", say(said));
    let gone = load(&component, other("/nowhere/baton", &[]), CompileLimits::default()).err().unwrap();
    assert!(matches!(gone, SandboxError::Worker { .. }) && gone.hint().is_some(), "{gone}");
}

#[test]
fn compiled_code_that_is_kept_is_compiled_once() {
    let folder = TempDir::new().unwrap();
    let component = wat::parse_str("(component)").unwrap();
    let sandbox = |worker| {
        let cache = Some(folder.path().join("compiled"));
        Sandbox::new(Options { cache, worker: Some(worker), ..Options::default() }).unwrap()
    };
    sandbox(worker()).load("guest", &component).unwrap();
    assert!(Path::exists(&folder.path().join("compiled/key")));
    // The second has no worker that could compile.
    sandbox(other("/nowhere/baton", &[])).load("guest", &component).unwrap();
}
