//! One process from its start to its end or death. It does not know what the process does.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use super::child::{MORTAL, Order, Told};
use crate::command::scoreboard;

/// How a process ended.
pub(super) enum Life {
    /// It was killed.
    Killed,
    /// It brought the run to its end: the ending that it told, and what else it told.
    Ended(Value, Told),
    /// It failed or hung, with what it said.
    Failed(String),
}

/// Has a process live as ordered.
pub(super) fn live(order: &Order) -> Life {
    let output = command(order).output().unwrap();
    ended(output.status, &output.stdout, &output.stderr)
}

/// The same, killed from outside some time after it has told so many entries.
pub(super) fn live_for(order: &Order, entries: usize, time: Duration) -> Life {
    let mut child = command(order).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap());
    let mut out = Vec::new();
    for _ in 0..entries {
        told.read_until(b'\n', &mut out).unwrap();
    }
    std::thread::sleep(time); // waits for nothing: when it is killed is what is tried
    child.kill().unwrap();
    told.read_to_end(&mut out).unwrap();
    let output = child.wait_with_output().unwrap();
    ended(output.status, &out, &output.stderr)
}

fn command(order: &Order) -> Command {
    let mut command = Command::new(scoreboard());
    command.arg(MORTAL).arg(serde_json::to_string(order).unwrap()).stdin(Stdio::null());
    command
}

fn ended(status: ExitStatus, out: &[u8], err: &[u8]) -> Life {
    if status.signal() == Some(Signal::KILL.as_raw()) {
        return Life::Killed;
    }
    let lines: Vec<&str> = std::str::from_utf8(out).unwrap_or_default().lines().collect();
    match lines[..] {
        [.., ending, told] if status.success() => {
            Life::Ended(serde_json::from_str(ending).unwrap(), serde_json::from_str(told).unwrap())
        }
        _ => Life::Failed(format!("{status}: {}", String::from_utf8_lossy(err).trim())),
    }
}
