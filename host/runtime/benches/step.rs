//! What a step costs beside the plugin's own work: a thousand trivial ones, one after the other, without persistence.

use std::path::Path;
use std::sync::Arc;

use baton_runtime::bundle::Project;
use baton_runtime::{Host, Plugins, Sandbox, Silent, SystemClock, workflow};
use baton_store::MemoryStore;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};

const STEPS: u64 = 1000;

const DOUBLE: &str = r#"(component
    (core module $m (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))
    (core instance $i (instantiate $m))
    (func (export "double") (param "number" u32) (result u32) (canon lift (core func $i "double"))))"#;

const WORKFLOW: &str = "workflow: bench
steps:
  each:
    for_each: ${{ input }}
    max_parallel: 1
    tool: double/double
    input: { number: \"${{ item }}\" }
";

fn write_project(folder: &Path) -> std::io::Result<()> {
    let plugin = folder.join("double");
    std::fs::create_dir_all(&plugin)?;
    std::fs::write(folder.join("baton.toml"), "workflow = \"w.yaml\"\n[plugins.double]\npath = \"double\"\n")?;
    std::fs::write(folder.join("w.yaml"), WORKFLOW)?;
    let manifest =
        "name = \"double\"\nversion = \"0.1.0\"\ncomponent = \"double.wasm\"\n[tools.double]\neffect = \"none\"\n";
    std::fs::write(plugin.join("plugin.toml"), manifest)?;
    std::fs::write(plugin.join("double.wasm"), wat::parse_str(DOUBLE).expect("it parses"))
}

fn steps(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    write_project(folder.path()).expect("the project can be written");
    let project = Project::load(folder.path()).expect("the project loads");
    let sandbox = Arc::new(Sandbox::new(baton_sandbox::Options::default()).expect("the engine starts"));
    let plugins = Plugins::load(&project, &sandbox, |_| {}).expect("the plugin loads");
    let plan = workflow::plan(&project, &plugins).expect("the workflow is right");
    let input: Value = json!((0..STEPS).collect::<Vec<_>>());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("the runtime starts");
    let mut group = criterion.benchmark_group("trivial steps in memory");
    group.sample_size(20).throughput(Throughput::Elements(STEPS));
    group.bench_function("a thousand", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            let host = Host::of(Arc::clone(&sandbox), Arc::new(MemoryStore::new()), Arc::new(SystemClock))
                .expect("the host opens");
            let ending = host.start(plan.clone(), &plugins, &input, Arc::new(Silent)).await.expect("it runs");
            assert_eq!(ending.outcome, "completed");
        });
    });
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
