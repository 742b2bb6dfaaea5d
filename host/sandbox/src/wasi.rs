//! WASI 0.2 as guests get it. A toolchain's standard library imports it behind the author's back, so it is always
//! linked; what it can reach is what the context grants, and here that is nothing outside.
//!
//! An agent gets a small deterministic WASI: frozen environment, random numbers from the run's seed, the virtual clock,
//! timers that pass in virtual time, stdout and stderr as lines of the journal, no files, no sockets in the linker.
//! A tool gets the ordinary one, with the time of day and true random numbers, over the folders that it was granted, and `wasi:http`
//! through the gate. Both may import `wasi:keyvalue`, another door to the rooms of state, and `wasi:config`, another to
//! the environment.

mod carried;
mod config;
mod fields;
mod files;
mod http;
mod keyvalue;
mod polls;
mod timers;

use std::sync::Arc;

use baton_policy::ceiling;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime_wasi::cli::{WasiCli, WasiCliView as _};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView as _};
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::{cli, clocks, filesystem, io, random};
use wasmtime_wasi::random::WasiRandom;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::clock::VirtualClock;
use crate::error::SandboxError;
use crate::guest::Guest;
use crate::invocation::Invocation;
use crate::lines::{Lines, Stream};

pub(crate) use carried::Carried;
pub(crate) use files::Quota;
pub(crate) use timers::Timers;

use carried::CountedRng;
use fields::Fields;
use polls::Polls;

/// WASI for one guest. It is made when the guest first calls it: most calls of most guests never do.
pub(crate) struct Wasi {
    invocation: Arc<Invocation>,
    clock: VirtualClock,
    lines: Lines,
    carried: Carried,
    quota: Quota,
    made: Option<Box<Made>>,
}

/// What WASI holds for a guest that calls it.
pub(crate) struct Made {
    ctx: WasiCtx,
    http: wasmtime_wasi_http::WasiHttpCtx,
    table: ResourceTable,
    fields: Fields,
    timers: Timers,
    stdout: Stream,
    stderr: Stream,
}

impl Wasi {
    /// For an invocation: deterministic if it is replayed, ordinary if it is not. If it sees folders they are opened now.
    pub(crate) fn new(invocation: Arc<Invocation>, clock: VirtualClock, lines: Lines) -> Result<Self, SandboxError> {
        let mut wasi =
            Wasi { invocation, clock, lines, carried: Carried::default(), quota: Quota::default(), made: None };
        if !wasi.invocation.folders.is_empty() {
            let mut builder = WasiCtxBuilder::new();
            files::open(&mut builder, &wasi.invocation)?;
            wasi.made = Some(Box::new(make(builder, &wasi.invocation, &wasi.clock, &wasi.lines, &wasi.carried)));
        }
        Ok(wasi)
    }

    /// Ends the lines that are being written.
    pub(crate) fn finish(&self) {
        if let Some(made) = &self.made {
            made.stdout.finish();
            made.stderr.finish();
        }
    }

    fn made(&mut self) -> &mut Made {
        self.made.get_or_insert_with(|| {
            Box::new(make(WasiCtxBuilder::new(), &self.invocation, &self.clock, &self.lines, &self.carried))
        })
    }

    /// What header fields the guest holds, in bytes.
    pub(crate) fn held(&mut self) -> usize {
        self.made.as_mut().map_or(0, |made| made.fields.weight(&mut made.table))
    }

    /// The bytes that were moved between the guest and files, and that nobody has charged yet.
    pub(crate) fn take_moved(&self) -> u64 {
        self.quota.take_moved()
    }

    /// The pollables, and what looking at them costs.
    fn polls(&mut self) -> Polls<'_> {
        let carried = self.carried.clone();
        Polls::new(&mut self.made().table, carried)
    }

    /// The fuel that bytes which were moved through WASI cost, and that the engine has not yet taken.
    pub(crate) fn take_surcharge(&self) -> u64 {
        match self.carried.take() {
            0 => 0,
            bytes => baton_policy::surcharge(bytes),
        }
    }
}

