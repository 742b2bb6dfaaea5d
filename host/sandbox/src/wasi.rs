//! WASI 0.2 as guests get it. A toolchain's standard library imports it behind the author's back, so it is always
//! linked; what it can reach is what the context grants, and here that is nothing outside.
//!
//! An agent gets a small deterministic WASI: frozen environment, random numbers from the run's seed, the virtual clock,
//! timers that pass in virtual time, stdout and stderr as lines of the journal, no files, no sockets in the linker.
//! A tool gets the ordinary one, with the time of day and true random numbers, over an empty context.

mod timers;

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
use crate::guest::Guest;
use crate::invocation::Invocation;
use crate::lines::Stream;

pub(crate) use timers::Timers;

/// What WASI holds for one guest.
pub(crate) struct Wasi {
    ctx: WasiCtx,
    table: ResourceTable,
    timers: Timers,
    stdout: Stream,
    stderr: Stream,
}

impl Wasi {
    /// A deterministic one, for an agent.
    pub(crate) fn for_agent(seed: [u8; 32], clock: VirtualClock, stdout: Stream, stderr: Stream) -> Self {
        let mut builder = WasiCtxBuilder::new();
        let stream = |number| {
            let mut rng = ChaCha20Rng::from_seed(seed);
            rng.set_stream(number); // each consumer its own, so that none shifts another's numbers
            rng
        };
        builder
            .secure_random(stream(1))
            .insecure_random(stream(2))
            .insecure_random_seed(u128::from_le_bytes(seed[..16].try_into().expect("16 of 32 bytes")))
            .wall_clock(clock.clone())
            .monotonic_clock(clock.clone());
        Self::over(builder, clock, stdout, stderr)
    }

    /// An ordinary one, for a tool.
    pub(crate) fn for_tool(clock: VirtualClock, stdout: Stream, stderr: Stream) -> Self {
        Self::over(WasiCtxBuilder::new(), clock, stdout, stderr)
    }

    fn over(mut builder: WasiCtxBuilder, clock: VirtualClock, stdout: Stream, stderr: Stream) -> Self {
        builder.max_random_size(ceiling::RANDOM.0).stdout(stdout.clone()).stderr(stderr.clone());
        let mut table = ResourceTable::new();
        table.set_max_capacity(ceiling::HANDLES as usize);
        Wasi { ctx: builder.build(), table, timers: Timers::new(clock), stdout, stderr }
    }

    /// Ends the lines that are being written.
    pub(crate) fn finish(&self) {
        self.stdout.finish();
        self.stderr.finish();
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi.ctx, table: &mut self.wasi.table }
    }
}

/// Lends the resource table alone.
struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

/// Links what an agent may import.
pub(crate) fn link_for_agents(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    io::error::add_to_linker::<Guest, Table>(linker, |guest| &mut guest.wasi.table)?;
    io::poll::add_to_linker::<Guest, Table>(linker, |guest| &mut guest.wasi.table)?;
    io::streams::add_to_linker::<Guest, Table>(linker, |guest| &mut guest.wasi.table)?;
    clocks::wall_clock::add_to_linker::<Guest, WasiClocks>(linker, |guest| guest.clocks())?;
    timers::link(linker, |guest| guest.wasi.timers.view(&mut guest.wasi.table))?;
    random::random::add_to_linker::<Guest, WasiRandom>(linker, |guest| guest.wasi.ctx.random())?;
    random::insecure::add_to_linker::<Guest, WasiRandom>(linker, |guest| guest.wasi.ctx.random())?;
    random::insecure_seed::add_to_linker::<Guest, WasiRandom>(linker, |guest| guest.wasi.ctx.random())?;
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

/// The random numbers of the contract's own interface: an agent's follow from the seed of its run.
pub(crate) fn random(invocation: &Invocation) -> ChaCha20Rng {
    if !invocation.target.is_replayed() {
        return ChaCha20Rng::from_rng(&mut rand::rng());
    }
    ChaCha20Rng::from_seed(invocation.own_seed())
}

/// Links what a tool may import.
pub(crate) fn link_for_tools(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)
}
