//! The program `baton`: commands for people and scripts. It is the only crate that prints, asks, or reads the
//! environment; it does not know how a run is driven, what a step does, or how anything is stored.
//!
//! | module | holds |
//! |---|---|
//! | [`args`] | the commands and their options: the manual |
//! | [`command`] | one file per command |
//! | [`context`] | what a command is given: terminal, environment, known projects |
//! | [`project`], [`projects`], [`lookup`], [`deployed`] | where a project keeps its runs, which projects are known, which run or deployed workflow is meant |
//! | [`drive`], [`decide`] | a run is driven: progress, the end, an interrupt; an answer is recorded |
//! | [`progress`], [`ask`], [`ending`] | what is told meanwhile, asked, and told in the end |
//! | [`story`], [`trap`] | `baton show`; what a trap leaves behind |
//! | [`served`] | what a server does, line by line |
//! | [`replayed`], [`verified`] | what became of a run that was made once more, and whether it is what its record says |
//! | [`trace`], [`stepping`] | a run entry by entry, told or gone through |
//! | [`readable`], [`mod@format`], [`escape`], [`paint`] | JSON, quantities, foreign text and colours for people |
//! | [`worker`] | the program as a worker process |
//! | [`memory`] | how the process gives memory back |
//! | [`error`] | what can go wrong, with hints and exit codes |

use std::process::ExitCode;

use clap::Parser as _;

pub mod again;
pub mod args;
pub mod ask;
pub mod command;
pub mod context;
pub mod decide;
pub mod deployed;
pub mod drive;
pub mod ending;
pub mod environment;
pub mod error;
pub mod escape;
pub mod format;
pub mod graph;
pub mod input;
pub mod lookup;
pub mod memory;
pub mod paint;
pub mod progress;
pub mod project;
pub mod projects;
pub mod readable;
pub mod replayed;
pub mod served;
pub mod stepping;
pub mod story;
pub mod terminal;
pub mod trace;
pub mod trap;
pub mod verified;
pub mod worker;

use crate::args::Cli;
use crate::context::Context;
use crate::environment::Environment;
use crate::error::{Error, Exit};

/// Runs the program with the arguments and the environment of the process.
#[must_use]
pub fn main() -> ExitCode {
    memory::give_back_large_buffers();
    if worker::is_one() {
        return baton_runtime::worker::main();
    }
    std::panic::set_hook(Box::new(|info| terminal::complain(&error::of_panic(info))));
    let exit = match Cli::try_parse() {
        Ok(cli) => carry_out(cli),
        Err(error) => terminal::usage(&error),
    };
    ExitCode::from(exit.code())
}

fn carry_out(cli: Cli) -> Exit {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&Error::failed(format!("cannot start threads: {error}"))),
    };
    let context = Context::new(Environment::read(), cli.quiet);
    let done = runtime.block_on(async {
        let command = tokio::spawn(async move { command::carry_out(&context, cli.command).await });
        command.await.unwrap_or(Ok(Exit::Failed)) // it panicked, and the hook has told so
    });
    // A thread may still wait for a line of an interrupted question: it must not keep the process.
    runtime.shutdown_background();
    done.unwrap_or_else(|error| fail(&error))
}

fn fail(error: &Error) -> Exit {
    terminal::complain(error);
    error.exit()
}
