//! Versions: the same digest is the same version, what is refused stores nothing, the history only grows, and what a version
//! needs stays.

use baton_journal::{
    Canary, Deed, Deployed, Deployment, Digest, Event, Migration, NewVersion, NotDeployed, Payload, Store, StoreError,
    Traffic, VersionPin, Weight, Wish,
};

use super::sample::*;
use super::{Case, cases};

/// The cases.
pub(super) fn all() -> Vec<Case> {
    cases![
        versions_are_numbered_and_the_same_content_is_the_same_version,
        a_version_is_tried_beside_the_current_one,
        each_change_is_a_line_of_history,
        what_is_refused_changes_nothing,
        what_a_version_needs_must_be_there_and_stays,
        a_run_is_listed_with_the_version_that_it_goes_on_with,
    ]
}

const W: &str = "onboarding";

fn percent(percent: u8) -> Weight {
    Weight::percent(percent).unwrap()
}

fn version(workflow: &str, content: &[u8]) -> NewVersion {
    let digest = Digest::of(content);
    NewVersion { workflow: workflow.to_owned(), digest, content: digest, uses: [digest, Digest::of(b"crm")].into() }
}

async fn deploy(store: &dyn Store, workflow: &str, content: &[u8], weight: u8) -> Result<Deployed, StoreError> {
    store.put_blob(b"crm".to_vec()).await.unwrap();
    store.put_blob(content.to_vec()).await.unwrap();
    store.deploy(version(workflow, content), percent(weight), at(1), "ada".to_owned()).await
}

async fn redeploy(store: &dyn Store, wish: Wish) -> Result<Option<Deployment>, StoreError> {
    store.redeploy(W.to_owned(), wish, at(2), "bob".to_owned()).await
}

async fn versions_are_numbered_and_the_same_content_is_the_same_version(store: &dyn Store) {
    let first = deploy(store, W, b"one", 100).await.unwrap();
    assert_eq!((first.version.number, first.is_new), (1, true));
    let line = first.line.unwrap();
    assert_eq!((line.sequence, line.deed, line.traffic), (1, Deed::Deployed, Traffic::all_to(1)));
    assert_eq!(deploy(store, W, b"two", 100).await.unwrap().version.number, 2);
    assert_eq!(deploy(store, "another", b"one", 100).await.unwrap().version.number, 1, "each workflow counts its own");
    let again = deploy(store, W, b"two", 100).await.unwrap();
    assert_eq!((again.version.number, again.is_new, again.line), (2, false, None));
    let older = deploy(store, W, b"one", 100).await.unwrap();
    assert_eq!((older.version.number, older.is_new), (1, false));
    assert_eq!(older.line.unwrap().traffic, Traffic::all_to(1));
    let versions = store.versions().await.unwrap();
    let listed: Vec<_> = versions.iter().map(|version| (version.workflow.as_str(), version.number)).collect();
    assert_eq!(listed, [("another", 1), (W, 1), (W, 2)]);
    let one = versions.into_iter().nth(1).unwrap();
    assert_eq!((one.digest, one.content), (Digest::of(b"one"), Digest::of(b"one")));
    assert_eq!((one.at, one.by.as_str()), (at(1), "ada"));
}

async fn a_version_is_tried_beside_the_current_one(store: &dyn Store) {
    deploy(store, W, b"one", 100).await.unwrap();
    let tried = deploy(store, W, b"two", 10).await.unwrap().line.unwrap();
    assert_eq!(tried.traffic, Traffic { current: 1, canary: Some(Canary { version: 2, weight: percent(10) }) });
    let more = deploy(store, W, b"two", 50).await.unwrap();
    assert!(!more.is_new && more.line.unwrap().traffic.share(2) == 50);
    let promoted = redeploy(store, Wish::Promote).await.unwrap().unwrap();
    assert_eq!((promoted.deed, promoted.traffic), (Deed::Promoted, Traffic::all_to(2)));
}

