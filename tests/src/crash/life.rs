//! One process from its start to its end or death. It does not know what the process does.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use super::child::{MORTAL, Order, Told};
use crate::command::scoreboard;

/// How a process ended.
pub(super) enum Life {
    /// It was killed.
    Killed,
    /// It brought the run to its end: the ending that it told, what else it told, and how long it took.
    Ended(Value, Told, Duration),
    /// It failed or hung, with what it said.
    Failed(String),
}

/// Has a process live as ordered.
#[expect(
    clippy::disallowed_methods,
    reason = "a process that is to be killed at a random time must be known to live so long"
)]
pub(super) fn live(order: &Order) -> Life {
    let begun = Instant::now();
    let output = command(order).output().unwrap();
    ended(output.status, &output.stdout, &output.stderr, begun.elapsed())
}

/// The same, killed from outside after some time.
pub(super) fn live_for(order: &Order, time: Duration) -> Life {
    let mut child = command(order).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(time);
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    ended(output.status, &output.stdout, &output.stderr, time)
}

fn command(order: &Order) -> Command {
    let mut command = Command::new(scoreboard());
    command.arg(MORTAL).arg(serde_json::to_string(order).unwrap()).stdin(Stdio::null());
    command
}

fn ended(status: ExitStatus, out: &[u8], err: &[u8], time: Duration) -> Life {
    if status.signal() == Some(Signal::KILL.as_raw()) {
        return Life::Killed;
    }
    let lines: Vec<&str> = std::str::from_utf8(out).unwrap_or_default().lines().collect();
    match lines[..] {
        [ending, told] if status.success() => {
            Life::Ended(serde_json::from_str(ending).unwrap(), serde_json::from_str(told).unwrap(), time)
        }
        _ => Life::Failed(format!("{status}: {}", String::from_utf8_lossy(err).trim())),
    }
}
