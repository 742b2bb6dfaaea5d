//! `baton serve`: begins and drives runs until it is stopped.

use std::path::PathBuf;
use std::sync::Arc;

use baton_runtime::policy::Wall;
use baton_runtime::serve::{MAX_RUNS, Served};
use baton_runtime::{Clock as _, News, Reporter, Server, Serving, SystemClock, workflow};
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::args::{Format, OutputArgs};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{escape, project, served, terminal};

/// Begin runs by their triggers, and go on with those that wait
///
/// Workflows that say `on:` begin a run for each event and each moment, once, whatever dies meanwhile: of the versions that new
/// runs take, if the workflow is deployed, else of its files. Runs that wait go on
/// when their time, event or answer comes; those whose host died go on too. Ctrl-C or SIGTERM: nothing new begins, what is at
/// work may come to its end for a while, and the rest goes on with the next server; a second one: at once.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The projects: folders with baton.toml, or the files; by default that of this folder or of one above it
    pub projects: Vec<PathBuf>,

    /// The most runs at work at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = MAX_RUNS)]
    pub max_runs: usize,

    /// How long what is at work may go on when the server stops: `20s`, `2m`
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = grace)]
    pub grace: Wall,

    /// The form of the lines that tell what happens; as JSON they go to stdout
    #[command(flatten)]
    pub output: OutputArgs,

    /// What is done with the lock.
    #[command(flatten)]
    pub lock: project::LockArgs,
}

fn grace(text: &str) -> Result<Wall, &'static str> {
    text.parse().map_err(|_| "write a whole number with s or m, as in 20s")
}

/// Carries it out.
///
/// # Errors
/// A project or a workflow is not what it should be, or a store fails.
pub async fn run(context: &Context, args: &ServeArgs) -> Result<Exit, Error> {
    let named: Vec<Option<&PathBuf>> =
        if args.projects.is_empty() { vec![None] } else { args.projects.iter().map(Some).collect() };
    let projects = named.into_iter().map(|path| load(context, args, path)).collect::<Result<Vec<_>, _>>()?;
    let serving = Serving { max_runs: args.max_runs, grace: args.grace.as_duration() };
    let server = Server::new(projects, serving, Arc::new(Teller::new(context, args.output.format)));
    server.serve(stops()?).await?;
    Ok(Exit::Completed)
}

fn load(context: &Context, args: &ServeArgs, path: Option<&PathBuf>) -> Result<Served, Error> {
    let project = project::load_meant(context, path.map(PathBuf::as_path), "serve examples/event-driven")?
        .with_locking(args.lock.locking());
    project::settle(context, &project)?;
    project::warn(context, &project); // not before: of a plugin that is refused nobody should grant more
    project::build_stale(context, &project)?;
    let host = project::open_to_run(&project)?;
    let plugins = project::load_plugins(context, &project, &host)?;
    let plans = workflow::plan_all(&project, &plugins)?;
    for plan in &plans {
        context.terminal.tell(&escape::escape_line(&served::workflow(plan)));
    }
    Ok(Served::new(host, project, plugins, plans)?)
}

/// Counts how often the process is asked to end.
fn stops() -> Result<watch::Receiver<u32>, Error> {
    let hears = |kind| signal(kind).map_err(|error| Error::failed(format!("cannot hear signals: {error}")));
    let (mut pressed, mut terminated) = (hears(SignalKind::interrupt())?, hears(SignalKind::terminate())?);
    let (sender, receiver) = watch::channel(0);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = pressed.recv() => {}
                _ = terminated.recv() => {}
            }
            sender.send_modify(|times| *times += 1);
        }
    });
    Ok(receiver)
}

/// Tells what happens, a line for each thing.
struct Teller {
    terminal: terminal::Terminal,
    zone: jiff::tz::TimeZone,
    format: Format,
}

impl Teller {
    fn new(context: &Context, format: Format) -> Self {
        Teller { terminal: context.terminal, zone: context.zone.clone(), format }
    }
}

impl Reporter for Teller {
    fn news(&self, news: &News) {
        let now = SystemClock.now();
        match self.format {
            Format::Text => self.terminal.tell(&served::line(news, now, &self.zone)),
            Format::Json => drop(terminal::result(&served::json(news, now))), // that nobody reads it stops no run
        }
    }
}
