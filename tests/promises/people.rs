//! People are asked in time, answer in time, and lock nobody out.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use baton_journal::{BoxFuture, Decision, Event, RunId, StoreError, Timestamp, Turn};
use baton_runtime::plan::Ask;
use baton_runtime::serve::Served;
use baton_runtime::{
    Clock, Ending, Error, Host, News, Observer, Reporter, Sandbox, Server, Serving, Silent, SystemClock, workflow,
};
use baton_store::MemoryStore;
use baton_tests::{Desk, Scratch, approval};
use serde_json::json;
use tokio::sync::Notify;

/// Is asked, and never answers.
struct Hesitant;

impl Observer for Hesitant {
    fn ask<'a>(&'a self, _: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
        Box::pin(std::future::pending())
    }
}

/// The clock of the machine, so many milliseconds later.
#[derive(Default)]
struct Moved(AtomicU64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0 + self.0.load(Ordering::Relaxed))
    }
}

fn asking(timeout: &str) -> (Scratch, Desk) {
    asking_with(&format!("timeout: {timeout}"))
}

fn asking_with(keys: &str) -> (Scratch, Desk) {
    let workflow = format!(
        "workflow: w\nsteps:\n  ask: {{ approve: {{ question: Go on?, {keys} }} }}\noutput: ${{{{ steps.ask.output }}}}\n"
    );
    let scratch = Scratch::new(&workflow).file("baton.toml", "workflow = \"w.workflow.yaml\"\n");
    let desk = Desk::new(scratch.path()).unwrap();
    (scratch, desk)
}

#[tokio::test]
async fn a_question_that_somebody_looks_at_expires_too() {
    let (_project, desk) = asking("1s");
    let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
    let input = json!({});
    let run = desk.host.start(plan, &desk.plugins, &input, Arc::new(Hesitant));
    let ending = tokio::time::timeout(Duration::from_secs(10), run).await.expect("it expires").unwrap();
    assert_eq!(ending.outcome, "failed");
}

#[tokio::test]
async fn an_answer_after_the_deadline_is_refused() {
    let (_project, mut desk) = asking("1h");
    let clock = Arc::new(Moved::default());
    let sandbox = Arc::new(Sandbox::new(baton_sandbox::Options::default()).unwrap());
    desk.host = Host::of(sandbox, Arc::new(MemoryStore::new()), Arc::clone(&clock) as _).unwrap();
    let parked = desk.run(&json!({})).await.unwrap();
    assert_eq!(parked.outcome, "parked");
    clock.0.store(3_600_000, Ordering::Relaxed);
    let late = desk.host.decide(&parked.run, "ask", approval("anybody", None)).await.unwrap_err();
    assert!(matches!(late, Error::TooLate(_)), "{late}");
    let ending = desk.host.resume(&parked.run, &desk.project, Arc::new(Silent)).await.unwrap();
    assert_eq!(ending.outcome, "failed");
}

#[tokio::test]
async fn a_run_that_nobody_waits_for_any_more_can_be_resumed() {
    let (_project, desk) = asking("1h");
    let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
    let input = json!({});
    let run = desk.host.start(plan, &desk.plugins, &input, Arc::new(Hesitant));
    assert!(tokio::time::timeout(Duration::from_millis(100), run).await.is_err(), "it waits for an answer");
    let run = desk.host.runs(1).await.unwrap()[0].run.clone();
    for _ in 0..100 {
        match desk.host.resume(&run, &desk.project, Arc::new(Silent)).await {
            Err(Error::Store(StoreError::Claimed(_))) => tokio::time::sleep(Duration::from_millis(10)).await,
            resumed => return assert_eq!(resumed.unwrap().outcome, "parked"),
        }
    }
    panic!("the claim was kept");
}

/// A desk with such a question, and a clock that moves when it is told.
struct Place {
    _project: Scratch,
    desk: Desk,
    clock: Arc<Moved>,
}

const HOUR: u64 = 3_600_000;

