//! In a worker: a guest is called, with the same limits, the same WASI and the same gate as in its host's process; what
//! is behind the gate is the host. It does not know what the calls do.

use std::fs::File;
use std::io;
use std::sync::Arc;

use baton_journal::{Digest, Outcome, Payload};

use super::link::Link;
use super::message::{End, Report, Said};
use super::order::Order;
use super::{confine, end_with_the_host};
use crate::call::{Call, Called};
use crate::clock::VirtualClock;
use crate::component::Loaded;
use crate::engine::Engine;
use crate::error::SandboxError;
use crate::gate::{Gate, Remote};
use crate::turns::Turns;
use crate::{cache, call, linking};

pub(super) fn work(order: Order, code: Vec<u8>, output: File) -> io::Result<()> {
    let confines = order.confines(code.len());
    let now = order.now;
    let invocation = Arc::new(order.invocation());
    let engine = Engine::of_worker().map_err(io::Error::other)?;
    let component = cache::deserialize(engine.wasmtime(), &code).map_err(io::Error::other)?;
    let plugin = linking::load(&engine, &invocation.plugin, Digest::of(&code), &component).map_err(io::Error::other)?;
    // The engine would do it at the first call, and needs a file in memory for it.
    component.initialize_copy_on_write_image().map_err(io::Error::other)?;
    drop(code);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let link = Arc::new(Link::new(output));
    let heard = Arc::clone(&link);
    end_with_the_host(move |frame| heard.hear(&frame))?;
    confine(confines)?;
    let clock = VirtualClock::default();
    clock.advance_to(now);
    let gate = runtime.block_on(async { Gate::in_worker(invocation, clock, Remote::new(Arc::clone(&link), now)) });
    let report = runtime.block_on(run(&engine, &plugin, gate));
    tell(&link, report)
}

fn tell(link: &Link, mut report: Report) -> io::Result<()> {
    let output = match &report.end {
        End::Answered(Outcome::Completed { output: Payload::Text(output) }) => Some(Arc::clone(output)),
        _ => None,
    };
    if output.is_some() {
        report.end = End::Completed;
    }
    link.say(&Said::Ended(report))?;
    output.map_or(Ok(()), |output| link.hand_over(output.as_bytes()))
}

async fn run(engine: &Engine, plugin: &Loaded, mut gate: Gate) -> Report {
    let called = match Call::prepare(plugin, gate.invocation()) {
        Ok(call) => call::call(engine.wasmtime(), plugin, call, gate, &Turns::new()).await,
        Err(error) => {
            let end = End::Faulty(error.to_string());
            return Report { end, meanwhile: gate.meanwhile(), dropped: 0, fuel: 0, memory: 0 };
        }
    };
    match called {
        Ok(called) => report(called),
        Err(error) => faulty(&error),
    }
}

fn report(called: Called) -> Report {
    let Called { ending, mut guest, fuel, memory } = called;
    let answered = ending.is_answer(&guest);
    let end = match ending.outcome(&mut guest) {
        Ok(outcome) if answered => End::Answered(outcome),
        Ok(outcome) => End::Stopped(outcome),
        Err(error) => End::Faulty(error.to_string()),
    };
    let dropped = guest.gate.lines().take_dropped();
    Report { end, meanwhile: guest.gate.meanwhile(), dropped, fuel, memory }
}

fn faulty(error: &SandboxError) -> Report {
    Report { end: End::Faulty(error.to_string()), meanwhile: Default::default(), dropped: 0, fuel: 0, memory: 0 }
}
