//! The program itself, without a run: what it prints and how it exits.

use std::path::Path;
use std::process::{Command, Output};

fn baton(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("USER", "ada")
        .env_remove("RUST_BACKTRACE");
    command
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
    check(
        &["run"],
        2,
        "error: there is no project: ./baton.toml does not exist, nor is there one in the folders above\n  hint: ",
    );
    check(&["run", "nowhere"], 2, "nor is a workflow of this name deployed\n  hint: `baton versions`");
    check(&["run", "nowhere@3"], 2, "nor is a workflow of this name deployed\n  hint: `baton versions`");
    check(
        &["run", "--project", "nowhere"],
        2,
        "error: --project says where a workflow was deployed, and none is named",
    );
    check(&["deploy"], 2, "as in `baton deploy examples/client-onboarding`");
    check(&["deploy", "--weight", "200%"], 2, "a whole number of percent from 1 to 100, as in 10%");
    check(&["deploy", "--weight", "0.5"], 2, "a whole number of percent from 1 to 100, as in 10%");
    check(&["versions", "nowhere"], 2, "error: no version of a workflow `nowhere` is deployed\n  hint: ");
    check(&["promote", "nowhere"], 2, "error: no version of a workflow `nowhere` is deployed\n  hint: ");
    check(&["rollback", "nowhere", "--to", "1"], 2, "error: no version of a workflow `nowhere` is deployed\n  hint: ");
    check(&["rollback", "nowhere", "--to", "-1"], 2, "error: ");
    check(&["migrate", "last", "--to", "2"], 2, "error: there is no run yet\n  hint: ");
    check(&["check", "nowhere"], 2, "error: there is no project: nowhere does not exist\n  hint: ");
    check(&["check"], 2, "as in `baton check examples/client-onboarding`");
    check(&["call", "crm", "contacts.get", "{}"], 2, "as in `baton call crm contacts.get JSON --project examples/");
    check(&["approve", "01kb0000", "sign_off", "--by", " "], 2, "a name is needed");
    check(&["runs", "nowhere"], 2, "error: there is no project");
    check(&["runs", "prune", "--older-than", "soon"], 2, "write a whole number with s, m, h or d, as in 30d");
    check(
        &["verify", "nofile.jsonl"],
        2,
        "error: there is no file nofile.jsonl\n  hint: `baton export RUN` writes one",
    );
    check(&["show", "last"], 2, "error: there is no run yet\n  hint: ");
    check(&["show", "abc"], 2, "error: ");
    check(&["resume", "01kb0000"], 2, "error: there is no run 01kb0000\n  hint: ");
    check(&["approve", "01kb0000"], 2, "<STEP>");
    check(&["frobnicate"], 2, "error: unrecognized subcommand");
    check(&["call", "crm", "contacts.get", "{"], 2, "error: the argument: is not JSON");
    check(&["call", "crm", "contacts.get", "@none.json"], 2, "error: none.json: cannot be opened");
}

#[test]
fn without_variables_an_answer_is_given_by_the_account() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &["approve", "01kb0000", "sign_off"]);
    let output = command.env_remove("USER").env("LOGNAME", "").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    // The account has a name, so what is wrong is the run; a container without a list of accounts asks for a name.
    let expected = if account_has_a_name() { "there is no run 01kb0000" } else { "--by NAME" };
    assert!(output.status.code() == Some(2) && stderr.contains(expected), "{stderr}");
}

fn account_has_a_name() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let uid = std::fs::metadata("/proc/self").unwrap().uid().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    accounts.lines().any(|line| line.split(':').nth(2) == Some(&uid))
}

#[test]
fn a_project_is_found_from_the_folders_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a/b");
    std::fs::create_dir_all(&inner).unwrap();
    std::fs::write(folder.path().join("baton.toml"), "plugns = 3\n").unwrap();
    for arguments in [&["run"][..], &["check"], &["build"], &["call", "crm", "contacts.get", "{}"]] {
        let output = baton(&inner, arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.starts_with("error: [B0004] ") && stderr.contains("1 | plugns = 3"), "{stderr}");
    }
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