impl Place {
    fn asking(keys: &str) -> Self {
        let (project, mut desk) = asking_with(keys);
        let clock = Arc::new(Moved::default());
        let sandbox = Arc::new(Sandbox::new(baton_sandbox::Options::default()).unwrap());
        desk.host = Host::of(sandbox, Arc::new(MemoryStore::new()), Arc::clone(&clock) as _).unwrap();
        Place { _project: project, desk, clock }
    }

    fn pass(&self, hours: u64) {
        self.clock.0.fetch_add(hours * HOUR, Ordering::Relaxed);
    }

    /// Goes on with a run, and says what was due at its questions.
    async fn resume(&self, run: &RunId) -> (Ending, Vec<String>) {
        let told = Arc::new(Told::default());
        let ending = self.desk.host.resume(run, &self.desk.project, Arc::clone(&told) as _).await.unwrap();
        let told = told.0.lock().unwrap().clone();
        (ending, told)
    }

    async fn say(&self, run: &RunId, by: &str, role: Option<&str>) -> Result<Event, Error> {
        let (by, role) = (by.to_owned(), role.map(ToOwned::to_owned));
        let yes = Decision::Approved { by, role, comment: None, answer: None };
        self.desk.host.decide(run, "ask", yes).await
    }
}

/// Keeps what was due.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Observer for Told {
    fn due(&self, _: Timestamp, ask: &Ask, turn: &Turn) {
        let what = match turn {
            Turn::Reminded { reminder } => format!("reminder {reminder}"),
            turn => format!(
                "{} for {}",
                if matches!(turn, Turn::Escalated { .. }) { "escalated" } else { "?" },
                ask.audience()
            ),
        };
        self.0.lock().unwrap().push(what);
    }
}

#[tokio::test]
async fn a_second_answer_is_refused_whoever_gives_it_and_whatever_it_says() {
    let place = Place::asking("assignees: [ada, bob], votes: 2");
    let run = place.desk.run(&json!({})).await.unwrap().run;
    let first = place.say(&run, "ada", None).await.unwrap();
    assert!(matches!(first, Event::ApprovalTurn { turn: Turn::Voted { .. }, .. }), "{first:?}");
    let again = place.say(&run, "Ada", None).await.unwrap_err().to_string();
    assert_eq!(again, "`Ada` has voted on `ask` already, and nobody votes twice: 1 more vote is needed, of others");
    let stranger = place.say(&run, "eve", None).await.unwrap_err().to_string();
    assert_eq!(stranger, "step `ask` is for ada or bob, not for `eve` to answer");
    let last = place.say(&run, "bob", None).await.unwrap();
    assert!(matches!(last, Event::ApprovalDecided { .. }), "{last:?}");
    let late = place.say(&run, "ada", None).await.unwrap_err();
    assert!(matches!(&late, Error::Answered { by, .. } if by == "bob"), "{late}");
    let (ending, _) = place.resume(&run).await;
    assert_eq!(ending.output.unwrap()["votes"].as_array().map(Vec::len), Some(2));
    let late = place.say(&run, "ada", None).await.unwrap_err();
    assert!(matches!(late, Error::Answered { .. }), "after the end of the run too: {late}");
}

#[tokio::test]
async fn a_host_that_was_away_reminds_once() {
    let place = Place::asking("roles: [partner], timeout: 9h, remind: [1h, 2h, 3h, 8h]");
    let run = place.desk.run(&json!({})).await.unwrap().run;
    assert_eq!(place.resume(&run).await.1, [""; 0]);
    place.pass(5);
    assert_eq!(place.resume(&run).await.1, ["reminder 3"]);
    assert_eq!(place.resume(&run).await.1, [""; 0], "it was given");
    place.pass(3);
    assert_eq!(place.resume(&run).await.1, ["reminder 4"]);
    let ending = place.desk.answer(&run, "ask", approval("partner", None)).await.unwrap();
    assert_eq!(ending.outcome, "completed");
}

