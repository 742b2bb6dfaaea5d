//! The real binary on a copy of an example, with a home of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use baton_sandbox::Worker;
use tempfile::TempDir;

use crate::guests::{compiled, example, root};

/// An example's folder, copied beside the build's output so that its plugins are found where they are found from the
/// example itself.
pub struct Copy {
    folder: TempDir,
}

impl Copy {
    /// Copies an example.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Copy::from(&example(name))
    }

    /// Copies a project.
    #[must_use]
    pub fn from(project: &Path) -> Self {
        let folder = TempDir::new_in(root().join("target")).unwrap();
        copy(project, folder.path());
        link_compiled(folder.path());
        Copy { folder }
    }

    /// A folder in which there is nothing.
    #[must_use]
    pub fn empty() -> Self {
        Copy { folder: TempDir::new_in(root().join("target")).unwrap() }
    }

    /// The copy's folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The journal's file.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.path().join(".baton/store.db")
    }

    /// `baton` with these arguments, in the copy's folder.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .current_dir(self.path())
            .env("XDG_STATE_HOME", self.path().join("home"))
            .stdin(Stdio::null());
        command
    }

    /// Runs `baton` to its end.
    #[must_use]
    pub fn baton(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs `baton` and kills it (SIGKILL) once it has told so many lines of its story. Tells whether it lived so long.
    #[must_use]
    pub fn killed_after(&self, lines: usize, arguments: &[&str]) -> bool {
        let mut child = self.command(arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let told = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok).take(lines).count();
        child.kill().unwrap();
        child.wait().unwrap();
        told == lines
    }
}

/// The name of the program.
const BATON: &str = "baton";

/// The name of the program that measures.
const SCOREBOARD: &str = "scoreboard";

/// Whether this process was started as the program, or as a worker of it: the scoreboard is both, so that what it
/// measures is what it was built with.
#[must_use]
pub fn is_baton() -> bool {
    let mut arguments = std::env::args_os();
    let name = arguments.next().is_some_and(|path| Path::new(&path).file_name().is_some_and(|name| name == BATON));
    name || arguments.next().is_some_and(|word| word == WORKER)
}

/// The program: the one that a build of the workspace puts beside the folder of the tests, or the scoreboard itself.
fn binary() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let folder = own.parent().unwrap();
    if own.file_name().is_some_and(|name| name == SCOREBOARD) {
        return itself_as_baton(&own, &folder.join("scoreboard-as"));
    }
    let found = folder.parent().map(|folder| folder.join(BATON)).filter(|program| program.is_file());
    found.expect("`baton` is built: cargo build --workspace --bins")
}

/// The program `scoreboard`: this process, or the one that a build puts beside the folder of the tests.
pub(crate) fn scoreboard() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    if own.file_name().is_some_and(|name| name == SCOREBOARD) {
        return own;
    }
    let found = own.parent().and_then(Path::parent).map(|folder| folder.join(SCOREBOARD));
    found.filter(|program| program.is_file()).expect("`scoreboard` is built with the tests")
}

fn itself_as_baton(own: &Path, folder: &Path) -> PathBuf {
    let link = folder.join(BATON);
    fs::create_dir_all(folder).unwrap();
    // Another attack may have made it at the same time.
    let _ = std::os::unix::fs::symlink(own, &link);
    link
}

/// The word with which the program is a worker.
const WORKER: &str = "__worker";

/// The program as a worker.
#[must_use]
pub fn worker() -> Worker {
    Worker { program: binary(), arguments: vec![WORKER.into()] }
}

/// Compiling is not what these tests are about.
fn link_compiled(project: &Path) {
    fs::create_dir_all(compiled()).unwrap();
    fs::create_dir_all(project.join(".baton")).unwrap();
    std::os::unix::fs::symlink(compiled(), project.join(".baton/compiled")).unwrap();
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap).filter(|entry| entry.file_name() != ".baton") {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
