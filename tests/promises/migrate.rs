//! A run goes on as one of another version only if all that happened fits that version; and then it is evidence still.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use baton_journal::{Event, RunId, Store, StoreError};
use baton_runtime::replay::Verdict;
use baton_runtime::{Components, Error, Forking, Silent, Story, Trial, export, verify};
use baton_store::MemoryStore;
use baton_tests::{Desk, Dying, Scratch, approval, guest, sandbox};
use serde_json::{Value, json};

const WORKFLOW: &str = r#"
workflow: w
steps:
  first:
    agent: acts
    input: { acts: [ { act: random }, { act: set, scope: run, key: n, value: 1 }, { act: get, scope: run, key: n } ] }
  ask: { needs: [first], approve: { question: Go on?, show: "${{ steps.first.output }}" } }
  second:
    needs: [ask]
    agent: acts
    input: { acts: [ { act: get, scope: run, key: n } ] }
output: { said: one, second: "${{ steps.second.output }}" }
"#;

struct Versions {
    project: Scratch,
    store: Arc<dyn Store>,
}

impl Versions {
    /// A deployed project.
    async fn new() -> Self {
        let project = Scratch::new(WORKFLOW).agent("acts", "grants = { state = [\"run\"] }", "state = [\"run\"]\n");
        let versions = Versions { project, store: Arc::new(MemoryStore::new()) };
        versions.desk().deploy(100).await.unwrap();
        versions
    }

    fn desk(&self) -> Desk {
        Desk::over(self.project.path(), Arc::clone(&self.store)).unwrap()
    }

    /// Changes the workflow and deploys it as version 2.
    async fn change(&self, from: &str, to: &str) -> Desk {
        assert!(WORKFLOW.contains(from));
        fs::write(self.project.path().join("w.workflow.yaml"), WORKFLOW.replace(from, to)).unwrap();
        self.deploy_2().await
    }

    /// Puts another component in the place of the agent's and deploys it as version 2.
    async fn change_component(&self, component: Vec<u8>) -> Desk {
        fs::write(self.project.path().join("acts/acts.wasm"), component).unwrap();
        fs::remove_file(self.project.path().join("baton.lock")).unwrap(); // what is shipped is another component
        self.deploy_2().await
    }

    async fn deploy_2(&self) -> Desk {
        let desk = self.desk();
        let deployed = desk.deploy(100).await.unwrap();
        assert_eq!((deployed.version.number, deployed.is_new), (2, true));
        desk
    }

    async fn parked(&self) -> RunId {
        let parked = self.desk().run_version(1, &Value::Null).await.unwrap();
        assert_eq!(parked.outcome, "parked");
        parked.run
    }
}

async fn migrate(desk: &Desk, run: &RunId) -> Trial {
    let release = desk.release(2).await.unwrap();
    let story = desk.story(run).await;
    let tried = desk.host.try_version(&story, &release, |_| {}).await.unwrap();
    assert_eq!(desk.story(run).await.entries(), story.entries(), "a trial writes nothing");
    let trial = desk.host.migrate(run, &release, "bob", |_| {}).await.unwrap();
    let verdicts = |trial: &Trial| trial.invocations.iter().map(|one| one.verdict.clone()).collect::<Vec<_>>();
    assert_eq!((verdicts(&trial), &trial.difference), (verdicts(&tried), &tried.difference));
    assert_eq!(desk.story(run).await.entries().len() - story.entries().len(), usize::from(trial.fits()));
    trial
}

/// The run holds as evidence, here and from a file.
async fn require_evidence(desk: &Desk, run: &RunId) -> Story {
    let story = desk.story(run).await;
    let components = desk.host.components(&story).await.unwrap();
    let found = verify(desk.host.sandbox(), &components, &story, |_| {}).await.unwrap();
    assert!(found.holds() && found.is_whole(), "{found:#?}");
    let replay = desk.host.replay(&story, &components, |_| {}).await.unwrap();
    assert!(replay.invocations.iter().all(|one| one.verdict == Verdict::Same), "{replay:?}");
    let mut file = Vec::new();
    export::write(&desk.host.export(&story, true).await.unwrap(), &mut file).unwrap();
    let exported = export::read("file", file.as_slice()).unwrap();
    let components = Components::of(exported.components);
    let elsewhere = Story::of(exported.run, exported.entries).unwrap();
    let found = verify(&sandbox().unwrap(), &components, &elsewhere, |_| {}).await.unwrap();
    assert!(found.holds() && found.is_whole(), "{found:#?}");
    story
}

