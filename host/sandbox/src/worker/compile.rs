//! In a worker: a component becomes native code. Compiling is work for whoever wrote the component: 23 kB of nested
//! loops keep the compiler busy for more than a minute. It does not know who will run the code.

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::message::Compiled;
use super::{Confines, confine, end_with_the_host, frame};
use crate::engine;

/// The longest reason for a refusal, in bytes: the engine's are a few lines, but a stranger's names are in them.
const REASON: usize = 4 << 10;

pub(super) fn work(confines: Confines, component: &[u8], mut output: File) -> io::Result<()> {
    let engine = wasmtime::Engine::new(&engine::config_of_worker()).map_err(io::Error::other)?;
    end_with_the_host(drop)?;
    confine(confines)?;
    let (said, code) = match compile(&engine, component) {
        Ok(code) => (Ok(()), code),
        Err(reason) => (Err(reason), Vec::new()),
    };
    frame::write(&mut output, &serde_json::to_vec::<Compiled>(&said)?)?;
    frame::write(&mut output, &code)
}

/// Compiles in this process; the reason where that cannot be done. A panic of the compiler is one.
pub(crate) fn compile(engine: &wasmtime::Engine, component: &[u8]) -> Result<Vec<u8>, String> {
    let compiled = catch_unwind(AssertUnwindSafe(|| engine.precompile_component(component)));
    let reason = match compiled {
        Ok(Ok(code)) => return Ok(code),
        Ok(Err(error)) => format!("{error:#}"),
        Err(_) => "the compiler panicked, which is a bug of the engine".to_owned(),
    };
    Err(shortened(reason))
}

fn shortened(mut reason: String) -> String {
    reason.truncate(reason.floor_char_boundary(REASON));
    reason
}
