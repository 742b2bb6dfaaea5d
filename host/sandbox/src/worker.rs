//! Worker processes: for compiling a stranger's component, and for guests that get a process of their own. What goes
//! wrong in one ends that one. It does not know what a component does, nor what a guest may do.
//!
//! A worker is a program that calls [`main`] and nothing else; it is started anew for each task and takes it from its
//! standard input. It has no authority: before it touches what a stranger made it gives up files, sockets, processes
//! and the greater part of the machine (`confine`), and what it says is believed by nobody.
//!
//! | module | holds | runs in |
//! |---|---|---|
//! | `message`, `frame` | what is said, and how it is told apart on a pipe | both |
//! | `process` | a worker as the host sees it | the host |
//! | `order` | an invocation as a worker is told of it | both |
//! | `call`, `link` | a guest is called, and calls its host | the worker |
//! | `compile` | a component becomes native code | the worker |
//! | `confine` | what is given up | the worker |

mod call;
mod compile;
mod confine;
pub(crate) mod frame;
pub(crate) mod link;
pub(crate) mod message;
pub(crate) mod order;
pub(crate) mod process;

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::process::ExitCode;

pub(crate) use compile::compile as compile_here;
pub use confine::{Confines, confine};

use message::Task;

/// The program that workers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// The program, as an absolute path: a worker's folder is the root.
    pub program: PathBuf,
    /// The arguments with which it calls [`main`].
    pub arguments: Vec<OsString>,
}

/// Does the task that standard input holds, and ends. A program calls this before it does anything else.
#[must_use]
pub fn main() -> ExitCode {
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        // There is nobody to tell: who started it sees the end of the pipe.
        Err(_) => ExitCode::FAILURE,
    }
}

fn work() -> io::Result<()> {
    let (task, bytes) = {
        let mut input = io::stdin().lock();
        let task = frame::expect(&mut input)?;
        (serde_json::from_slice(&task)?, frame::expect(&mut input)?)
    };
    let output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    match task {
        Task::Compile(confines) => compile::work(confines, &bytes, output),
        Task::Call(order) => call::work(*order, bytes, output),
    }
}

/// Ends the process when its host is gone: then nobody closes its standard input, and the system does.
fn end_with_the_host(mut hear: impl FnMut(Vec<u8>) + Send + 'static) -> io::Result<()> {
    let listen = move || {
        while let Ok(Some(frame)) = frame::read(&mut io::stdin().lock(), frame::LARGEST) {
            hear(frame);
        }
        std::process::exit(1);
    };
    std::thread::Builder::new().name("baton-inbox".into()).spawn(listen).map(drop)
}