/// What differs first, in words.
fn told(trial: &Trial) -> String {
    let difference = trial.difference.as_ref().expect("it does not fit");
    let place = difference.entry.map_or_else(String::new, |entry| format!("entry {entry}: "));
    format!("{place}{}\n  was       {}\n  would be  {}", difference.what, difference.was, difference.would_be)
}

#[tokio::test]
async fn a_run_that_fits_goes_on_as_one_of_the_other_version_and_is_evidence_still() {
    let versions = Versions::new().await;
    let run = versions.parked().await;
    let desk = versions.change("said: one", "said: two").await;
    let trial = migrate(&desk, &run).await;
    assert!(trial.fits() && trial.invocations.is_empty(), "{trial:?}");
    assert_eq!((trial.from.unwrap().number, trial.to.number), (1, 2));
    assert_eq!(versions.store.runs(1).await.unwrap()[0].version, Some(2));
    require_evidence(&desk, &run).await;
    let ending = desk.answer(&run, "ask", approval("anybody", None)).await.unwrap();
    assert_eq!(ending.output.unwrap(), json!({ "said": "two", "second": [{ "ok": "1" }] }));
    let story = require_evidence(&desk, &run).await;
    assert!(story.entries().iter().any(|entry| matches!(&entry.event, Event::Migrated(m) if m.by == "bob")));
    let release = desk.release(1).await.unwrap();
    let error = desk.host.migrate(&run, &release, "bob", |_| {}).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::Ended(_))), "{error}");
}

#[tokio::test]
async fn a_run_that_does_not_fit_stays_and_what_differs_first_is_told() {
    let changes = [
        ("{ act: random }", "{ act: now }"),
        ("question: Go on?", "question: Shall we?"),
        ("show: \"${{ steps.first.output }}\"", "show: nothing"),
        (
            "    agent: acts\n    input: { acts: [ { act: random }",
            "    agent: acts\n    check: [\"size(output) > 9\"]\n    input: { acts: [ { act: random }",
        ),
        (
            "  ask: { needs: [first]",
            "  before: { needs: [first], agent: acts, input: { acts: [] } }\n  ask: { needs: [before]",
        ),
        ("workflow: w\n", "workflow: w\ninput: { schema: input.json }\n"),
        ("workflow: w\n", "workflow: w\nbudget: { calls: 1 }\n"),
    ];
    let mut all = Vec::new();
    for (from, to) in changes {
        let versions = Versions::new().await;
        fs::write(versions.project.path().join("input.json"), "{\"type\": \"object\"}").unwrap();
        let run = versions.parked().await;
        let desk = versions.change(from, to).await;
        let told = told(&migrate(&desk, &run).await);
        all.push(format!("{to}\n{}", told.replace(run.as_str(), "RUN")));
        assert_eq!(versions.store.runs(1).await.unwrap()[0].version, Some(1));
        let ending = desk.answer(&run, "ask", approval("anybody", None)).await.unwrap();
        assert_eq!(ending.output.unwrap()["said"], "one", "it ends on its version");
    }
    // What an agent draws depends on the run's seed.
    insta::with_settings!({ filters => vec![(r"\[\[[0-9,]+\]", "[[RANDOM]")] }, {
        insta::assert_snapshot!(all.join("\n\n"));
    });
}

#[tokio::test]
async fn agents_are_made_once_more_with_the_other_component() {
    let mut same = guest("acts");
    same.extend([0, 3, 1, b'x', 0]); // a custom section changes no instruction
    let versions = Versions::new().await;
    let run = versions.parked().await;
    let desk = versions.change_component(same).await;
    let trial = migrate(&desk, &run).await;
    assert!(trial.fits(), "{trial:?}");
    assert_eq!(trial.invocations.len(), 1);
    desk.answer(&run, "ask", approval("anybody", None)).await.unwrap();
    let story = require_evidence(&desk, &run).await;
    let pins: BTreeSet<_> = story.entries().iter().flat_map(|entry| entry.event.components()).collect();
    assert_eq!(pins.len(), 2, "what happened before is verified with the component of before");

    let versions = Versions::new().await;
    let run = versions.parked().await;
    let desk = versions.change_component(guest("says_no_json")).await;
    let trial = migrate(&desk, &run).await;
    let told = told(&trial);
    assert!(told.contains("first#1") && told.contains("agent `acts`"), "{told}");
}

