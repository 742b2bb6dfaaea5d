//! Drives one run: performs the machine's actions, appends what happened, and hands it back to the machine. It knows
//! no step, no expression and no capability, and keeps no entry: a run may make millions.

mod calls;
mod context;
mod doubts;
mod earlier;
mod guarded;
mod job;
mod opened;
mod places;
mod purses;
mod questions;
mod signals;
mod stops;
mod together;
mod turns;
mod waits;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Decision, Entry, Event, InvocationId, Outcome, RunOutcome, Site, Tape, Timestamp};
use baton_sandbox::{Invocation, Target};
use baton_workflow::{Action, Ask, InDoubt, Invoke, Run, Wait};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::error::Error;
use crate::observer::Observer;
use crate::story::Story;

use calls::{Call, Unpaid};
use questions::Talk;
use waits::Waits;

pub(crate) use calls::{Begun, News, Waiter};
pub(crate) use context::{RunContext, Shared};
pub(crate) use job::{Caller, Job};
pub(crate) use signals::wanted;

/// What a task came to.
enum Done {
    Happened(Box<Event>),
    Answered(Box<Ask>, Decision),
    /// Something is due at a question, and nobody has answered.
    Due(Box<Ask>, Talk),
    Unanswered,
    /// The turn of an attempt has come.
    Turn(Box<Invoke>),
}

/// Drives a run until it ends or waits for people.
pub(crate) struct Driver {
    context: Arc<RunContext>,
    news: mpsc::UnboundedReceiver<News>,
    run: Run,
    /// Calls that begin when there is something for them.
    calls: Vec<Call>,
    /// Calls that cannot be paid, by the sites of the attempts that are suspended for them.
    unpaid: BTreeMap<Site, Unpaid>,
    /// When the last entry was made.
    at: Timestamp,
    tasks: JoinSet<Result<Done, Error>>,
    /// Attempts at work here.
    at_work: BTreeSet<InvocationId>,
    /// Invocations at work whose effects are felt outside.
    outside: BTreeSet<InvocationId>,
    /// What its steps wait for.
    waits: Waits,
    observer: Arc<dyn Observer>,
}

impl Driver {
    pub(crate) fn new(
        context: Arc<RunContext>,
        news: mpsc::UnboundedReceiver<News>,
        story: Story,
        observer: Arc<dyn Observer>,
    ) -> Self {
        let waits = Waits::of(story.entries(), story.header().admission.heard);
        let at = story.entries().last().map(|entry| entry.at).unwrap_or_default();
        Driver {
            context,
            news,
            run: story.into_machine(),
            calls: Vec::new(),
            unpaid: BTreeMap::new(),
            at,
            tasks: JoinSet::new(),
            at_work: BTreeSet::new(),
            outside: BTreeSet::new(),
            waits,
            observer,
        }
    }

    /// Goes on until nothing is left that this host can do, and hands back the machine as it stands then.
    pub(crate) async fn drive(mut self, actions: Vec<Action>) -> Result<Run, Error> {
        let driven = self.go_on(actions).await;
        if driven.is_err() {
            self.keep_what_ended().await;
        }
        self.tasks.shutdown().await; // nothing of a run goes on when it is no longer driven
        driven?;
        // Output commit: whoever reads the result may rely on it.
        self.context.store.flush().await?;
        Ok(self.run)
    }

