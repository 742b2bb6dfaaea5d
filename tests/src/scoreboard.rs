//! The program `scoreboard`: its commands and options. It does not know attacks.

mod attacks;
mod child;
mod crash;
mod durability;
mod fairness;
mod overshoot;
mod power_cut;
mod simulation;
mod smith;
mod table;

use std::process::ExitCode;

use crate::attacks::Mode;
use crate::crash::child::MORTAL;

/// What was typed behind the command.
#[derive(Default)]
pub(crate) struct Options {
    mode: Mode,
    only: Option<String>,
    json: Option<String>,
    count: Option<u64>,
    seed: Option<u64>,
    random: Option<u64>,
}

/// Runs a command; fails if an attack succeeds or a goal is missed.
#[must_use]
pub fn main(arguments: Vec<String>) -> ExitCode {
    if let [word, order] = &arguments[..]
        && word == MORTAL
    {
        return crate::crash::child::main(order);
    }
    let held = match read(&arguments) {
        Ok((command, options)) => carry_out(command, &options),
        Err(problem) => Err(format!(
            "{problem}\nusage: scoreboard attacks | smith | overshoot | fairness | crash | durability | simulation | power-cut"
        )),
    };
    match held {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            tell(&problem);
            ExitCode::from(2)
        }
    }
}

fn carry_out(command: &str, options: &Options) -> Result<bool, String> {
    match command {
        "attacks" => attacks::run(options),
        "attack" => child::run(options),
        "smith" => Ok(smith::run(options.count.unwrap_or(10_000), options.seed.unwrap_or_default())),
        "overshoot" => Ok(overshoot::run()),
        "fairness" => Ok(fairness::run()),
        "crash" => crash::run(options),
        "simulation" => Ok(simulation::run(options.count.unwrap_or(10_000), options.seed.unwrap_or_default())),
        "durability" => Ok(durability::run()),
        "power-cut" => Ok(power_cut::run(options.count.unwrap_or(1000), options.seed.unwrap_or_default())),
        other => Err(format!("there is no command `{other}`")),
    }
}

fn read(arguments: &[String]) -> Result<(&str, Options), String> {
    let (command, mut rest) = arguments.split_first().ok_or("a command is missing")?;
    let mut options = Options::default();
    while let [key, value, more @ ..] = rest {
        options.set(key, value)?;
        rest = more;
    }
    if let [key] = rest { Err(format!("`{key}` needs a value")) } else { Ok((command, options)) }
}

impl Options {
    /// The row that was chosen.
    fn row(&self) -> Result<Option<u8>, String> {
        let row = |row: &String| row.parse().map_err(|error| format!("--only {row}: {error}"));
        self.only.as_ref().map(row).transpose()
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let number = || value.parse::<u64>().map_err(|error| format!("{key} {value}: {error}"));
        match key {
            "--mode" => self.mode = mode(value)?,
            "--only" => self.only = Some(value.to_owned()),
            "--random" => self.random = Some(number()?),
            "--json" => self.json = Some(value.to_owned()),
            "--count" => self.count = Some(number()?),
            "--seed" => self.seed = Some(number()?),
            _ => return Err(format!("there is no option `{key}`")),
        }
        Ok(())
    }
}

fn mode(name: &str) -> Result<Mode, String> {
    let known = Mode::ALL.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode);
    known.ok_or_else(|| format!("there is no mode `{name}`"))
}

/// The result, for pipes and files.
#[expect(clippy::print_stdout, reason = "it is what this program is for")]
pub(crate) fn print(line: &str) {
    println!("{line}");
}

/// What happens meanwhile.
#[expect(clippy::print_stderr, reason = "it is what this program is for")]
pub(crate) fn tell(line: &str) {
    eprintln!("{line}");
}
