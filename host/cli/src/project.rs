//! A project and the folder beside it in which its runs are kept. It does not know what is in a project.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use baton_runtime::build::{self, News};
use baton_runtime::bundle::project::FILE_NAME;
use baton_runtime::bundle::secret::FilledSecret;
use baton_runtime::bundle::{Bounds, BudgetEntry, Frozen, Locking, Name, Project, Today};
use baton_runtime::egress::Secrets;
use baton_runtime::journal::Quota;
use baton_runtime::{Host, Options, Plugins};

use clap::Args;

use crate::context::Context;
use crate::error::Error;
use crate::progress::BuildLines;
use crate::{environment, escape, paint, worker};

/// The option that keeps the lock as it is.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct LockArgs {
    /// Refuse to write baton.lock: every plugin must be in it as it is now
    #[arg(long)]
    locked: bool,
}

impl LockArgs {
    /// What is done with the lock.
    #[must_use]
    pub fn locking(self) -> Locking {
        if self.locked { Locking::Locked } else { Locking::Write }
    }
}

/// The folder for runs and compiled code, beside the project's file.
const FOLDER: &str = ".baton";

/// Loads the project of a folder or a file, and remembers it.
///
/// # Errors
/// It is not a project, or one of its plugins cannot be loaded.
pub fn load(context: &Context, path: &Path) -> Result<Project, Error> {
    let project = Project::load(path).map_err(|error| not_a_project(path, error.into()))?;
    context.projects.remember(project.file());
    Ok(project)
}

/// Loads the project that a command names, or the one around the folder that the process was started in. `example` is
/// the command with a project, for those who have none.
///
/// # Errors
/// As [`load`].
pub fn load_meant(context: &Context, named: Option<&Path>, example: &str) -> Result<Project, Error> {
    let here = Path::new(".");
    let around =
        || Some(here.to_owned()).filter(|here| here.join(FILE_NAME).is_file()).or_else(|| around(&context.folder));
    let path = named.map(Path::to_owned).or_else(around).unwrap_or_else(|| here.to_owned());
    let beyond = if named.is_none() { ", nor is there one in the folders above" } else { "" };
    load(context, &path).map_err(|error| match file_of(&path).exists() {
        true => error,
        false => Error::usage(format!("{}{beyond}", error.message()))
            .hint(format!("name a folder with baton.toml, as in `baton {example}`")),
    })
}

fn not_a_project(path: &Path, error: Error) -> Error {
    let file = file_of(path);
    if file.exists() { error } else { Error::usage(format!("there is no project: {} does not exist", file.display())) }
}

/// The file of a project that is named by its folder or its file.
fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() }
}

/// The file of the project that a command names, or of the one around the folder that the process was started in. It need
/// not be sound.
///
/// # Errors
/// There is none.
pub fn file_meant(context: &Context, named: Option<&Path>) -> Result<PathBuf, Error> {
    let missing = |file: &Path| format!("there is no project: {} does not exist", file.display());
    match named.map(file_of) {
        Some(file) if file.is_file() => Ok(file),
        Some(file) => Err(Error::usage(missing(&file))),
        None => around(&context.folder).ok_or_else(|| {
            Error::usage("there is no project in this folder or above it").hint("name a folder with baton.toml")
        }),
    }
}

/// Reads what the file of a project says today, and remembers the project. Its plugins need not be there.
///
/// # Errors
/// It is not there, or not what it should be.
pub fn today(context: &Context, path: &Path) -> Result<Today, Error> {
    let today = Today::read(path).map_err(|error| not_a_project(path, error.into()))?;
    context.projects.remember(today.file());
    Ok(today)
}

/// Tells what the operator should know of a project and stops nothing.
pub fn warn(context: &Context, project: &Project) {
    for warning in project.warnings() {
        context.terminal.tell(&format!("{} {}", paint::warn("warning:"), escape::escape_line(&warning.to_string())));
    }
}

/// Holds the project's plugins against its lock, before anything of them is built or loaded. That the lock was written
/// is told.
///
/// # Errors
/// A plugin is not what was accepted, or the lock cannot be read or written, or is locked and not up to date.
pub fn settle(context: &Context, project: &Project) -> Result<(), Error> {
    let settled = project.settle()?;
    if let Some(path) = settled.written().filter(|_| !settled.first().is_empty()) {
        let plugins = settled.first().iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        let line = format!("wrote {}: accepted {plugins}; commit it", path.display());
        context.terminal.tell(&paint::faint(&escape::escape_line(&line)));
    }
    Ok(())
}

/// Opens the host over a project's store.
///
/// # Errors
/// The folder or the store cannot be used.
pub fn open(project: &Project) -> Result<Host, Error> {
    open_store(project.file(), project.bounds())
}