async fn each_change_is_a_line_of_history(store: &dyn Store) {
    assert_eq!(store.history(W.to_owned()).await.unwrap(), []);
    deploy(store, W, b"one", 100).await.unwrap();
    deploy(store, W, b"two", 100).await.unwrap();
    deploy(store, "another", b"one", 100).await.unwrap();
    let back = redeploy(store, Wish::RollBack { to: None }).await.unwrap().unwrap();
    assert_eq!((back.sequence, back.at, back.by.as_str(), back.deed), (3, at(2), "bob", Deed::RolledBack));
    assert_eq!(redeploy(store, Wish::Deploy { version: 1, weight: percent(100) }).await.unwrap(), None);
    let history = store.history(W.to_owned()).await.unwrap();
    let lines: Vec<_> = history.iter().map(|line| (line.sequence, line.traffic.current)).collect();
    assert_eq!(lines, [(1, 1), (2, 2), (3, 1)]);
    assert_eq!(history[2], back);
}

async fn what_is_refused_changes_nothing(store: &dyn Store) {
    let refused = |error: StoreError| match error {
        StoreError::NotDeployed(error) => error,
        other => panic!("{other}"),
    };
    let workflow = W.to_owned();
    let error = refused(redeploy(store, Wish::Promote).await.unwrap_err());
    assert_eq!(error, NotDeployed::Nothing { workflow: workflow.clone() });
    let error = refused(deploy(store, W, b"one", 10).await.unwrap_err());
    assert_eq!(error, NotDeployed::NoCurrent { workflow: workflow.clone() });
    assert_eq!(store.versions().await.unwrap(), [], "no version is stored");
    deploy(store, W, b"one", 100).await.unwrap();
    deploy(store, W, b"two", 10).await.unwrap();
    let error = refused(deploy(store, W, b"three", 10).await.unwrap_err());
    assert!(matches!(error, NotDeployed::OtherCanary { canary: Canary { version: 2, .. }, .. }), "{error}");
    let error = refused(redeploy(store, Wish::RollBack { to: Some(3) }).await.unwrap_err());
    assert_eq!(error, NotDeployed::NoSuchVersion { workflow, version: 3, last: 2 });
    assert_eq!((store.versions().await.unwrap().len(), store.history(W.to_owned()).await.unwrap().len()), (2, 2));
}

async fn what_a_version_needs_must_be_there_and_stays(store: &dyn Store) {
    let missing = store.deploy(version(W, b"one"), percent(100), at(1), "ada".to_owned()).await;
    assert!(matches!(missing, Err(StoreError::Refused(_))), "{missing:?}");
    deploy(store, W, b"one", 100).await.unwrap();
    let header = started_with(&[b"crm"]);
    let (claim, _) = store.create(run_id(1), at(0), header).await.unwrap();
    store.append(&claim, at(1), run_ended()).await.unwrap();
    store.release(claim).await.unwrap();
    store.remove(run_id(1)).await.unwrap();
    assert_eq!(store.blob(Digest::of(b"crm")).await.unwrap(), b"crm");
    assert_eq!(store.blob(Digest::of(b"one")).await.unwrap(), b"one");
}

async fn a_run_is_listed_with_the_version_that_it_goes_on_with(store: &dyn Store) {
    store.put_blob(b"crm".to_vec()).await.unwrap();
    let pin = |number| VersionPin { number, digest: Digest::of(b"version") };
    let Event::RunStarted(header) = started() else { panic!("a run has a header") };
    let header = baton_journal::RunHeader { version: Some(pin(1)), ..header };
    let (claim, _) = store.create(run_id(1), at(0), Event::RunStarted(header)).await.unwrap();
    begin(store, &run_id(2)).await;
    let listed = async || store.runs(9).await.unwrap().iter().map(|run| run.version).collect::<Vec<_>>();
    assert_eq!(listed().await, [None, Some(1)]);
    let migration = |component: &[u8]| {
        Event::Migrated(Migration {
            version: pin(2),
            plan_digest: Digest::of(b"plan 2"),
            plan: Payload::text(large('p')),
            plugins: pins(&[component]),
            by: "ada".to_owned(),
        })
    };
    let missing = store.append(&claim, at(1), migration(b"nowhere")).await;
    assert!(matches!(missing, Err(StoreError::Refused(_))), "{missing:?}");
    store.append(&claim, at(1), migration(b"crm")).await.unwrap();
    assert_eq!(listed().await, [None, Some(2)]);
    assert_eq!(store.entries(run_id(1)).await.unwrap().len(), 2);
    store.append(&claim, at(2), run_ended()).await.unwrap();
    store.release(claim).await.unwrap();
    store.remove(run_id(1)).await.unwrap();
    assert!(store.blob(Digest::of(b"crm")).await.is_err(), "a removed run takes along what it migrated to");
}
