//! `scoreboard`: what hostile plugins can do to the host, and what is left of a run whose host is killed, measured.
//!
//! - `scoreboard attacks [--mode shared | process] [--only ROW] [--json FILE]` tries every attack in a process of its own.
//! - `scoreboard smith [--count N] [--seed S]` runs random components to their limits.
//! - `scoreboard overshoot` measures how late guests are stopped.
//! - `scoreboard fairness` measures an honest plugin beside seven hostile ones.
//! - `scoreboard crash [--random N] [--seed S] [--only AIM]` kills a host at every place where it does something to the world.
//! - `scoreboard power-cut [--count N] [--seed S]` cuts the power of the store's disk at random moments.

use std::process::ExitCode;

fn main() -> ExitCode {
    if baton_tests::is_baton() {
        return baton_cli::main();
    }
    baton_cli::memory::give_back_large_buffers();
    baton_tests::scoreboard::main(std::env::args().skip(1).collect())
}
