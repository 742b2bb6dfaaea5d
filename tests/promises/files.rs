//! A tool sees the folders that it was granted and nothing beside them, changes only those that it may, and pays for
//! every byte. Agents see none.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use baton_journal::{Limit, Outcome, Payload, Store};
use baton_policy::{Access, Bytes, Limits, Wall, ceiling};
use baton_runtime::Silent;
use baton_sandbox::{Ended, Folder};
use baton_store::MemoryStore;
use baton_tests::{Bench, Call, Desk, Scratch, guest};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::nested::cut;

/// What lies outside of every folder.
const CANARY: &str = "canary";

/// `rates`, which is read-only, and `out`, which may be written; beside them the canary.
struct Room(TempDir);

impl Room {
    fn new() -> Self {
        let room = TempDir::new().unwrap();
        for folder in ["rates/inner", "out", "outside"] {
            fs::create_dir_all(room.path().join(folder)).unwrap();
        }
        for (file, text) in [("rates/a", "rates"), ("out/b", "out"), ("outside/canary", CANARY)] {
            fs::write(room.path().join(file), text).unwrap();
        }
        Room(room)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    fn folders(&self) -> Vec<Folder> {
        let folder = |name: &str, access| Folder { name: name.parse().unwrap(), path: self.path(name), access };
        vec![folder("rates", Access::Read), folder("out", Access::Write)]
    }

    async fn ended(&self, acts: &Value, limits: Limits) -> Ended {
        let bench = Bench::new().await;
        let loaded = bench.load(&guest("handles_files"));
        let input = json!({ "acts": acts.to_string() }).to_string();
        let call = Call { function: Some("acting.act"), input, limits, folders: self.folders(), ..Call::default() };
        bench.call(&loaded, call).await.unwrap()
    }

    async fn act(&self, acts: Value) -> Vec<Value> {
        let ended = self.ended(&acts, Limits::default()).await;
        let Outcome::Completed { output: Payload::Text(text) } = &ended.outcome else { panic!("{}", ended.outcome) };
        let told: String = serde_json::from_str(text).unwrap();
        serde_json::from_str(&told).unwrap()
    }

    /// Does acts of which each must be refused, and checks that nothing changed.
    async fn refused(&self, acts: Value) {
        let before = snapshot(self.0.path());
        for (act, told) in acts.as_array().unwrap().iter().zip(self.act(acts.clone()).await) {
            assert!(told["err"].is_string(), "{act} was done: {told}");
        }
        assert_eq!(snapshot(self.0.path()), before);
    }
}

/// Every path below a folder with what is there.
fn snapshot(folder: &Path) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        found.push((path.display().to_string(), fs::read_to_string(&path).ok()));
        if path.is_dir() && !path.is_symlink() {
            found.extend(snapshot(&path));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn what_was_granted_can_be_done() {
    let room = Room::new();
    let told = room
        .act(json!([
            { "act": "read", "path": "/rates/a" }, { "act": "list", "path": "/rates" },
            { "act": "write", "path": "/out/c", "text": "c" }, { "act": "append", "path": "/out/c", "text": "d" },
            { "act": "make-folder", "path": "/out/f" }, { "act": "rename", "path": "/out/c", "to": "/out/f/c" },
            { "act": "hard-link", "path": "/out/f/c", "to": "/out/l" }, { "act": "read", "path": "/out/l" },
            { "act": "truncate", "path": "/out/b" }, { "act": "remove", "path": "/out/f/c" },
            { "act": "remove-folder", "path": "/out/f" }, { "act": "set-size", "path": "/out/l", "size": 1 },
        ]))
        .await;
    assert!(told.iter().all(|told| told["err"].is_null()), "{told:?}");
    assert_eq!(
        (&told[0]["ok"], &told[1]["ok"], &told[7]["ok"]),
        (&json!("rates"), &json!(["a", "inner"]), &json!("cd"))
    );
    assert_eq!((room.text("out/b"), room.text("out/l")), (Some(String::new()), Some("c".to_owned())));
}

#[tokio::test]
async fn read_only_is_read_only() {
    Room::new()
        .refused(json!([
            { "act": "truncate", "path": "/rates/a" },
            { "act": "write", "path": "/rates/a", "text": "x" },
            { "act": "write", "path": "/rates/new", "text": "x" },
            { "act": "append", "path": "/rates/a", "text": "x" },
            { "act": "set-size", "path": "/rates/a", "size": 0 },
            { "act": "make-folder", "path": "/rates/f" },
            { "act": "remove", "path": "/rates/a" },
            { "act": "remove-folder", "path": "/rates/inner" },
            { "act": "rename", "path": "/rates/a", "to": "/rates/c" },
            { "act": "symbolic-link", "path": "a", "to": "/rates/l" },
            { "act": "hard-link", "path": "/rates/a", "to": "/rates/l" },
        ]))
        .await;
}

#[tokio::test]
async fn nothing_goes_from_a_folder_that_is_read_only_into_one_that_is_not_or_back() {
    Room::new()
        .refused(json!([
            { "act": "hard-link", "path": "/rates/a", "to": "/out/l" },
            { "act": "hard-link", "path": "/out/b", "to": "/rates/l" },
            { "act": "rename", "path": "/rates/a", "to": "/out/a" },
            { "act": "rename", "path": "/out/b", "to": "/rates/b" },
            { "act": "rename", "path": "/out/b", "to": "/rates/a" },
        ]))
        .await;
}

#[cfg(unix)]
#[tokio::test]
async fn no_path_and_no_link_leads_out() {
    use std::os::unix::fs::symlink;
    let room = Room::new();
    symlink("/etc/passwd", room.path("out/passwd")).unwrap();
    symlink("../outside", room.path("out/beside")).unwrap();
    symlink(room.path("outside"), room.path("out/absolute")).unwrap();
    let mut acts: Vec<Value> = [
        "/out/passwd",
        "/out/passwd/",
        "/out/beside/canary",
        "/out/absolute/canary",
        "/out/../outside/canary",
        "/out/../../etc/passwd",
        "/outside/canary",
        "/etc/passwd",
        "../outside/canary",
        "/out/b/",
        "/out/b/.",
        "/",
        "",
        "//etc/passwd",
        "/out//../outside/canary",
        "/proc/self/environ",
        "/dev/zero",
        "/out/\u{0}b",
    ]
    .map(|path| json!({ "act": "read", "path": path }))
    .to_vec();
    acts.extend([
        json!({ "act": "write", "path": "/out/beside/canary", "text": "x" }),
        json!({ "act": "write", "path": "/out/../outside/new", "text": "x" }),
        json!({ "act": "rename", "path": "/out/b", "to": "/out/beside/b" }),
        json!({ "act": "hard-link", "path": "/out/b", "to": "/out/beside/b" }),
        json!({ "act": "hard-link", "path": "/out/beside/canary", "to": "/out/stolen" }),
        json!({ "act": "remove", "path": "/out/beside/canary" }),
        json!({ "act": "list", "path": "/out/beside" }),
        json!({ "act": "symbolic-link", "path": "/etc/passwd", "to": "/out/link" }),
        json!({ "act": "symbolic-link", "path": "../outside/canary", "to": "/out/link" }),
        json!({ "act": "symbolic-link", "path": "b", "to": "/out/link" }),
    ]);
    room.refused(Value::Array(acts)).await;
}

#[tokio::test]
async fn names_of_devices_are_names_of_files() {
    let room = Room::new();
    for name in ["CON", "NUL", "com1"] {
        let path = format!("/out/{name}");
        let told =
            room.act(json!([{ "act": "write", "path": path, "text": "x" }, { "act": "read", "path": path }])).await;
        let stayed = room.path("out").join(name).is_file() && told[1]["ok"] == "x";
        assert!(stayed || told[0]["err"].is_string(), "{name}: {told:?}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_becomes_a_link_while_it_is_opened_leads_nowhere() {
    let room = Room::new();
    fs::create_dir(room.path("out/flip")).unwrap();
    fs::write(room.path("out/flip/canary"), "inside").unwrap();
    std::os::unix::fs::symlink("../outside", room.path("out/link")).unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let flipping = std::thread::spawn({
        let (done, out) = (Arc::clone(&done), room.path("out"));
        move || {
            let swap = |a: &str, b: &str| fs::rename(out.join(a), out.join(b)).unwrap();
            while !done.load(Ordering::Relaxed) {
                swap("flip", "folder");
                swap("link", "flip");
                swap("flip", "link");
                swap("folder", "flip");
            }
        }
    });
    let acts = json!([{ "act": "read-often", "path": "/out/flip/canary", "times": 3_000, "expected": "inside" }]);
    let told = room.act(acts).await[0]["ok"].clone();
    done.store(true, Ordering::Relaxed);
    flipping.join().unwrap();
    assert_eq!(told["others"], json!([]), "{told}");
    assert!(told["expected"].as_u64() > Some(0) && told["errors"].as_u64() > Some(0), "nothing was raced: {told}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_or_a_socket_in_the_folder_holds_nobody_up() {
    let room = Room::new();
    let made = std::process::Command::new("mkfifo").arg(room.path("out/pipe")).status().unwrap();
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(room.path("out/socket")).unwrap();
    let acts = json!([
        { "act": "read", "path": "/out/pipe" }, { "act": "write", "path": "/out/pipe", "text": "x" },
        { "act": "append", "path": "/out/pipe", "text": "x" }, { "act": "truncate", "path": "/out/pipe" },
        { "act": "read", "path": "/out/socket" },
    ]);
    #[expect(clippy::disallowed_methods, reason = "the test measures")]
    let began = Instant::now();
    let told = room.act(acts).await;
    assert!(told.iter().all(|told| told["err"].is_string()), "{told:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "it waited for the other end");
}

fn exhausted(ended: &Ended) -> Option<Limit> {
    if let Outcome::Exhausted { limit, .. } = &ended.outcome { Some(*limit) } else { None }
}

#[tokio::test]
async fn what_is_read_and_written_counts_as_bytes_and_costs_fuel() {
    let room = Room::new();
    fs::write(room.path("rates/large"), vec![b'x'; 2 << 20]).unwrap();
    let small = Limits { bytes: Bytes(1 << 20), ..Limits::default() };
    let read = json!([{ "act": "read-often", "path": "/rates/large", "times": 1, "expected": "" }]);
    let write = json!([{ "act": "fill", "path": "/out/large", "bytes": 8 << 20 }]);
    assert_eq!(exhausted(&room.ended(&read, small).await), Some(Limit::Bytes));
    assert_eq!(exhausted(&room.ended(&write, small).await), Some(Limit::Bytes));
    let written = fs::metadata(room.path("out/large")).unwrap().len();
    assert!(written <= (1 << 20) + (64 << 10), "{written} bytes were written");
    let nothing = room.ended(&json!([]), Limits::default()).await.usage;
    let filled =
        room.ended(&json!([{ "act": "fill", "path": "/out/l", "bytes": 4 << 20 }]), Limits::default()).await.usage;
    assert!(filled.bytes >= nothing.bytes + (4 << 20) && filled.fuel >= nothing.fuel + (4 << 20), "{filled:?}");
}

#[tokio::test]
async fn no_invocation_fills_the_disk() {
    let room = Room::new();
    let most = ceiling::WRITTEN.0;
    let told = room
        .act(json!([
            { "act": "set-size", "path": "/out/b", "size": most + 4 },
            { "act": "write-at", "path": "/out/b", "at": 1_u64 << 40 },
            { "act": "set-size", "path": "/out/b", "size": most },
            { "act": "write", "path": "/out/one-more", "text": "x" },
            { "act": "make-folder", "path": "/out/f" },
        ]))
        .await;
    let done: Vec<bool> = told.iter().map(|told| told["err"].is_null()).collect();
    assert_eq!(done, [false, false, true, false, false], "{told:?}");
    assert!(told[3]["err"].as_str().unwrap().to_lowercase().contains("space"), "{told:?}");
}

#[tokio::test]
async fn open_files_are_not_used_up_for_the_host() {
    let most = ceiling::OPEN_FILES as usize;
    let keep = |count: usize| json!({ "act": "keep-open", "path": "/rates/a", "count": count });
    let told = Room::new().act(json!([keep(most), keep(most + 1), keep(most)])).await;
    assert_eq!(told[0], json!({ "ok": most }));
    assert!(told[1]["err"].is_string());
    assert_eq!(told[2], json!({ "ok": most }), "those that are closed are given back");
}

#[tokio::test]
async fn listings_do_not_fill_the_memory_of_the_host() {
    let most = ceiling::LISTINGS as usize;
    let room = Room::new();
    let keep = |count: usize| json!({ "act": "keep-listings", "path": "/out", "count": count });
    let told = room.act(json!([keep(most), keep(most + 1), keep(most)])).await;
    assert_eq!(told[0], json!({ "ok": most }));
    assert!(told[1]["err"].is_string());
    assert_eq!(told[2], json!({ "ok": most }), "those that are closed are given back");
}

const WORKFLOW: &str = "workflow: w\nsteps:\n  only:\n    tool: files/acting.act\n    input: ${{ input }}\noutput: ${{ steps.only.output }}\n";

const ASKS: &str =
    "[tools.\"acting.act\"]\neffect = \"none\"\nidempotent = false\n[asks]\nfiles = [\"read rates\", \"write out\"]\n";

fn project(grants: &str) -> Scratch {
    Scratch::new(WORKFLOW).file("data/rates/a", "rates").file("out/b", "out").plugin(
        "files",
        &guest("handles_files"),
        ASKS,
        &format!("grants = {{ files = [{grants}] }}"),
    )
}

#[tokio::test]
async fn a_project_grants_folders_by_name() {
    let scratch = project("\"read rates at data/rates\", \"read out at out\"");
    let desk = Desk::new(scratch.path()).unwrap();
    let acts = json!([{ "act": "read", "path": "/rates/a" }, { "act": "write", "path": "/out/c", "text": "c" }]);
    let ending = desk.run(&json!({ "acts": acts.to_string() })).await.unwrap();
    let told: Value = serde_json::from_str(ending.output.unwrap().as_str().unwrap()).unwrap();
    assert_eq!(told[0], json!({ "ok": "rates" }));
    assert!(told[1]["err"].is_string(), "asked to write, granted to read: {told}");
}

#[tokio::test]
async fn a_tool_that_may_change_files_writes_whatever_its_manifest_says() {
    let effect = |grants: &str| {
        let desk = Desk::new(project(grants).path()).unwrap();
        desk.plugins.tools().pop().unwrap().effect
    };
    assert_eq!(effect("\"read rates at data/rates\", \"write out at out\""), baton_policy::Effect::Write);
    assert_eq!(effect("\"read rates at data/rates\", \"read out at out\""), baton_policy::Effect::None);
}

#[tokio::test]
async fn a_call_in_flight_of_a_tool_that_may_change_files_is_asked_about() {
    let resumed = async |grants: &str| {
        let scratch = project(grants);
        let whole: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let desk = Desk::over(scratch.path(), Arc::clone(&whole)).unwrap();
        let run = desk.run(&json!({ "acts": "[]" })).await.unwrap().run;
        let entries = whole.entries(run).await.unwrap();
        let rest: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let run = cut(whole.as_ref(), &entries[..2], rest.as_ref()).await;
        let next = Desk::over(scratch.path(), rest).unwrap();
        next.host.resume(&run, &next.project, Arc::new(Silent)).await.unwrap()
    };
    let reads = resumed("\"read rates at data/rates\"").await;
    assert_eq!(reads.outcome, "completed", "one that only reads begins again: {:?}", reads.error);
    let writes = resumed("\"write out at out\"").await;
    assert_eq!(writes.outcome, "parked", "{:?}", writes.error);
    let question = &writes.waiting[0].question;
    assert!(question.contains("nobody knows whether it took effect"), "{question}");
}

#[tokio::test]
async fn a_folder_that_is_gone_fails_the_step() {
    let scratch = project("\"read rates at data/rates\"");
    let desk = Desk::new(scratch.path()).unwrap();
    fs::remove_dir_all(scratch.path().join("data")).unwrap();
    let ending = desk.run(&json!({ "acts": "[]" })).await.unwrap();
    assert_eq!(ending.outcome, "failed");
    let blame = ending.error.unwrap().message;
    assert!(blame.contains("the folder /rates of plugin files cannot be opened"), "{blame}");
}

#[tokio::test]
async fn an_agent_is_granted_no_files() {
    let scratch = Scratch::new("workflow: w\nsteps:\n  only: { agent: acts, input: { acts: [] } }\n")
        .file("data/a", "")
        .agent("acts", "grants = { files = [\"read rates at data\"] }", "files = [\"read rates\"]\n");
    let Err(error) = Desk::new(scratch.path()) else { panic!("it was loaded") };
    insta::assert_snapshot!(format!("{error}\nhint: {}", error.hint().unwrap()));
}

#[tokio::test]
async fn even_a_slow_folder_ends_at_the_deadline() {
    let room = Room::new();
    let limits = Limits { wall: Wall(300), ..Limits::default() };
    let acts = json!([{ "act": "read-often", "path": "/out/b", "times": 10_000_000, "expected": "out" }]);
    let ended = room.ended(&acts, limits).await;
    assert_eq!(ended.outcome, Outcome::TimedOut { after_ms: 300 });
}