#[tokio::test]
async fn an_agent_in_the_middle_of_its_work_is_brought_back_by_the_other_component() {
    let mut same = guest("acts");
    same.extend([0, 3, 1, b'x', 0]);
    for (component, fits) in [(same, true), (guest("says_no_json"), false)] {
        let versions = Versions::new().await;
        // It dies after `first` has begun and made calls.
        let dying =
            Desk::over(versions.project.path(), Arc::new(Dying::after(3, Arc::clone(&versions.store)))).unwrap();
        let release = dying.release(1).await.unwrap();
        let run = dying.host.new_run();
        let died = dying.host.start_version(run.clone(), &release, &Value::Null, Arc::new(Silent)).await;
        assert!(died.is_err());
        let desk = versions.change_component(component).await;
        let before = desk.story(&run).await.entries().len();
        assert!(before >= 3, "{before}");
        let trial = migrate(&desk, &run).await;
        assert_eq!(trial.fits(), fits, "{trial:?}");
        if fits {
            assert_eq!(trial.invocations[0].verdict, Verdict::Unfinished);
            let parked = desk.host.resume(&run, &desk.project, Arc::new(Silent)).await.unwrap();
            assert_eq!(parked.outcome, "parked", "{:?}", parked.error);
            require_evidence(&desk, &run).await;
        }
    }
}

#[tokio::test]
async fn a_fork_of_a_run_that_was_migrated_is_of_its_version_and_evidence_too() {
    let versions = Versions::new().await;
    let run = versions.parked().await;
    let mut same = guest("acts");
    same.extend([0, 3, 1, b'x', 0]);
    let desk = versions.change_component(same).await;
    assert!(migrate(&desk, &run).await.fits());
    desk.answer(&run, "ask", approval("anybody", None)).await.unwrap();
    let story = desk.story(&run).await;
    let forking = Forking { step: "second".to_owned(), ..Forking::default() };
    let forked = desk.host.fork(&story, &forking, &desk.plugins).await.unwrap().run;
    let parked = desk.host.resume(&forked, &desk.project, Arc::new(Silent)).await.unwrap();
    assert_eq!(parked.outcome, "parked");
    desk.answer(&forked, "ask", approval("anybody", None)).await.unwrap();
    let fork = require_evidence(&desk, &forked).await;
    assert_eq!(fork.version().unwrap().number, 2);
    let forking = Forking { with: BTreeSet::from(["acts".to_owned()]), ..forking };
    let error = desk.host.fork(&story, &forking, &desk.plugins).await.unwrap_err();
    assert!(matches!(error, Error::OtherVersion(_)) && error.hint().is_some(), "{error}");
}

#[tokio::test]
async fn what_cannot_be_tried_is_refused() {
    let versions = Versions::new().await;
    let run = versions.parked().await;
    fs::write(versions.project.path().join("w.workflow.yaml"), WORKFLOW.replace("workflow: w\n", "workflow: other\n"))
        .unwrap();
    let desk = versions.desk();
    desk.deploy(100).await.unwrap();
    let refused = async |desk: &Desk, name: &str| {
        let version = desk.host.version_for(name, Some(1), &run).await.unwrap();
        let release = desk.host.release(version, &desk.project.today(), |_| {}).await.unwrap();
        desk.host.migrate(&run, &release, "bob", |_| {}).await.unwrap_err()
    };
    let error = refused(&desk, "other").await;
    assert!(matches!(error, Error::OtherWorkflow { .. }), "{error}");
    let error = refused(&desk, "w").await;
    assert!(matches!(error, Error::IsOfVersion { number: 1, .. }), "{error}");
    let claim = versions.store.claim(run.clone()).await.unwrap();
    let error = refused(&desk, "w").await;
    assert!(matches!(error, Error::Store(StoreError::Claimed(_))), "{error}");
    versions.store.release(claim).await.unwrap();
}

#[tokio::test]
async fn a_run_of_a_project_that_is_not_deployed_can_go_on_as_one_of_a_version() {
    let versions = Versions::new().await;
    let desk = versions.desk();
    let run = desk.run(&Value::Null).await.unwrap().run;
    let release = desk.release(1).await.unwrap();
    let trial = desk.host.migrate(&run, &release, "bob", |_| {}).await.unwrap();
    assert!(trial.fits() && trial.from.is_none(), "{trial:?}");
    desk.answer(&run, "ask", approval("anybody", None)).await.unwrap();
    assert_eq!(require_evidence(&desk, &run).await.version().unwrap().number, 1);
}
