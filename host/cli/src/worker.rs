//! The program as its own worker: it is started again with a word that the manual does not list, and is then nothing
//! else. It does not know what workers do.

use baton_runtime::Worker;

/// The first argument of a worker. No command is called so.
const WORD: &str = "__worker";

/// Whether this process is a worker.
#[must_use]
pub fn is_one() -> bool {
    std::env::args_os().nth(1).is_some_and(|word| word == WORD)
}

/// This program as a worker.
///
/// # Errors
/// The system does not tell which program this is.
pub fn of_this_program() -> std::io::Result<Worker> {
    Ok(Worker { program: std::env::current_exe()?, arguments: vec![WORD.into()] })
}
