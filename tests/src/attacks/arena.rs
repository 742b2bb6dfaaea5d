//! Where an attack happens: a host that is warm, and a look at its memory before and after. It does not know attacks.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use baton_policy::{Bytes, Fuel, Isolation, Limits, Wall};
use baton_sandbox::{Loaded, SandboxError};
use baton_store::SqliteStore;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{STOP, Trial, Verdict, memory_now, memory_of_files, memory_peak, overshoot, reset_memory_peak};
use crate::{Bench, Call, Desk, Scratch, guest};

/// Where guests run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// In the process of the host.
    #[default]
    Shared,
    /// Each in a process of its own.
    Process,
}

impl Mode {
    /// The modes, by the names that people type.
    pub const ALL: [(&str, Mode); 2] = [("shared", Mode::Shared), ("process", Mode::Process)];

    /// How much later a guest may be stopped: a worker that does not stop its guest itself is killed two epochs later,
    /// and a process takes some milliseconds to end.
    fn grace(self) -> Duration {
        match self {
            Mode::Shared => Duration::ZERO,
            Mode::Process => Duration::from_millis(25),
        }
    }

    /// How a project writes it.
    #[must_use]
    pub fn isolation(self) -> Isolation {
        match self {
            Mode::Shared => Isolation::Shared,
            Mode::Process => Isolation::Process,
        }
    }
}

/// A warm host.
pub struct Arena {
    mode: Mode,
    runtime: Runtime,
    bench: Bench,
    folder: TempDir,
    growth: Cell<u64>,
    measures: bool,
}

/// Answers at once.
const HARMLESS: &str = r#"(component
    (core module $m (memory (export "memory") 2) (func (export "run") (result i32) (i32.const 1)))
    (core instance $i (instantiate $m))
    (func (export "run") (result u32) (canon lift (core func $i "run"))))"#;

/// How often a stop is tried until it comes in time: on a busy machine one may come late, and not each.
const TRIES: usize = 8;

