//! `scoreboard attacks`: every attack in a fresh process, and the table of what came of them. It does not know how an
//! attack is made.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::table::{cell, table};
use super::{Options, print, tell};
use crate::attacks::{ATTACKS, Attack};

/// The most that one attack may take, all its variants together: what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(180);

/// The most that the host may grow beside what the guest holds itself, in bytes.
const GROWTH: u64 = 16 << 20;

/// What became of a row.
struct Row {
    row: u8,
    name: &'static str,
    standing: Standing,
    told: Value,
    error: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Contained,
    Failed,
    NoSurface,
}

/// Tries them all; whether none succeeded.
pub(super) fn run(options: &Options) -> Result<bool, String> {
    let only = options.row()?;
    let chosen = |row: u8| only.is_none_or(|only| only == row);
    let mut rows: Vec<Row> = Vec::new();
    for (_, attack) in ATTACKS.iter().filter(|(_, attack)| chosen(attack.row)) {
        tell(&format!("{:2} {}", attack.row, attack.name));
        rows.push(tried(attack, options)?);
    }
    if let Some(file) = &options.json {
        let text = serde_json::to_string_pretty(&rows.iter().map(Row::to_json).collect::<Vec<_>>()).unwrap();
        std::fs::write(file, text).map_err(|error| format!("{file}: {error}"))?;
    }
    print(&shown(&rows));
    Ok(rows.iter().all(|row| row.standing != Standing::Failed))
}

fn shown(rows: &[Row]) -> String {
    let head = ["#", "attack", "outcome", "stopped after", "too late", "host memory", "what the operator reads"];
    let count = |standing| rows.iter().filter(|row| row.standing == standing).count();
    format!(
        "{}\nattacks: {} contained, {} failed, {} have no surface yet",
        table(&head, &rows.iter().map(Row::cells).collect::<Vec<_>>()),
        count(Standing::Contained),
        count(Standing::Failed),
        count(Standing::NoSurface),
    )
}

fn tried(attack: &Attack, options: &Options) -> Result<Row, String> {
    let problem = |error: std::io::Error| format!("cannot start a process: {error}");
    let program = std::env::current_exe().map_err(problem)?;
    let mode = crate::attacks::Mode::ALL.iter().find(|(_, mode)| *mode == options.mode).unwrap().0;
    let mut command = Command::new(program);
    command.args(["attack", "--only", &attack.row.to_string(), "--mode", mode]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(problem)?;
    Ok(Row::ended(attack, wait(child)))
}

/// Waits for the end, or ends it.
#[expect(clippy::disallowed_methods, reason = "a process that hangs is ended by the clock")]
fn wait(mut child: Child) -> (Option<ExitStatus>, String, String) {
    let (out, err) = (reader(child.stdout.take().unwrap()), reader(child.stderr.take().unwrap()));
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            None if begun.elapsed() > PATIENCE => {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(5)),
            status => break status,
        }
    };
    (status, out.join().unwrap(), err.join().unwrap())
}

fn reader(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes); // what came until then is what there is
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

impl Row {
    fn ended(attack: &Attack, (status, out, err): (Option<ExitStatus>, String, String)) -> Row {
        let row = |standing, told, error| Row { row: attack.row, name: attack.name, standing, told, error };
        let told: Option<Value> = out.lines().last().and_then(|line| serde_json::from_str(line).ok());
        match (status, told) {
            (None, _) => row(Standing::Failed, Value::Null, format!("it hangs for {} s", PATIENCE.as_secs())),
            (Some(status), Some(told)) if status.success() => {
                let error = told["error"].as_str().unwrap_or_default().to_owned();
                row(standing(&told), told, error)
            }
            (Some(status), _) => {
                let panic = err.lines().skip_while(|line| !line.contains("panicked")).nth(1).unwrap_or("nothing told");
                row(Standing::Failed, Value::Null, format!("{panic} ({status})"))
            }
        }
    }

    fn cells(&self) -> Vec<String> {
        let time = |name: &str| self.told[name].as_u64().map(|micros| micros as f64 / 1_000.0);
        let millis = |time: Option<f64>| time.map_or_else(String::new, |time| format!("{time:.1} ms"));
        let late = time("took_us").zip(time("limit_us")).map(|(took, limit)| (took - limit).max(0.0));
        let growth = self.told["growth_bytes"].as_u64();
        vec![
            self.row.to_string(),
            self.name.to_owned(),
            cell(&self.outcome(), 60),
            millis(time("took_us")),
            millis(late),
            growth.map_or_else(String::new, |growth| format!("{:.1} MiB", growth as f64 / f64::from(1 << 20))),
            cell(&self.error, 110),
        ]
    }

    fn outcome(&self) -> String {
        let outcomes: Vec<&str> =
            self.told["outcomes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        match self.standing {
            Standing::Contained => outcomes.join(", "),
            Standing::NoSurface => format!("no surface: {}", outcomes.join(", ")),
            Standing::Failed => format!("**failed** {}", outcomes.join(", ")),
        }
    }

    fn to_json(&self) -> Value {
        let standing = match self.standing {
            Standing::Contained => "contained",
            Standing::Failed => "failed",
            Standing::NoSurface => "no-surface",
        };
        json!({ "row": self.row, "attack": self.name, "standing": standing, "measured": self.told, "error": self.error })
    }
}

fn standing(told: &Value) -> Standing {
    if told["growth_bytes"].as_u64().is_none_or(|growth| growth > GROWTH) {
        return Standing::Failed;
    }
    if told["no_surface"] == true { Standing::NoSurface } else { Standing::Contained }
}