    async fn go_on(&mut self, mut actions: Vec<Action>) -> Result<(), Error> {
        let mut listener = self.context.bell.listen();
        self.context.guards.catch_up().await;
        if self.take_signals().await?.is_some() {
            actions = self.run.outstanding(); // what is wanted now may be another thing
        }
        loop {
            while let Some(action) = take_first(&mut actions) {
                if self.context.is_draining() && begins(&action) {
                    continue; // it stays outstanding: whoever resumes the run does it
                }
                let more = match action {
                    action if !self.run.wants(&action) => Vec::new(),
                    Action::Invoke(first) if self.begins_with_others(&first) => {
                        let invokes = self.take_beginning(first, &mut actions);
                        self.begin(&invokes).await?
                    }
                    action => self.perform(action).await?,
                };
                actions.extend(more);
            }
            actions = self.begin_calls().await?;
            if !actions.is_empty() {
                continue;
            }
            if self.tasks.is_empty() && !self.stays() {
                actions = self.look().await?; // what came before it is left is not missed
                if actions.is_empty() {
                    return Ok(());
                }
                continue;
            }
            let quiet = self.quiet();
            actions = tokio::select! {
                biased; // a nested invocation ends before the one that called it
                Some(news) = self.news.recv() => self.heard(news).await?,
                Some(done) = self.tasks.join_next() => self.all_done(finished(done)?).await?,
                () = listener.next_within(quiet) => self.look().await?,
            };
        }
    }

    async fn done(&mut self, done: Done) -> Result<Vec<Action>, Error> {
        match done {
            Done::Happened(event) => self.happened(*event).await,
            Done::Answered(ask, decision) => self.answered(&ask, decision).await,
            Done::Due(ask, talk) => self.due(*ask, talk).await,
            Done::Unanswered => Ok(Vec::new()),
            Done::Turn(invoke) => self.invoke_after_turn(*invoke).await,
        }
    }

    async fn perform(&mut self, action: Action) -> Result<Vec<Action>, Error> {
        match action {
            Action::Invoke(invoke) => self.invoke_in_turn(invoke).await,
            Action::Stop(invoke) => self.stop(&invoke).await,
            Action::Ask(ask) => self.ask(ask).await,
            Action::Await(wait) => self.await_it(wait).await,
            Action::Emit(emit) => self.emit(emit).await,
            Action::Wait(wait) => {
                self.wait(wait);
                Ok(Vec::new())
            }
            Action::End(outcome) => self.end(outcome).await,
        }
    }

    async fn invoke(&mut self, invoke: Invoke) -> Result<Vec<Action>, Error> {
        if invoke.suspended.is_some() {
            self.context.look_back().await?;
        }
        let job = self.context.job(&invoke)?;
        let began_before = invoke.has_begun();
        let is_open = began_before && invoke.resolution().is_none();
        let doubts = if is_open { self.context.doubts(&job) } else { Vec::new() };
        if !doubts.is_empty() {
            return self.doubt(&invoke, &job, &doubts).await;
        }
        let mut more = Vec::new();
        if invoke.started.is_none() {
            more = self.happened(job.started()).await?;
        }
        if began_before && let Some(failure) = self.context.not_again(&job) {
            more.extend(self.happened(job.ended_as(Outcome::Failed { failure })).await?);
            return Ok(more);
        }
        let tape = self.tape(&job).filter(|_| began_before).unwrap_or_else(|| Tape::starting(self.at));
        if self.context.has_outside_effect(&job) {
            self.outside.insert(job.invocation.id.clone());
            self.context.store.flush().await?;
        }
        self.spawn(job, tape);
        Ok(more)
    }

    fn spawn(&mut self, job: Job, tape: Tape) {
        let Invocation { id, site, .. } = job.invocation.as_ref();
        let job = job.counted(self.context.purses.open(id, self.run.call_budgets(site)));
        self.at_work.insert(job.invocation.id.clone());
        let context = Arc::clone(&self.context);
        self.tasks.spawn(async move { context.invoke(job, tape).await.map(|event| Done::Happened(Box::new(event))) });
    }

    /// Stops an attempt; one that an earlier host had at work is over.
    async fn stop(&mut self, invoke: &Invoke) -> Result<Vec<Action>, Error> {
        let job = self.context.job(invoke)?;
        if self.at_work.contains(&job.invocation.id) {
            self.context.stops.stop(&job.invocation.id);
            return Ok(Vec::new());
        }
        self.happened(job.ended_as(Outcome::Cancelled)).await
    }

