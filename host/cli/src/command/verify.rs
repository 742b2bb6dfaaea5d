//! `baton verify`: whether a run is what its record says.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use baton_runtime::journal::StoreError;
use baton_runtime::replay::Replayed;
use baton_runtime::{Components, Error as HostError, Sandbox, Story, Verification, export, verify};
use clap::Args;

use crate::args::{Format, OutputArgs, WhichRun};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::replayed::{self, Columns};
use crate::{ending, input, lookup, paint, project, terminal, verified, worker};

/// Verify a run, or a file that `baton export` wrote
///
/// The chain of its entries, the digests of its payloads, that everything the plan decides follows from it, and that every
/// agent does the same again: the same calls, results and fuel. It needs no network, and of an exported file nothing but
/// the file. It does not say who wrote the record: a journal carries no signature.
///
/// Exit codes: 0 it holds, 1 it does not, 2 it cannot be verified.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The run: its id, at least four characters of its beginning or end, `last`, or the path of an exported file
    pub run: String,

    /// The run's project, where it is not an exported file
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,

    /// The component of a plugin, where the exported file has none; it must be the very one
    #[arg(long, value_name = "FILE")]
    pub component: Vec<PathBuf>,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Carries it out.
///
/// # Errors
/// There is no such run or file, or a component cannot be loaded.
pub async fn run(context: &Context, args: &VerifyArgs) -> Result<Exit, Error> {
    let file = Path::new(&args.run);
    if args.run.contains(['/', '.']) && !file.exists() {
        let message = format!("there is no file {}", args.run);
        return Err(Error::usage(message).hint("`baton export RUN` writes one; a run is named by its id or `last`"));
    }
    let found = if file.is_file() { of_file(context, args, file).await } else { of_store(context, args).await };
    match found {
        Ok(found) => {
            match args.output.format {
                Format::Json => terminal::result(&ending::pretty(&found)?)?,
                Format::Text => terminal::result(&verified::statement(&found))?,
            }
            Ok(if found.holds() { Exit::Completed } else { Exit::Failed })
        }
        Err(error) => Err(error),
    }
}

async fn of_store(context: &Context, args: &VerifyArgs) -> Result<Verification, Error> {
    let which = WhichRun { run: args.run.clone(), project: args.project.clone() };
    let found = lookup::find(context, &which).await?;
    let host = project::open_to_read(&found.project)?;
    let story = host.story(&found.run).await.map_err(not_verified)?;
    let components = host.components(&story).await.map_err(not_verified)?;
    let watch = Watch::of(context, &story);
    let verified = verify(host.sandbox(), &components, &story, |one| watch.tell(one)).await;
    verified.map_err(not_verified)
}

async fn of_file(context: &Context, args: &VerifyArgs, file: &Path) -> Result<Verification, Error> {
    let path = file.display().to_string();
    let opened = File::open(file).map_err(|error| Error::usage(format!("{path}: cannot be opened: {error}")))?;
    let mut exported = export::read(&path, BufReader::new(opened)).map_err(not_verified)?;
    for component in &args.component {
        if !exported.add(input::component(component)?) {
            let message = format!("{} is no component that the run was made with", component.display());
            return Err(
                Error::usage(message).hint("it must be the very file, to the last byte: a later build is another one")
            );
        }
    }
    let components = Components::of(exported.components);
    let story = Story::of(exported.run, exported.entries).map_err(not_verified)?;
    let worker = worker::of_this_program().map_err(|error| Error::failed(error.to_string()))?;
    let sandbox = Sandbox::new(baton_runtime::SandboxOptions { worker: Some(worker), ..Default::default() });
    let watch = Watch::of(context, &story);
    watch.begin(&components);
    let sandbox = sandbox.map_err(HostError::from)?;
    verify(&sandbox, &components, &story, |one| watch.tell(one)).await.map_err(not_verified)
}

/// A record that cannot be read for what it should be is one that does not hold.
fn not_verified(error: HostError) -> Error {
    let is_the_records = matches!(
        error,
        HostError::Store(StoreError::Corrupt { .. }) | HostError::File { .. } | HostError::Run(_) | HostError::Plan(_)
    );
    let error = Error::from(error);
    if is_the_records { Error::failed(format!("not verified: {}", error.message())) } else { error }
}

/// Tells what is being made again, as long as somebody looks on.
struct Watch<'a> {
    context: &'a Context,
    columns: Columns,
}

impl<'a> Watch<'a> {
    fn of(context: &'a Context, story: &Story) -> Self {
        Watch { context, columns: Columns::of(story) }
    }

    fn begin(&self, components: &Components) {
        if self.context.terminal.is_live() && !components.is_empty() {
            self.context.terminal.tell(&paint::faint("compiling the components…"));
        }
    }

    fn tell(&self, replayed: &Replayed) {
        if self.context.terminal.is_live() || replayed.verdict.is_other() {
            self.context.terminal.tell(&replayed::line(replayed, self.columns));
        }
    }
}