/// Opens the host over the store of a project, given its file and what it says of the store.
///
/// # Errors
/// As [`open`].
pub fn open_store(file: &Path, bounds: Bounds) -> Result<Host, Error> {
    let written = bounds.store;
    let default = Quota::default();
    let bytes = written.run_bytes.map_or(default.bytes, |bytes| bytes.get());
    let entries = written.run_entries.unwrap_or(default.entries);
    prepare(&folder_of(file))?;
    let options = options(file, Quota { bytes, entries })?;
    Ok(Host::open(&Options { budget: bounds.budget, ..options })?)
}

/// Opens the host over no store, to load a project's plugins and plan its workflows.
///
/// # Errors
/// The folder of compiled code cannot be used.
pub fn open_to_plan(project: &Project) -> Result<Host, Error> {
    prepare(&folder_of(project.file()))?;
    Ok(Host::open_to_plan(&options(project.file(), Quota::default())?)?)
}

/// Opens the host only to read a project's store, given the project's file, which need not be sound.
///
/// # Errors
/// There is no store, or it cannot be read.
pub fn open_to_read(file: &Path) -> Result<Host, Error> {
    let store = store_of(file);
    if !store.exists() {
        return Err(no_store(&store));
    }
    Ok(Host::open_to_read(&options(file, Quota::default())?)?)
}

/// What is told where no run was ever made.
#[must_use]
pub fn no_store(store: &Path) -> Error {
    let message = format!("there is no store: {} does not exist", store.display());
    Error::usage(message).hint("the first `baton run` makes it")
}

fn options(file: &Path, quota: Quota) -> Result<Options, Error> {
    let folder = folder_of(file);
    let worker = worker::of_this_program()
        .map_err(|error| Error::failed(format!("cannot find this program's own file: {error}")))?;
    Ok(Options {
        store: folder.join("store.db"),
        cache: Some(folder.join("compiled")),
        worker: Some(worker),
        secrets: Secrets::default(),
        quota,
        budget: BudgetEntry::default(),
    })
}

/// Opens the host to drive runs: each secret that a plugin may use must have its value.
///
/// # Errors
/// As [`open`], and if a secret has no value.
pub fn open_to_run(project: &Project) -> Result<Host, Error> {
    let filled = project.fill_secrets(environment::secret)?;
    Ok(open(project)?.with_secrets(secrets(&filled)?))
}

/// The host with the secrets that a version may use today: each must have its value.
///
/// # Errors
/// A secret has no value.
pub fn with_secrets_of(host: Host, frozen: &Frozen, today: &Today) -> Result<Host, Error> {
    let filled = frozen.fill_secrets(today, environment::secret)?;
    Ok(host.with_secrets(secrets(&filled)?))
}

fn secrets(filled: &[FilledSecret]) -> Result<Secrets, Error> {
    baton_runtime::secrets(filled).map_err(|error| Error::failed(error.to_string()))
}

/// The store of a project, given its file.
#[must_use]
pub fn store_of(file: &Path) -> PathBuf {
    folder_of(file).join("store.db")
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(FOLDER)
}

/// Makes the folder, for its owner only: journals hold what documents said. What is in it is not for version control.
fn prepare(folder: &Path) -> Result<(), Error> {
    let ignore = folder.join(".gitignore");
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    let made = made.and_then(|()| if ignore.exists() { Ok(()) } else { fs::write(ignore, "*\n") });
    made.map_err(|error| Error::failed(format!("cannot make the folder {}: {error}", folder.display())))
}

/// Builds what is missing or stale.
///
/// # Errors
/// A build fails.
pub fn build_stale(context: &Context, project: &Project) -> Result<(), Error> {
    build_with(context, |news| build::build_stale(project, news))
}

/// Builds all plugins.
///
/// # Errors
/// A build fails.
pub fn build_all(context: &Context, project: &Project) -> Result<(), Error> {
    build_with(context, |news| build::build_all(project, news))
}

type Build<'a> = &'a mut dyn FnMut(News);

fn build_with(
    context: &Context,
    build: impl FnOnce(Build<'_>) -> Result<(), baton_runtime::Error>,
) -> Result<(), Error> {
    let mut lines = BuildLines::new(context.terminal);
    let built = tokio::task::block_in_place(|| build(&mut |news| lines.news(&news)));
    lines.end();
    Ok(built?)
}

/// Loads the plugins; those that must be compiled first are told.
///
/// # Errors
/// A component is missing, is none, or imports what nothing provides.
pub fn load_plugins(context: &Context, project: &Project, host: &Host) -> Result<Plugins, Error> {
    let tell = |name: &str| context.terminal.tell(&paint::faint(&format!("compiling {}…", escape::escape_line(name))));
    Ok(tokio::task::block_in_place(|| Plugins::load(project, host.sandbox(), tell))?)
}

/// The file of the project that a folder is in: `baton.toml` there, or in a folder above.
#[must_use]
pub fn around(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join(FILE_NAME)).find(|file| file.is_file())
}
