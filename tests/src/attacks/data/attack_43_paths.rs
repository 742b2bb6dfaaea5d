//! Paths that lead out of a granted folder: by dots, by links, by a race, by renaming; and what would change a folder that is
//! to be read only.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use baton_policy::Access;
use baton_sandbox::Folder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::attacks::{Arena, Attack, Mode, Verdict};
use crate::{Call, Desk, Scratch, guest};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 43, name: "paths out of a granted folder", run };

const CANARY: &str = "canary";

/// What is read and not granted.
const READ: [&str; 24] = [
    "/out/passwd",
    "/out/passwd/",
    "/out/beside/canary",
    "/out/absolute/canary",
    "/out/chain/canary",
    "/out/loop",
    "/out/../outside/canary",
    "/out/./../outside/canary",
    "/out/inner/../../outside/canary",
    "/out/../../etc/passwd",
    "/rates/../outside/canary",
    "/outside/canary",
    "/etc/passwd",
    "../outside/canary",
    "outside/canary",
    "//etc/passwd",
    "/out//../outside/canary",
    "/out/..\\outside\\canary",
    "/out/b/",
    "/out/b/.",
    "/proc/self/environ",
    "/dev/zero",
    "/out/\u{0}/../../outside/canary",
    "",
];

/// What is done to two paths, of which one is not to be changed.
const MOVED: [(&str, &str); 12] = [
    ("/rates/a", "/out/a"),
    ("/out/b", "/rates/b"),
    ("/out/b", "/rates/a"),
    ("/rates/a", "/rates/c"),
    ("/out/b", "/out/beside/b"),
    ("/out/beside/canary", "/out/stolen"),
    ("/out/passwd", "/out/inner/../../outside/passwd"),
    ("/out/b", "/out/../outside/b"),
    ("/out/b", "/outside/b"),
    ("/out/b", "/b"),
    ("/out/b", "../b"),
    ("/out/b", "/out/b/c"),
];

/// What is changed, one path at a time.
const CHANGED: [&str; 6] =
    ["/rates/a", "/rates/new", "/out/beside/canary", "/out/../outside/new", "/out/absolute/new", "/outside/new"];

fn run(arena: &Arena) -> Verdict {
    if arena.mode() == Mode::Process {
        return no_files();
    }
    let room = Room::new();
    let before = room.all();
    let told = refused(arena, &room, &attempts());
    assert_eq!(room.all(), before, "something changed");
    devices(arena, &room);
    told.and(race(arena, &room))
}

/// In a process of its own there are no files at all.
fn no_files() -> Verdict {
    let (asks, terms) = ("[asks]\nfiles = [\"read rates\"]\n", "grants = { files = [\"read rates at data\"] }");
    let project = Scratch::new("").plugin("tool", &guest("handles_files"), asks, terms).file("data/a", "");
    project.isolate();
    let error = Desk::new(project.path()).err().expect("it is refused").to_string();
    assert!(error.contains("a process of its own has no files"), "{error}");
    Verdict::contained("refused", error.replace(&project.path().display().to_string(), "[project]"))
}

fn attempts() -> Vec<Value> {
    let one = |act: &str, path: &str| json!({ "act": act, "path": path, "text": "x", "size": 0, "at": 9 });
    let two = |act: &str, (path, to): (&str, &str)| json!({ "act": act, "path": path, "to": to });
    let mut acts: Vec<Value> = READ.map(|path| one("read", path)).to_vec();
    for act in ["write", "append", "truncate", "set-size", "write-at", "make-folder", "remove", "remove-folder"] {
        acts.extend(CHANGED.map(|path| one(act, path)));
    }
    for act in ["rename", "hard-link"] {
        acts.extend(MOVED.map(|paths| two(act, paths)));
    }
    let targets = ["/etc/passwd", "../outside/canary", "b", "/out/b"];
    acts.extend(targets.map(|target| two("symbolic-link", (target, "/out/link"))));
    acts.extend(["/out/beside", "/out/..", "/outside", "/proc/self"].map(|path| one("list", path)));
    acts
}

