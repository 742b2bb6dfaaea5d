//! Builds the components of a project from source. It runs the commands that manifests name, and knows nothing of what
//! they make.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use baton_bundle::build::UNSET;
use baton_bundle::{Build, Freshness, Plugin, Project};

use crate::error::Error;

/// What a build tells while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The Rust target is missing and is being installed by rustup.
    InstallingTarget(&'static str),
    /// A plugin is being built.
    Building(String),
    /// A line that the build printed.
    Line(String),
    /// A plugin was built.
    Built(String),
}

/// How many of its last lines are shown of a build that failed.
const TAIL: usize = 30;

/// Builds every plugin of the project whose component is missing or older than its sources. A build runs outside the
/// sandbox, so nothing is built of a project of which a plugin is not what was accepted.
///
/// # Errors
/// A plugin is not what was accepted; a build cannot be started, or fails, and the message has its last lines.
pub fn build_stale(project: &Project, news: &mut dyn FnMut(News)) -> Result<(), Error> {
    check(project)?;
    project.plugins().try_for_each(|plugin| build_plugin(plugin, news))
}

/// Builds a plugin if its component is missing or older than its sources.
///
/// # Errors
/// As [`build_stale`].
pub fn build_plugin(plugin: &Plugin, news: &mut dyn FnMut(News)) -> Result<(), Error> {
    match plugin.freshness() {
        Freshness::Fresh => Ok(()),
        before => build(plugin, &before, news),
    }
}

/// Builds every plugin of the project.
///
/// # Errors
/// As [`build_stale`].
pub fn build_all(project: &Project, news: &mut dyn FnMut(News)) -> Result<(), Error> {
    check(project)?;
    project.plugins().try_for_each(|plugin| build(plugin, &plugin.freshness(), news))
}

fn check(project: &Project) -> Result<(), Error> {
    Ok(project.check_manifests(project.plugins().map(|plugin| plugin.name().as_str()))?)
}

fn build(plugin: &Plugin, before: &Freshness, news: &mut dyn FnMut(News)) -> Result<(), Error> {
    let Some(build) = plugin.build() else { return Ok(()) };
    let name = plugin.name().to_string();
    if !plugin.may_be_built() {
        return Err(not_allowed(name, build));
    }
    if let Some(target) = build.target {
        install_target(&name, target, news)?;
    }
    news(News::Building(name.clone()));
    run(&name, command(build), news)?;
    plugin.mark_built(before)?;
    news(News::Built(name));
    Ok(())
}

/// A build is a stranger's command on the operator's machine.
fn not_allowed(plugin: String, build: &Build) -> Error {
    let command = build.argv.join(" ");
    let reason = format!("its plugin.toml would run `{command}` on this machine, outside every sandbox");
    let hint = Some(format!("if you trust that, in baton.toml, under [plugins.{plugin}]: build = true"));
    Error::Build { plugin, reason, hint }
}

fn command(build: &Build) -> Command {
    let (program, arguments) = build.argv.split_first().map_or(("true", [].as_slice()), |(p, rest)| (p.as_str(), rest));
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&build.folder);
    for variable in UNSET {
        command.env_remove(variable);
    }
    command
}

fn install_target(plugin: &str, target: &'static str, news: &mut dyn FnMut(News)) -> Result<(), Error> {
    if has_target(target) {
        return Ok(());
    }
    news(News::InstallingTarget(target));
    let mut command = Command::new("rustup");
    command.args(["target", "add", target]);
    run(plugin, command, news).map_err(|error| match error {
        Error::Build { plugin, reason, .. } => Error::Build {
            plugin,
            reason,
            hint: Some(format!("install the Rust target {target}, with rustup: rustup target add {target}")),
        },
        other => other,
    })
}

/// Looks for the target's standard library beside the compiler's own.
fn has_target(target: &str) -> bool {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    sysroot.is_ok_and(|output| {
        let root = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        std::path::Path::new(&root).join("lib/rustlib").join(target).is_dir()
    })
}

/// Runs a command, passes its lines on, and keeps the last ones for the error.
fn run(plugin: &str, mut command: Command, news: &mut dyn FnMut(News)) -> Result<(), Error> {
    let failed = |reason: String| Error::Build { plugin: plugin.to_owned(), reason, hint: None };
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| failed(format!("cannot start {program}: {error}")))?;
    let mut tail = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        // By bytes: a line that is no UTF-8 must not end the reading, or the build would be stopped by its next line.
        for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if tail.len() == TAIL {
                tail.remove(0);
            }
            tail.push(line.clone());
            news(News::Line(line));
        }
    }
    let status = child.wait().map_err(|error| failed(format!("cannot wait for {program}: {error}")))?;
    if status.success() { Ok(()) } else { Err(failed(format!("{program} ended with {status}\n{}", tail.join("\n")))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_may_print_what_is_no_text() {
        let mut command = Command::new("sh");
        command.args(["-c", "printf '\\377\\nsecond\\n' >&2; yes | head -c 200000 >&2 || exit 1; echo last >&2"]);
        let mut lines = Vec::new();
        run("plugin", command, &mut |news| {
            if let News::Line(line) = news {
                lines.push(line);
            }
        })
        .unwrap();
        assert_eq!((lines[0].as_str(), lines[1].as_str()), ("\u{fffd}", "second"));
        assert_eq!(lines.last().map(String::as_str), Some("last"));
    }
}
