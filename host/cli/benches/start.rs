//! A durable run of four steps, from the start of the process to its end, with the code already compiled.

use std::path::Path;
use std::process::{Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};

const DOUBLE: &str = r#"(component
    (core module $m (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))
    (core instance $i (instantiate $m))
    (func (export "double") (param "number" u32) (result u32) (canon lift (core func $i "double"))))"#;

const WORKFLOW: &str = "workflow: bench
steps:
  one: { tool: double/double, input: { number: 1 } }
  two: { tool: double/double, input: { number: \"${{ steps.one.output }}\" } }
  three: { tool: double/double, input: { number: \"${{ steps.two.output }}\" } }
  four: { tool: double/double, input: { number: \"${{ steps.three.output }}\" } }
output: ${{ steps.four.output }}
";

fn write_project(folder: &Path) -> std::io::Result<()> {
    let plugin = folder.join("double");
    std::fs::create_dir_all(&plugin)?;
    std::fs::write(
        folder.join("baton.toml"),
        "workflow = \"w.yaml\"\ninput = \"input.json\"\n[plugins.double]\npath = \"double\"\n",
    )?;
    std::fs::write(folder.join("w.yaml"), WORKFLOW)?;
    std::fs::write(folder.join("input.json"), "{}")?;
    let manifest =
        "name = \"double\"\nversion = \"0.1.0\"\ncomponent = \"double.wasm\"\n[tools.double]\neffect = \"none\"\n";
    std::fs::write(plugin.join("plugin.toml"), manifest)?;
    std::fs::write(plugin.join("double.wasm"), wat::parse_str(DOUBLE).expect("it parses"))
}

fn run(folder: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
    command.args(["run", ".", "--quiet"]).current_dir(folder).env("XDG_STATE_HOME", folder.join("home"));
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.expect("it starts").success());
}

fn start(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    write_project(folder.path()).expect("the project can be written");
    run(folder.path());
    criterion
        .bench_function("durable run of four steps, process included", |bencher| bencher.iter(|| run(folder.path())));
}

criterion_group!(benches, start);
criterion_main!(benches);