impl Arena {
    /// Makes a host and has it run something harmless.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let folder = TempDir::new().unwrap();
        let store = SqliteStore::open(folder.path().join("bench.db")).unwrap();
        let bench = Bench { isolation: mode.isolation(), ..runtime.block_on(Bench::over(Arc::new(store))) };
        let arena = Arena { mode, runtime, bench, folder, growth: Cell::default(), measures: false };
        let _ = arena.text(HARMLESS, Call::default()).completed();
        arena
    }

    /// The same, and its memory is looked at. That says something only where nothing else happens in the process.
    #[must_use]
    pub fn measuring(mode: Mode) -> Self {
        Arena { measures: true, ..Arena::new(mode) }
    }

    /// Where guests run.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What the host's memory grew by at most, without the guests' own, in bytes.
    #[must_use]
    pub fn growth(&self) -> u64 {
        self.growth.get()
    }

    /// A folder that goes with the arena.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The bench that invocations are made on.
    #[must_use]
    pub fn bench(&self) -> &Bench {
        &self.bench
    }

    /// Runs a future to its end.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Loads a component; the memory that this takes is looked at.
    pub fn load(&self, component: &[u8]) -> Result<Loaded, SandboxError> {
        self.watch(|| (self.bench.try_load(component), 0))
    }

    /// Calls a guest of `tests/guests/examples`.
    #[must_use]
    pub fn guest(&self, name: &str, call: Call) -> Trial {
        self.call(&self.bench.load(&guest(name)), call)
    }

    /// Calls `run` of a component that is written as text.
    #[must_use]
    pub fn text(&self, component: &str, call: Call) -> Trial {
        self.call(&self.bench.load(&wat(component)), Call { function: Some("run"), ..no_input(call) })
    }

    /// Loads a component that must be refused, with these words.
    #[must_use]
    pub fn refused_at_load(&self, component: &str, words: &str) -> Verdict {
        match self.load(&wat(component)) {
            Err(error) if error.to_string().contains(words) => Verdict::contained("refused at load", error),
            Err(error) => panic!("not refused with {words:?}: {error}"),
            Ok(_) => panic!("it was loaded"),
        }
    }

    /// Calls a component that is loaded.
    #[must_use]
    pub fn call(&self, guest: &Loaded, call: Call) -> Trial {
        self.call_on(&self.bench, guest, call)
    }

    /// Calls a component that is loaded, with a bench of the attack's own.
    #[must_use]
    pub fn call_on(&self, bench: &Bench, guest: &Loaded, call: Call) -> Trial {
        let limit = call.limits.wall.as_duration();
        self.watch(|| {
            let (ended, took) = timed(|| self.block_on(bench.call(guest, call)));
            let held = ended.as_ref().map_or(0, |ended| ended.usage.memory_bytes);
            let own = if self.mode == Mode::Shared { held } else { 0 }; // what a worker holds is not in this process
            (Trial { ended, limit, took }, own)
        })
    }

    /// Tries a call that must be stopped at its deadline until it is stopped in time.
    #[must_use]
    pub fn stopped(&self, guest: &Loaded, call: &Call) -> Verdict {
        self.stopped_within(STOP, guest, call)
    }

    /// The same, where the guest is inside one operation of the engine that cannot be interrupted.
    #[must_use]
    pub fn stopped_within(&self, late: Duration, guest: &Loaded, call: &Call) -> Verdict {
        let mut last = None;
        for _ in 0..TRIES {
            let trial = self.call(guest, call.clone());
            let verdict = trial.timed_out();
            if overshoot(&trial) <= late + self.mode.grace() {
                return verdict;
            }
            last = verdict.stop;
        }
        panic!("it was stopped {:?} late, {TRIES} times", last.unwrap().overshoot());
    }

    /// Has a guest, written as text, compute without end: it ends by fuel, and by its deadline.
    #[must_use]
    pub fn ends_by_fuel_and_by_deadline(&self, component: &str, input: &str) -> Verdict {
        let guest = self.bench.load(&wat(component));
        let call = Call { function: Some("run"), input: input.to_owned(), ..Call::default() };
        let by_fuel = self.call(&guest, Call { limits: little_fuel(), ..call.clone() });
        by_fuel.exhausted(baton_journal::Limit::Fuel).and(self.stopped(&guest, &Call { limits: little_time(), ..call }))
    }

    /// Has the plugins of a project run where guests run here.
    pub fn place(&self, project: &Scratch) {
        if self.mode == Mode::Process {
            project.isolate();
        }
    }

    /// Runs a project's workflow over a store on disk, and what is said of its end.
    pub fn run(&self, project: &Scratch, input: &Value) -> (Desk, Result<baton_runtime::Ending, baton_runtime::Error>) {
        self.run_beside(0, project, input)
    }

    /// The same, where guests hold so many bytes of their own at once.
    pub fn run_beside(
        &self,
        own: u64,
        project: &Scratch,
        input: &Value,
    ) -> (Desk, Result<baton_runtime::Ending, baton_runtime::Error>) {
        self.place(project);
        let store = SqliteStore::open(TempDir::new_in(self.folder()).unwrap().keep().join("store.db")).unwrap();
        let desk = Desk::over(project.path(), Arc::new(store)).unwrap();
        let ending = self.watch(|| (self.block_on(desk.run(input)), own));
        (desk, ending)
    }

    /// Does something and looks at what the memory grows by meanwhile. Two things do not count: what guests hold of their
    /// own, which the work tells, in bytes; and the program's code, which is read from its file when it first runs.
    pub fn watch<T>(&self, work: impl FnOnce() -> (T, u64)) -> T {
        if !self.measures {
            return work().0;
        }
        let (before, code) = (memory_now(), memory_of_files());
        reset_memory_peak();
        let (result, own) = work();
        let code = memory_of_files().saturating_sub(code);
        let growth = memory_peak().saturating_sub(before).saturating_sub(own + code);
        self.growth.set(self.growth.get().max(growth));
        result
    }
}

/// How long something takes.
#[expect(clippy::disallowed_methods, reason = "what is measured is the host's own time")]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    (work(), begun.elapsed())
}

/// The component of a text.
pub(crate) fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Fuel for some milliseconds, and time for more.
pub(crate) fn little_fuel() -> Limits {
    Limits { fuel: Fuel(50_000_000), ..Limits::default() }
}

/// Fuel for minutes, and little time.
pub(crate) fn little_time() -> Limits {
    Limits { fuel: baton_policy::limits::MAX_FUEL, wall: Wall(60), bytes: Bytes(1 << 30), ..Limits::default() }
}

/// A function without parameters takes an empty object.
fn no_input(call: Call) -> Call {
    if call.input == "null" { Call { input: "{}".to_owned(), ..call } } else { call }
}
