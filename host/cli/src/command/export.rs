//! `baton export`: a run as one file.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, ErrorKind};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use baton_runtime::export;
use baton_runtime::journal::Exported;
use clap::Args;

use crate::args::WhichRun;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{format, lookup, paint, project, terminal};

/// Write a run into one file that can be verified elsewhere
///
/// Its journal, its payloads and the digests of its components, a line for each: `baton verify FILE` needs nothing else of
/// this machine. With its components every agent in it can be made once more. The file holds everything that the run was
/// told: keep it as you keep the documents.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The run.
    #[command(flatten)]
    pub which: WhichRun,

    /// The file, or `-` for stdout; by default WORKFLOW-RUN.jsonl in this folder. One that is there is not overwritten
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,

    /// Write the components too
    #[arg(long)]
    pub with_components: bool,
}

/// Carries it out.
///
/// # Errors
/// There is no such run, its journal is damaged, or the file cannot be written.
pub async fn run(context: &Context, args: &ExportArgs) -> Result<Exit, Error> {
    let found = lookup::find(context, &args.which).await?;
    let host = project::open_to_read(&found.project)?;
    let story = host.story(&found.run).await?;
    let exported = host.export(&story, args.with_components).await?;
    let file = args.to.clone().unwrap_or_else(|| format!("{}-{}.jsonl", story.header().workflow, story.id()).into());
    if file.as_os_str() == "-" {
        export::write(&exported, BufWriter::new(io::stdout().lock()))
            .map_err(|error| Error::failed(error.to_string()))?;
        return Ok(Exit::Completed);
    }
    write(&exported, &file)?;
    terminal::result(&file.display().to_string())?;
    context.terminal.tell(&paint::faint(&told(&exported)));
    Ok(Exit::Completed)
}

/// For its owner only: journals hold what documents said.
fn write(exported: &Exported, file: &Path) -> Result<(), Error> {
    let fail = |error: io::Error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Error::usage(format!("{} is there already", file.display())).hint("name another with --to")
        }
        _ => Error::failed(format!("cannot write {}: {error}", file.display())),
    };
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(fail)?;
    export::write(exported, BufWriter::new(&opened)).and_then(|()| opened.sync_all()).map_err(|error| {
        let _ = std::fs::remove_file(file); // a part of a run is no run
        fail(error)
    })
}

fn told(exported: &Exported) -> String {
    let components = match exported.components.len() {
        0 => "without its components: `--with-components` writes them too".to_owned(),
        number => format!("with {}", format::count(number as u64, "component")),
    };
    format!("{} entries, {components}", exported.entries.len())
}
