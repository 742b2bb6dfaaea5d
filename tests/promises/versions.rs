//! A deployed version is what it was, whatever becomes of the project; what the operator revokes is revoked at once.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use baton_journal::{Event, NotDeployed, RunId, Store, StoreError, VersionPin};
use baton_runtime::bundle::Today;
use baton_runtime::{Ending, Error, Forking, Silent};
use baton_store::{MemoryStore, SqliteStore};
use baton_tests::{Desk, Scratch, approval};
use serde_json::{Value, json};

/// An agent, a question, and an agent that says which version it is of.
const WORKFLOW: &str = r#"
workflow: w
steps:
  first: { agent: acts, input: { acts: [ { act: set, scope: run, key: n, value: 1 } ] } }
  ask: { needs: [first], approve: { question: Go on? } }
  second:
    needs: [ask]
    agent: acts
    input: { acts: [ { act: get, scope: run, key: n }, { act: set, scope: s, key: n, value: 2 } ] }
output: { said: one, second: "${{ steps.second.output }}" }
"#;

const GRANTS: &str = "grants = { state = [\"run\", \"shared:s\"] }";

fn project() -> Scratch {
    Scratch::new(WORKFLOW).agent("acts", GRANTS, "state = [\"run\", \"shared:s\", \"agent\"]\n")
}

/// Changes a file of a project.
fn edit(project: &Scratch, file: &str, from: &str, to: &str) {
    let path = project.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

fn store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

fn desk(project: &Scratch, store: &Arc<dyn Store>) -> Desk {
    Desk::over(project.path(), Arc::clone(store)).unwrap()
}

/// Says yes, and goes on with nothing of the project but its file.
async fn go_on(desk: &Desk, run: &RunId, project: &Path) -> Ending {
    desk.host.decide(run, "ask", approval("anybody", None)).await.unwrap();
    let today = Today::read(project).unwrap();
    desk.host.resume_version(run, &today, Arc::new(Silent)).await.unwrap()
}

fn pin_of(event: &Event) -> Option<VersionPin> {
    if let Event::RunStarted(header) = event { header.version } else { None }
}

#[tokio::test]
async fn the_same_content_is_the_same_version_and_another_is_tried_before_it_is_current() {
    let (project, store) = (project(), store());
    let first = desk(&project, &store).deploy(100).await.unwrap();
    assert_eq!((first.version.number, first.is_new, first.version.by.as_str()), (1, true, "ada"));
    edit(&project, "w.workflow.yaml", "steps:", "# a comment\nsteps:");
    let again = desk(&project, &store).deploy(100).await.unwrap();
    assert_eq!((again.version.number, again.is_new, again.line), (1, false, None), "a comment is no content");
    edit(&project, "w.workflow.yaml", "said: one", "said: two");
    let desk = desk(&project, &store);
    let tried = desk.deploy(25).await.unwrap();
    assert_eq!((tried.version.number, tried.line.unwrap().traffic.share(2)), (2, 25));

    let mut taken = [0; 2];
    for _ in 0..400 {
        let run = desk.host.new_run();
        let version = desk.host.version_for("w", None, &run).await.unwrap();
        assert_eq!(version, desk.host.version_for("w", None, &run).await.unwrap(), "it follows from the run's id");
        taken[version.number as usize - 1] += 1;
    }
    assert!(taken[1] > 50 && taken[1] < 150, "a quarter of 400, more or less: {taken:?}");
    desk.host.promote("w", "bob").await.unwrap();
    assert_eq!(desk.host.version_for("w", None, &desk.host.new_run()).await.unwrap().number, 2);
    assert_eq!(desk.host.version_for("w", Some(1), &desk.host.new_run()).await.unwrap().number, 1);
    let error = desk.host.version_for("w", Some(3), &desk.host.new_run()).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::NotDeployed(NotDeployed::NoSuchVersion { .. }))), "{error}");
    let error = desk.host.version_for("other", None, &desk.host.new_run()).await.unwrap_err();
    assert!(error.hint().unwrap().contains("baton deploy"), "{error}");
}