fn make(
    mut builder: WasiCtxBuilder,
    invocation: &Invocation,
    clock: &VirtualClock,
    lines: &Lines,
    carried: &Carried,
) -> Made {
    let stream = |level| lines.stream(level, carried.clone());
    let (stdout, stderr) = (stream("stdout"), stream("stderr"));
    let rng = |number| {
        let mut rng = random(invocation);
        rng.set_stream(number); // each consumer its own, so that none shifts another's numbers
        CountedRng { rng, carried: carried.clone() }
    };
    builder.secure_random(rng(1)).insecure_random(rng(2)).max_random_size(ceiling::RANDOM.0);
    builder.stdout(stdout.clone()).stderr(stderr.clone());
    for (name, value) in invocation.environment.iter() {
        builder.env(name, value);
    }
    if invocation.target.is_replayed() {
        make_deterministic(&mut builder, invocation.own_seed(), clock);
    }
    let mut table = ResourceTable::new();
    table.set_max_capacity(ceiling::HANDLES as usize);
    let (timers, fields) = (Timers::new(clock.clone()), Fields::default());
    Made { ctx: builder.build(), http: http::context(), table, fields, timers, stdout, stderr }
}

fn make_deterministic(builder: &mut WasiCtxBuilder, seed: [u8; 32], clock: &VirtualClock) {
    let low: [u8; 16] = std::array::from_fn(|index| seed[index]);
    builder.insecure_random_seed(u128::from_le_bytes(low)).wall_clock(clock.clone()).monotonic_clock(clock.clone());
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let made = self.wasi.made();
        WasiCtxView { ctx: &mut made.ctx, table: &mut made.table }
    }
}

/// Lends the resource table alone.
struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

/// Links what an agent may import.
pub(crate) fn link_for_agents(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    config::link(linker)?;
    keyvalue::link(linker)?;
    io::error::add_to_linker::<Guest, Table>(linker, |guest| &mut guest.wasi.made().table)?;
    polls::link(linker)?;
    io::streams::add_to_linker::<Guest, Table>(linker, |guest| &mut guest.wasi.made().table)?;
    clocks::wall_clock::add_to_linker::<Guest, WasiClocks>(linker, |guest| guest.clocks())?;
    timers::link(linker, |guest| {
        let made = guest.wasi.made();
        made.timers.view(&mut made.table)
    })?;
    random::random::add_to_linker::<Guest, WasiRandom>(linker, |guest| guest.wasi.made().ctx.random())?;
    random::insecure::add_to_linker::<Guest, WasiRandom>(linker, |guest| guest.wasi.made().ctx.random())?;
    random::insecure_seed::add_to_linker::<Guest, WasiRandom>(linker, |guest| guest.wasi.made().ctx.random())?;
    filesystem::types::add_to_linker::<Guest, WasiFilesystem>(linker, |guest| guest.filesystem())?;
    filesystem::preopens::add_to_linker::<Guest, WasiFilesystem>(linker, |guest| guest.filesystem())?;
    link_cli(linker)
}

fn link_cli(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    cli::exit::add_to_linker::<Guest, WasiCli>(linker, |guest| guest.cli())?;
    cli::environment::add_to_linker::<Guest, WasiCli>(linker, |guest| guest.cli())?;
    cli::stdin::add_to_linker::<Guest, WasiCli>(linker, |guest| guest.cli())?;
    cli::stdout::add_to_linker::<Guest, WasiCli>(linker, |guest| guest.cli())?;
    cli::stderr::add_to_linker::<Guest, WasiCli>(linker, |guest| guest.cli())?;
    cli::terminal_input::add_to_linker::<Guest, WasiCli>(linker, |guest| guest.cli())?;
    cli::terminal_output::add_to_linker::<Guest, WasiCli>(linker, |guest| guest.cli())?;
    cli::terminal_stdin::add_to_linker::<Guest, WasiCli>(linker, |guest| guest.cli())?;
    cli::terminal_stdout::add_to_linker::<Guest, WasiCli>(linker, |guest| guest.cli())?;
    cli::terminal_stderr::add_to_linker::<Guest, WasiCli>(linker, |guest| guest.cli())
}

/// Random numbers: an agent's follow from the seed of its run.
pub(crate) fn random(invocation: &Invocation) -> ChaCha20Rng {
    if !invocation.target.is_replayed() {
        return ChaCha20Rng::from_rng(&mut rand::rng());
    }
    ChaCha20Rng::from_seed(invocation.own_seed())
}

/// Links what a tool may import.
pub(crate) fn link_for_tools(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    config::link(linker)?;
    keyvalue::link(linker)?;
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    linker.allow_shadowing(true);
    files::link(linker)?;
    polls::link(linker)?;
    linker.allow_shadowing(false);
    http::link(linker)
}
