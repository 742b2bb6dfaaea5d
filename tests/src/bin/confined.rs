//! Confines itself as a worker does, and tells what it can still do: for the test that expects nothing.

use std::io::Write as _;
use std::net::{TcpListener, UdpSocket};
use std::process::Command;

use baton_sandbox::worker::{Confines, confine};

/// Something that it tries, and whether it succeeded.
type Deed = fn() -> bool;

/// What it tries before and after it was confined, by name.
const TRIED: [(&str, Deed); 7] = [
    ("reads a file", || std::fs::read("/etc/passwd").is_ok()),
    ("looks at itself", || std::fs::read("/proc/self/maps").is_ok()),
    ("writes a file", || tempfile::tempfile().is_ok()),
    ("listens", || TcpListener::bind("127.0.0.1:0").is_ok()),
    ("sends", || UdpSocket::bind("127.0.0.1:0").is_ok()),
    ("starts a program", || Command::new("/bin/true").status().is_ok()),
    ("starts a thread", || std::thread::Builder::new().spawn(|| ()).is_ok()),
];

fn main() {
    let can: Vec<&str> = able().collect();
    assert_eq!(can.len(), TRIED.len(), "before it is confined it can do everything");
    confine(Confines { memory: 64 << 20, cpu_seconds: 5 }).expect("it is confined");
    let memory = Vec::<u8>::new().try_reserve_exact(128 << 20).is_ok();
    for can in able().chain(memory.then_some("takes memory")) {
        let _ = writeln!(std::io::stdout(), "{can}");
    }
    let _ = writeln!(std::io::stdout(), "the end");
}

fn able() -> impl Iterator<Item = &'static str> {
    TRIED.iter().filter(|(_, does)| does()).map(|(name, _)| *name)
}