#[tokio::test]
async fn what_nobody_decides_goes_up_level_by_level_and_ends_as_the_plan_says() {
    let keys = "roles: [partner], votes: 2, timeout: 2h, remind: [1h], on_timeout: [{ escalate: [director], timeout: 3h }, { assignees: [zoe], timeout: 4h, then: fail }]";
    let place = Place::asking(keys);
    let run = place.desk.run(&json!({})).await.unwrap().run;
    place.say(&run, "ada", Some("partner")).await.unwrap();
    place.pass(30);
    let (parked, told) = place.resume(&run).await;
    assert_eq!((parked.outcome, told), ("parked", vec!["escalated for partner or director".to_owned()]));
    assert_eq!((parked.waiting[0].missing, parked.waiting[0].votes[0].by.as_str()), (1, "ada"));
    place.pass(3);
    place.say(&run, "zoe", None).await.expect("nobody drove the run, and it is her turn");
    let (ending, _) = place.resume(&run).await;
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let other = place.desk.run(&json!({})).await.unwrap().run;
    let mut told = Vec::new();
    for hours in [2, 3, 4] {
        place.pass(hours);
        told.extend(place.resume(&other).await.1);
    }
    assert_eq!(told, ["escalated for partner or director", "escalated for zoe, partner or director"]);
    let late = place.say(&other, "zoe", None).await.unwrap_err();
    assert!(
        late.to_string().contains("does not wait for an answer") || late.to_string().contains("has ended"),
        "{late}"
    );
    let ending = place.desk.story(&other).await.ending();
    assert_eq!(ending.error.unwrap().message, "permanent: nobody answered within 9h");
}

#[tokio::test]
async fn a_reminder_does_not_end_the_conversation() {
    #[derive(Default)]
    struct Slow(Told, Notify);
    impl Observer for Slow {
        fn due(&self, at: Timestamp, ask: &Ask, turn: &Turn) {
            self.0.due(at, ask, turn);
            self.1.notify_one();
        }

        fn ask<'a>(&'a self, _: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
            Box::pin(async {
                self.1.notified().await;
                Some(approval("partner", None))
            })
        }
    }
    let place = Place::asking("roles: [partner], timeout: 1h, remind: [1s]");
    let plan = workflow::plan(&place.desk.project, &place.desk.plugins).unwrap();
    let slow = Arc::new(Slow::default());
    let input = json!({});
    let run = place.desk.host.start(plan, &place.desk.plugins, &input, Arc::clone(&slow) as _);
    let ending = tokio::time::timeout(Duration::from_secs(20), run).await.expect("it is answered").unwrap();
    assert_eq!((ending.outcome, slow.0.0.lock().unwrap().clone()), ("completed", vec!["reminder 1".to_owned()]));
}

#[derive(Default)]
struct Heard(Mutex<Vec<News>>);

impl Reporter for Heard {
    fn news(&self, news: &News) {
        self.0.lock().unwrap().push(news.clone());
    }
}

#[tokio::test]
async fn a_server_wakes_a_question_when_something_is_due() {
    let place = Place::asking("roles: [partner], timeout: 2h, remind: [1h], on_timeout: { escalate: [director] }");
    let run = place.desk.run(&json!({})).await.unwrap().run;
    let heard = Arc::new(Heard::default());
    let Desk { host, project, plugins } = &place.desk;
    let plans = workflow::plan_all(project, plugins).unwrap();
    let served = Served::new(host.clone(), project.clone(), plugins.clone(), plans).unwrap();
    let mut server = Server::new(vec![served], Serving::default(), Arc::clone(&heard) as _);
    for _ in 0..3 {
        server.settle().await.unwrap();
        place.pass(1);
    }
    let due = |news: &News| match news {
        News::Due { run: of, step, what, who, .. } if *of == run && step == "ask" => Some(format!("{what} for {who}")),
        _ => None,
    };
    let told: Vec<String> = heard.0.lock().unwrap().iter().filter_map(due).collect();
    assert_eq!(told, ["reminder for partner", "escalation for partner or director"]);
}