/// Each act ends in an error, and none tells of the canary.
fn refused(arena: &Arena, room: &Room, acts: &[Value]) -> Verdict {
    let told = room.told(arena, acts);
    for (act, told) in acts.iter().zip(&told) {
        assert!(told["err"].is_string(), "{act} was done: {told}");
    }
    Verdict::contained(format!("{} refused", acts.len()), told[0]["err"].as_str().unwrap())
}

/// Names of devices elsewhere are names of files here.
fn devices(arena: &Arena, room: &Room) {
    for name in ["CON", "NUL", "com1", "aux.txt"] {
        let path = format!("/out/{name}");
        let told = room.told(arena, &[json!({ "act": "write", "path": path, "text": "x" })]);
        assert!(told[0]["err"].is_string() || room.path("out").join(name).is_file(), "{name}: {told:?}");
    }
}

/// A folder that is a link to the outside half of the time.
fn race(arena: &Arena, room: &Room) -> Verdict {
    fs::create_dir(room.path("out/flip")).unwrap();
    fs::write(room.path("out/flip/canary"), "inside").unwrap();
    symlink("../outside", room.path("out/link")).unwrap();
    let (done, out) = (AtomicBool::new(false), room.path("out"));
    let act = json!({ "act": "read-often", "path": "/out/flip/canary", "times": 3_000, "expected": "inside" });
    let told = std::thread::scope(|scope| {
        scope.spawn(|| flip(&out, &done));
        let told = room.told(arena, &[act]).remove(0);
        done.store(true, Ordering::Relaxed);
        told
    });
    assert_eq!(told["ok"]["others"], json!([]), "{told}");
    assert!(told["ok"]["expected"].as_u64() > Some(0) && told["ok"]["errors"].as_u64() > Some(0), "no race: {told}");
    Verdict::contained("a race is lost", "")
}

fn flip(out: &Path, done: &AtomicBool) {
    let swap = |from: &str, to: &str| fs::rename(out.join(from), out.join(to)).unwrap();
    while !done.load(Ordering::Relaxed) {
        swap("flip", "folder");
        swap("link", "flip");
        swap("flip", "link");
        swap("folder", "flip");
    }
}

/// `rates`, which may be read, and `out`, which may be written, with links that somebody left there; beside them the canary.
struct Room(TempDir);

impl Room {
    fn new() -> Self {
        let room = Room(TempDir::new().unwrap());
        for folder in ["rates", "out/inner", "outside"] {
            fs::create_dir_all(room.path(folder)).unwrap();
        }
        for (file, text) in [("rates/a", "rates"), ("out/b", "out"), ("outside/canary", CANARY)] {
            fs::write(room.path(file), text).unwrap();
        }
        let outside = room.path("outside").display().to_string();
        let links = [
            ("/etc/passwd", "passwd"),
            ("../outside", "beside"),
            (&outside, "absolute"),
            ("beside", "chain"),
            ("loop", "loop"),
        ];
        for (target, link) in links {
            symlink(target, room.path("out").join(link)).unwrap();
        }
        room
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    /// What came of each act.
    fn told(&self, arena: &Arena, acts: &[Value]) -> Vec<Value> {
        let folder = |name: &str, access| Folder { name: name.parse().unwrap(), path: self.path(name), access };
        let folders = vec![folder("rates", Access::Read), folder("out", Access::Write)];
        let input = json!({ "acts": json!(acts).to_string() }).to_string();
        let call = Call { function: Some("acting.act"), input, folders, ..Call::default() };
        let told = arena.call(&arena.bench().load(&guest("handles_files")), call).completed();
        assert!(!told.to_string().contains(CANARY), "the canary was read");
        serde_json::from_str(told.as_str().unwrap()).unwrap()
    }

    /// Every path of the room with what is there.
    fn all(&self) -> Vec<(String, Option<String>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                found.push((path.display().to_string(), fs::read_to_string(&path).ok()));
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                }
            }
        }
        found.sort();
        found
    }
}
