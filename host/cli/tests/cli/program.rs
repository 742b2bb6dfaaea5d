//! The program itself, without a run: what it prints and how it exits.

use std::path::Path;
use std::process::{Command, Output};

fn baton(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env_remove("RUST_BACKTRACE");
    command.output().unwrap()
}

fn check(arguments: &[&str], code: i32, expect: &str) {
    let folder = tempfile::tempdir().unwrap();
    let output = baton(folder.path(), arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(stderr.contains(expect), "{stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
fn mistakes_are_exit_2_with_a_hint() {
    check(&["run"], 2, "error: there is no project: ./baton.toml does not exist\n  hint: ");
    check(&["check", "nowhere"], 2, "error: there is no project: nowhere does not exist\n  hint: ");
    check(&["runs", "nowhere"], 2, "error: there is no project");
    check(&["show", "last"], 2, "error: there is no run yet\n  hint: ");
    check(&["show", "abc"], 2, "error: ");
    check(&["resume", "01kb0000"], 2, "error: there is no run 01kb0000\n  hint: ");
    check(&["approve", "01kb0000"], 2, "<STEP>");
    check(&["frobnicate"], 2, "error: unrecognized subcommand");
    check(&["call", "crm", "contacts.get", "{"], 2, "error: the argument: is not JSON");
    check(&["call", "crm", "contacts.get", "@none.json"], 2, "error: none.json: cannot be opened");
}

#[test]
fn a_bad_manifest_shows_its_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("baton.toml"), "plugns = 3\n").unwrap();
    let output = baton(folder.path(), &["check"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.starts_with("error: [B0004] ") && stderr.contains("1 | plugns = 3"), "{stderr}");
}

#[test]
fn no_runs_are_an_empty_list_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let output = baton(folder.path(), &["runs", "-o", "json"]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), b"[]\n".as_slice()));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
    let output =
        command.args(["runs", "-o", "json"]).env("XDG_STATE_HOME", folder.path()).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
}