#[tokio::test]
async fn a_run_stays_on_its_version_whatever_becomes_of_the_project() {
    let (project, store) = (project(), store());
    let desk_1 = desk(&project, &store);
    desk_1.deploy(100).await.unwrap();
    let parked = desk_1.run_version(1, &Value::Null).await.unwrap();
    let story = desk_1.story(&parked.run).await;
    assert_eq!(pin_of(&story.entries()[0].event).unwrap().number, 1);
    assert_eq!(store.runs(1).await.unwrap()[0].version, Some(1));

    edit(&project, "w.workflow.yaml", "said: one", "said: two");
    let desk_2 = desk(&project, &store);
    desk_2.deploy(100).await.unwrap();
    fs::remove_dir_all(project.path().join("acts")).unwrap();
    fs::remove_file(project.path().join("w.workflow.yaml")).unwrap();
    let ending = go_on(&desk_2, &parked.run, project.path()).await;
    let output = json!({ "said": "one", "second": [{ "ok": "1" }, { "ok": null }] });
    assert_eq!((ending.outcome, ending.output), ("completed", Some(output)), "{:?}", ending.error);
    let newer = desk_2.run_version(2, &Value::Null).await.unwrap();
    assert_eq!(go_on(&desk_2, &newer.run, project.path()).await.output.unwrap()["said"], "two");
}

#[tokio::test]
async fn what_is_revoked_is_revoked_at_once_and_what_is_granted_since_is_not_the_versions() {
    let (project, store) = (project(), store());
    let desk = desk(&project, &store);
    desk.deploy(100).await.unwrap();
    let parked = desk.run_version(1, &Value::Null).await.unwrap();
    edit(&project, "baton.toml", "\"run\", \"shared:s\"", "\"run\", \"agent\"");
    let ending = go_on(&desk, &parked.run, project.path()).await;
    let second = &ending.output.unwrap()["second"];
    assert_eq!(second[0], json!({ "ok": "1" }), "what is still granted is still there");
    let denied = second[1].to_string();
    assert!(denied.contains("Denied") && denied.contains("baton.toml"), "the hint says where: {denied}");
    // The version was not granted its own state: that the file grants it today changes nothing.
    let release = desk.release(1).await.unwrap();
    let revoked = release.frozen.revoked(&Today::read(project.path()).unwrap());
    assert_eq!(revoked.len(), 1, "{revoked:?}");
    let today = Today::read(project.path()).unwrap();
    let plugins = release.frozen.plugins(&today).unwrap();
    assert!(!plugins[0].policy().effective().to_string().contains("agent"), "{}", plugins[0].policy().effective());
}

#[tokio::test]
async fn the_limits_are_those_of_the_version() {
    let (project, store) = (project(), store());
    let desk = desk(&project, &store);
    desk.deploy(100).await.unwrap();
    let parked = desk.run_version(1, &Value::Null).await.unwrap();
    edit(&project, "baton.toml", GRANTS, &format!("{GRANTS}\nlimits = {{ fuel = \"1\" }}"));
    assert_eq!(go_on(&desk, &parked.run, project.path()).await.outcome, "completed");
}

#[tokio::test]
async fn an_older_version_becomes_current_again_and_nothing_is_deleted() {
    let (project, store) = (project(), store());
    let desk_1 = desk(&project, &store);
    desk_1.deploy(100).await.unwrap();
    edit(&project, "w.workflow.yaml", "said: one", "said: two");
    desk(&project, &store).deploy(100).await.unwrap();
    let line = desk_1.host.roll_back("w", None, "bob").await.unwrap().unwrap();
    assert_eq!((line.traffic.current, line.by.as_str(), line.sequence), (1, "bob", 3));
    assert_eq!(desk_1.host.versions().await.unwrap().len(), 2);
    let forth = desk_1.host.roll_back("w", Some(2), "bob").await.unwrap().unwrap();
    assert_eq!((forth.traffic.current, forth.sequence), (2, 4));
    for (to, expect) in [(Some(2), "is current already"), (Some(7), "its last one is 2")] {
        let error = desk_1.host.roll_back("w", to, "bob").await.unwrap_err();
        assert!(error.to_string().contains(expect) && error.hint().is_some(), "{error}");
    }
}

