//! Errors as people and scripts get them: messages, hints, exit codes.

use baton_cli::error::{Error, Exit};
use baton_runtime::journal::{Canary, Digest, NotDeployed, StoreError, Timestamp, Version, Weight};
use baton_runtime::plan::{Code, Position, Problem, Problems, RunError, Span};
use baton_runtime::{Error as HostError, SandboxError};

fn check(error: impl Into<HostError>, exit: Exit, message: &str, hint: Option<&str>) {
    let error = Error::from(error.into());
    assert_eq!((error.message(), error.exit()), (message, exit));
    assert_eq!(error.hints().first().map(String::as_str), hint);
}

#[test]
fn what_the_user_can_change_is_usage_and_the_rest_is_failure() {
    use Exit::{Failed, Usage};
    let runs = Some("`baton runs` lists the runs there are");
    check(StoreError::NoSuchRun("01k".to_owned()), Usage, "there is no run 01k", runs);
    check(StoreError::Io("disk full".to_owned()), Failed, "the store failed: disk full", None);
    let locked = StoreError::Locked { path: "store.db".to_owned() };
    let wait = Some("wait for the other process, or end it");
    check(locked, Failed, "the store store.db is in use by another process", wait);
    check(RunError::BadAnswer("no documents".to_owned()), Usage, "no documents", None);
    check(RunError::OutOfOrder("entry 3".to_owned()), Failed, "entry 3", None);
    let asking = HostError::NotAsking { step: "letter".to_owned(), waiting: "sign_off does".to_owned() };
    check(asking, Usage, "step letter does not wait for an answer; sign_off does", None);
    let changes = Some(vec!["- amount: 10".to_owned(), "+ amount: 12".to_owned()]);
    let other = HostError::AnotherProposal { step: "pay".to_owned(), token: Digest::of(b""), changes };
    let told = "step pay asks something else than what this token is of:\n  - amount: 10\n  + amount: 12";
    let look = "look at what is asked now, `baton show`; then answer that: --token e3b0c44298fc";
    check(other, Usage, told, Some(look));
    let reason = "it is empty".to_owned();
    let loading = SandboxError::NotLoadable { plugin: "crm".to_owned(), reason };
    check(loading, Usage, "plugin crm cannot be loaded: it is empty", None);
    check(SandboxError::Host("fuel gauge".to_owned()), Failed, "the host failed: fuel gauge", None);
    let build = HostError::Build { plugin: "crm".to_owned(), reason: "cargo is not there".to_owned(), hint: None };
    check(build, Usage, "plugin crm could not be built: cargo is not there", None);
}

#[test]
fn problems_of_a_workflow_bring_their_own_heading() {
    let problem = Problem {
        code: Code::UnknownKey,
        message: "unknown key `agnet`".to_owned(),
        file: "a.workflow.yaml".to_owned(),
        span: Span { start: Position { line: 3, column: 5 }, length: 5 },
        line_text: "    agnet: x".to_owned(),
        hint: Some("did you mean `agent`?".to_owned()),
    };
    let error = Error::from(HostError::Workflow(Problems(vec![problem])));
    assert!(error.is_rendered() && error.exit() == Exit::Usage);
    assert!(error.message().starts_with("error[W0002]: unknown key `agnet`\n"), "{error}");
}

#[test]
fn codes_of_exits_and_outcomes() {
    use Exit::{Completed, Failed, Interrupted, Parked, Terminated, Usage};
    let codes = [Completed, Failed, Usage, Parked, Interrupted, Terminated].map(Exit::code);
    assert_eq!(codes, [0, 1, 2, 3, 130, 143]);
    let outcomes = ["completed", "failed", "parked", "running"].map(|outcome| Exit::of_outcome(outcome).code());
    assert_eq!(outcomes, [0, 1, 3, 1]);
}

#[test]
fn why_versions_stay_as_they_are_is_told_with_what_to_do() {
    let (workflow, version) = ("onboarding".to_owned(), 2);
    let canary = Canary { version, weight: Weight::percent(10).unwrap() };
    let refused = [
        NotDeployed::Nothing { workflow: workflow.clone() },
        NotDeployed::NoCurrent { workflow: workflow.clone() },
        NotDeployed::OtherCanary { workflow: workflow.clone(), canary },
        NotDeployed::NoCanary { workflow: workflow.clone(), current: 1 },
        NotDeployed::IsCurrent { workflow: workflow.clone(), version },
        NotDeployed::NothingBefore { workflow: workflow.clone(), version },
        NotDeployed::NoSuchVersion { workflow: workflow.clone(), version, last: 1 },
    ];
    let run: baton_runtime::journal::RunId = "01kbbbbbbb0000000000000xyz".parse().unwrap();
    let digest = baton_runtime::journal::Digest::of(b"version");
    let by = "ada".to_owned();
    let stored = Version { workflow: workflow.clone(), number: 2, digest, content: digest, at: Timestamp(0), by };
    let damaged =
        HostError::VersionDamaged { version: Box::new(stored), what: "blob 3cc34474f2ad is missing".to_owned() };
    let others = [
        damaged,
        HostError::VersionGone { workflow: workflow.clone(), number: 2 },
        HostError::NotDeployed(run.clone()),
        HostError::OtherVersion(run.clone()),
        HostError::OtherWorkflow { run: run.clone(), workflow, version: "billing".to_owned() },
        HostError::IsOfVersion { run, number: 2 },
    ];
    let all = refused.into_iter().map(|error| HostError::from(StoreError::from(error))).chain(others);
    let told = all
        .map(Error::from)
        .map(|error| format!("{:?}: {}\n  {}", error.exit(), error.message(), error.hints().join("\n  ")));
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
}
