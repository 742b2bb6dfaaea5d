//! The commands, a file for each. They know the terminal and the host; none knows another.

pub mod approve;
pub mod build;
pub mod call;
pub mod cancel;
pub mod check;
pub mod delegate;
pub mod deploy;
pub mod emit;
pub mod export;
pub mod fork;
pub mod grants;
pub mod graph;
pub mod migrate;
pub mod pause;
pub mod promote;
pub mod reject;
pub mod replay;
pub mod resume;
pub mod rollback;
pub mod run;
pub mod runs;
pub mod schema;
pub mod serve;
pub mod show;
pub mod store;
pub mod verify;
pub mod versions;

use crate::args::Command;
use crate::context::Context;
use crate::error::{Error, Exit};

/// Carries out a command.
///
/// # Errors
/// It cannot be carried out.
pub async fn carry_out(context: &Context, command: Command) -> Result<Exit, Error> {
    match command {
        Command::Run(args) => run::run(context, &args).await,
        Command::Check(args) => check::run(context, &args),
        Command::Graph(args) => graph::run(context, &args),
        Command::Build(args) => build::run(context, &args),
        Command::Grants(args) => grants::run(context, &args),
        Command::Deploy(args) => deploy::run(context, &args).await,
        Command::Versions(args) => versions::run(context, &args).await,
        Command::Promote(args) => promote::run(context, &args).await,
        Command::Migrate(args) => migrate::run(context, &args).await,
        Command::Rollback(args) => rollback::run(context, &args).await,
        Command::Runs(args) => runs::run(context, &args).await,
        Command::Show(args) => show::run(context, &args).await,
        Command::Store(args) => store::run(context, &args),
        Command::Approve(args) => approve::run(context, &args).await,
        Command::Reject(args) => reject::run(context, &args).await,
        Command::Delegate(args) => delegate::run(context, &args).await,
        Command::Serve(args) => serve::run(context, &args).await,
        Command::Emit(args) => emit::run(context, &args).await,
        Command::Cancel(args) => cancel::run(context, &args).await,
        Command::Pause(args) => pause::run(context, &args).await,
        Command::Resume(args) => resume::run(context, &args).await,
        Command::Replay(args) => replay::run(context, &args).await,
        Command::Verify(args) => verify::run(context, &args).await,
        Command::Export(args) => export::run(context, &args).await,
        Command::Fork(args) => fork::run(context, &args).await,
        Command::Call(args) => call::run(context, &args).await,
        Command::Schema(args) => schema::run(&args),
    }
}