    /// What an earlier host recorded of an attempt.
    fn tape(&self, job: &Job) -> Option<Tape> {
        let tape = self.context.earlier().take_tape(&job.invocation.id)?;
        Some(if job.invocation.target == Target::Agent { tape } else { tape.lenient() })
    }

    /// Suspends an attempt, and has a person asked about calls of it whose outcome nobody knows.
    async fn doubt(&mut self, invoke: &Invoke, job: &Job, doubts: &[InDoubt]) -> Result<Vec<Action>, Error> {
        let mut more = Vec::new();
        for nested in self.context.earlier().suspend_within(&job.invocation.id) {
            more.extend(self.happened(nested).await?);
        }
        if invoke.started.is_some() {
            more.extend(self.happened(job.ended_as(Outcome::Suspended)).await?);
        }
        if let Some(ask) = self.run.doubt(&invoke.site, doubts, self.context.clock.now()) {
            more.extend(self.happened(ask.asked()).await?);
        }
        Ok(more)
    }

    fn wait(&mut self, wait: Wait) {
        let left = self.until(wait.until);
        self.tasks.spawn(async move {
            tokio::time::sleep(left).await;
            Ok(Done::Happened(Box::new(Event::TimerFired { site: wait.site, attempt: wait.attempt })))
        });
    }

    fn until(&self, moment: Timestamp) -> Duration {
        Duration::from_millis(moment.0.saturating_sub(self.context.clock.now().0))
    }

    async fn end(&mut self, outcome: RunOutcome) -> Result<Vec<Action>, Error> {
        self.tasks.shutdown().await; // questions and delays that a failing run has dropped, also those just over
        self.happened(Event::RunEnded(outcome)).await
    }

    /// Appends an event and lets the machine say what follows.
    async fn happened(&mut self, event: Event) -> Result<Vec<Action>, Error> {
        let context = &self.context;
        let entry = context.store.append(&context.claim, context.clock.now(), event).await?;
        self.take(entry).await
    }

    /// Lets the machine say what follows from an entry.
    async fn take(&mut self, entry: Entry) -> Result<Vec<Action>, Error> {
        let context = &self.context;
        let mut actions = self.run.apply(entry.at, &entry.event)?;
        if let Event::InvocationEnded { invocation, outcome, usage, .. } = &entry.event
            && *outcome != Outcome::Suspended
        {
            context.purses.close(invocation, usage.host_calls);
        }
        if matches!(entry.event, Event::RunEnded(_)) {
            context.store.flush().await?; // output commit: nobody is told an end that a power cut could take back
        }
        if let Event::InvocationEnded { invocation, .. } = &entry.event
            && self.at_work.remove(invocation)
            && self.outside.remove(invocation)
        {
            let store = Arc::clone(&context.store);
            tokio::spawn(async move { drop(store.flush().await) }); // what was done outside should not be in doubt for long
        }
        self.observer.entry(&entry, &self.run);
        self.at = entry.at;
        if let Some((site, unpaid)) = self.unpaid_of(&entry.event) {
            actions.extend(Box::pin(self.ask_for_more(&site, unpaid)).await?);
        }
        Ok(actions)
    }
}

/// Whether an action begins something that a host that stops leaves to another one.
fn begins(action: &Action) -> bool {
    !matches!(action, Action::Stop(_) | Action::End(_))
}

fn take_first(actions: &mut Vec<Action>) -> Option<Action> {
    if actions.is_empty() { None } else { Some(actions.remove(0)) }
}

fn finished(done: Result<Result<Done, Error>, tokio::task::JoinError>) -> Result<Done, Error> {
    match done {
        Err(error) if error.is_cancelled() => Ok(Done::Unanswered),
        done => done.map_err(|error| Error::Internal(error.to_string()))?,
    }
}