/// Two versions in a store on disk; the first has a component that no other version has.
async fn two_versions(folder: &Path) -> (Scratch, Desk) {
    let project = project();
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.join("store.db")).unwrap());
    desk(&project, &store).deploy(100).await.unwrap();
    let component = project.path().join("acts/acts.wasm");
    let mut other = fs::read(&component).unwrap();
    other.extend([0, 3, 1, b'x', 0]); // a custom section changes no instruction
    fs::write(component, other).unwrap();
    fs::remove_file(project.path().join("baton.lock")).unwrap(); // what is shipped is another component
    let desk = desk(&project, &store);
    assert_eq!(desk.deploy(100).await.unwrap().version.number, 2);
    (project, desk)
}

#[tokio::test]
async fn a_rollback_to_a_version_whose_plugin_is_gone_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (_project, desk) = two_versions(folder.path()).await;
    let gone = desk.release(1).await.unwrap().frozen.plugins.values().next().unwrap().component;
    let sql = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    assert_eq!(sql.execute("DELETE FROM blobs WHERE sha256 = ?1", [gone.as_bytes()]).unwrap(), 1);
    let error = desk.host.roll_back("w", None, "bob").await.unwrap_err();
    assert!(matches!(&error, Error::VersionDamaged { version, .. } if version.number == 1), "{error}");
    assert!(error.to_string().contains("is missing"), "{error}");
    let hint = error.hint().unwrap();
    assert!(hint.contains("baton versions w") && hint.contains("baton deploy") && hint.contains("backup"), "{hint}");
    assert_eq!(desk.host.history("w").await.unwrap().last().unwrap().traffic.current, 2, "it stays as it was");
    assert!(matches!(desk.release(1).await, Err(Error::VersionDamaged { .. })), "nor does a run begin with it");
    assert!(desk.release(2).await.is_ok());

    sql.execute("UPDATE versions SET digest = zeroblob(32) WHERE number = 1", []).unwrap();
    let error = desk.host.roll_back("w", None, "bob").await.unwrap_err();
    assert!(error.to_string().contains("the list of versions"), "{error}");
}

#[tokio::test]
async fn what_is_missing_of_a_version_is_stored_again_by_deploying_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let (_project, desk) = two_versions(folder.path()).await;
    let gone = desk.release(2).await.unwrap().frozen.plugins.values().next().unwrap().component;
    let sql = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    sql.execute("DELETE FROM blobs WHERE sha256 = ?1", [gone.as_bytes()]).unwrap();
    assert!(desk.release(2).await.is_err());
    assert!(!desk.deploy(100).await.unwrap().is_new);
    assert!(desk.release(2).await.is_ok());
}

#[tokio::test]
async fn removing_runs_takes_nothing_of_a_version() {
    let folder = tempfile::tempdir().unwrap();
    let (project, desk) = two_versions(folder.path()).await;
    let parked = desk.run_version(1, &Value::Null).await.unwrap();
    go_on(&desk, &parked.run, project.path()).await;
    let store = SqliteStore::open(folder.path().join("store.db")).unwrap();
    store.remove(parked.run).await.unwrap();
    desk.host.roll_back("w", None, "bob").await.unwrap();
    assert_eq!(desk.run_version(1, &Value::Null).await.unwrap().outcome, "parked");
    drop(store);
    let found = baton_store::check::check(&folder.path().join("store.db"), &mut |_| ()).unwrap();
    assert_eq!((found.damage, found.leftovers), (0, 0));
}

#[tokio::test]
async fn a_fork_is_of_the_same_version_unless_a_plugin_is_another() {
    let (project, store) = (project(), store());
    let desk = desk(&project, &store);
    desk.deploy(100).await.unwrap();
    let parked = desk.run_version(1, &Value::Null).await.unwrap();
    let story = desk.story(&parked.run).await;
    let fork = async |with: &[&str]| {
        let with = with.iter().map(|name| (*name).to_owned()).collect();
        let forking = Forking { step: "first".to_owned(), with, ..Forking::default() };
        let forked = desk.host.fork(&story, &forking, &desk.plugins).await.unwrap();
        desk.story(&forked.run).await
    };
    assert_eq!(fork(&[]).await.version(), story.version());
    assert_eq!(fork(&["acts"]).await.version(), None);
    let run = desk.run(&Value::Null).await.unwrap().run;
    let today = desk.project.today();
    let error = desk.host.resume_version(&run, &today, Arc::new(Silent)).await.unwrap_err();
    assert!(matches!(error, Error::NotDeployed(_)), "{error}");
}
