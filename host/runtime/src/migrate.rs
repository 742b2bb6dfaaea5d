//! Whether a run can go on as one of another version, and that it does. It is tried first, without an effect: all that happened
//! must be what the other plan leads to, and what agents did must be what the other components do. It does not know how a run
//! is driven.

use std::sync::Arc;

use baton_journal::{Claim, Event, Migration, Payload, RunId, RunOutcome, StoreError, VersionPin};
use baton_workflow::{Action, Run, StepStatus, StepView};
use serde::Serialize;

use crate::components::Components;
use crate::deploy::Release;
use crate::error::Error;
use crate::held::holding;
use crate::host::Host;
use crate::replay::{self, Replayed, Verdict};
use crate::story::Story;

/// What came of trying whether a run fits another version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// The run.
    pub run: RunId,
    /// The version that it is of; none: it is of a project that is not deployed.
    pub from: Option<VersionPin>,
    /// The version that it was tried with.
    pub to: VersionPin,
    /// How many entries its journal has.
    pub entries: u64,
    /// What agents did of which the other version has another component, made once more.
    pub invocations: Vec<Replayed>,
    /// The first thing that differs; none: it fits.
    pub difference: Option<Difference>,
}

/// Something that is otherwise under another version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The number of the entry, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// What differs.
    pub what: String,
    /// How it was.
    pub was: String,
    /// How it would be.
    pub would_be: String,
}

impl Trial {
    /// Whether the run can go on as one of that version.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.difference.is_none()
    }
}

impl Host {
    /// Tries whether a run could go on as one of another version of its workflow; `each` hears of one agent after the other.
    /// Nothing outside is reached, and nothing is written.
    ///
    /// # Errors
    /// The run has ended, is of another workflow or of that version already, or a component cannot be loaded. That it does
    /// not fit is in the [`Trial`].
    pub async fn try_version(
        &self,
        story: &Story,
        release: &Release,
        each: impl FnMut(&Replayed),
    ) -> Result<Trial, Error> {
        require_another(story, release)?;
        let mut trial = Trial {
            run: story.id().clone(),
            from: story.version(),
            to: release.version.pin(),
            entries: story.entries().len() as u64,
            invocations: Vec::new(),
            difference: events_differ(story, release).or_else(|| agents_gone(story, release)),
        };
        if trial.fits() {
            let components = other_components(story, release);
            let replayed = Box::pin(replay::replay(self.sandbox(), &components, story, each)).await?;
            trial.invocations = replayed.invocations;
            trial.invocations.retain(|one| one.verdict != Verdict::Unavailable); // of a component that stays the same
            trial.difference = trial.invocations.iter().find_map(agent_differs);
        }
        Ok(trial)
    }

    /// Tries it, and if the run fits has it go on as one of that version from then on. It does not go on with it:
    /// [`Host::resume`] does.
    ///
    /// # Errors
    /// As [`Host::try_version`]; another process drives the run, or the store fails.
    pub async fn migrate(
        &self,
        id: &RunId,
        release: &Release,
        by: &str,
        each: impl FnMut(&Replayed),
    ) -> Result<Trial, Error> {
        let claim = self.shared.store.claim(id.clone()).await?;
        let migrated = Box::pin(self.try_and_migrate(&claim, release, by, each));
        holding(&self.shared.store, &claim, migrated).await
    }

    async fn try_and_migrate(
        &self,
        claim: &Claim,
        release: &Release,
        by: &str,
        each: impl FnMut(&Replayed),
    ) -> Result<Trial, Error> {
        let story = self.story(&claim.run).await?;
        let trial = self.try_version(&story, release, each).await?;
        if trial.fits() {
            let names: Vec<String> = release.plugins.iter().map(|(name, _)| name.to_owned()).collect();
            let migration = Migration {
                version: release.version.pin(),
                plan_digest: release.plan.digest(),
                plan: Payload::text(release.plan.to_json()),
                plugins: self.pins(&release.plugins, names.iter()).await?,
                by: by.to_owned(),
            };
            let now = self.shared.clock.now();
            self.shared.store.append(claim, now, Event::Migrated(migration)).await?;
            self.shared.store.flush().await?;
        }
        Ok(trial)
    }
}

fn require_another(story: &Story, release: &Release) -> Result<(), Error> {
    let workflow = &story.header().workflow;
    if story.has_ended() {
        return Err(StoreError::Ended(story.id().clone()).into());
    }
    if story.machine().is_another() {
        return Err(Error::HalfForked(story.id().clone()));
    }
    if *workflow != release.version.workflow {
        let (run, workflow) = (story.id().clone(), workflow.clone());
        return Err(Error::OtherWorkflow { run, workflow, version: release.version.workflow.clone() });
    }
    if story.version() == Some(release.version.pin()) {
        return Err(Error::IsOfVersion { run: story.id().clone(), number: release.version.number });
    }
    Ok(())
}

/// The first thing that happened and would not have happened so under the other plan, or that would have become of it.
fn events_differ(story: &Story, release: &Release) -> Option<Difference> {
    let header = story.header();
    let began_with = header.plan_digest;
    let mut run =
        Run::new(Arc::new(release.plan.clone()), story.id().clone(), header.seed).having_begun_with(began_with);
    for entry in story.entries() {
        let at = Some(entry.sequence);
        if let Err(error) = run.follows(entry.at, &entry.event) {
            let (was, would_be) = in_full(&run, &entry.event).unwrap_or((error.recorded, error.expected));
            return Some(Difference { entry: at, what: error.what, was, would_be });
        }
        if let Err(error) = run.apply(entry.at, &entry.event) {
            let would_be = format!("{error}{}", asked_instead(&run));
            return Some(Difference {
                entry: at,
                what: what_happened(&entry.event),
                was: "there".to_owned(),
                would_be,
            });
        }
    }
    steps_differ(story.machine(), &run).or_else(|| end_differs(story.machine(), &run))
}

/// The inputs, or what people are shown, in place of their digests, where they differ.
fn in_full(run: &Run, event: &Event) -> Option<(String, String)> {
    let (was, would_be) = match event {
        Event::InvocationStarted { site, attempt, input, .. } => {
            let asked = run.outstanding().into_iter().find_map(|action| match action {
                Action::Invoke(invoke) if (&invoke.site, invoke.attempt) == (site, *attempt) => Some(invoke.input),
                _ => None,
            });
            (input, asked?)
        }
        Event::ApprovalRequested { step, show, .. } => (show, run.question(step)?.show.clone()),
        _ => return None,
    };
    let text = |payload: &Payload| payload.as_str().map(shown);
    Some((text(was)?, text(&would_be)?)).filter(|(was, would_be)| was != would_be)
}

/// What the other plan leads to where it does not lead to what happened.
fn asked_instead(run: &Run) -> String {
    let asked: Vec<String> = run.outstanding().iter().map(told).collect();
    match asked.as_slice() {
        [] => String::new(),
        asked => format!("; it leads to: {}", asked.join(", ")),
    }
}

fn told(action: &Action) -> String {
    match action {
        Action::Invoke(invoke) => format!("attempt {} of `{}`", invoke.attempt, invoke.site),
        Action::Stop(invoke) => format!("the end of attempt {} of `{}`", invoke.attempt, invoke.site),
        Action::Ask(ask) => format!("the question of `{}`", ask.step),
        Action::Await(wait) => format!("waiting at `{}`", wait.site),
        Action::Emit(emit) => format!("the event of `{}`", emit.site),
        Action::Wait(wait) => format!("a delay before attempt {} of `{}`", wait.attempt, wait.site),
        Action::End(RunOutcome::Failed { message, .. }) => format!("the end of the run: {message}"),
        Action::End(_) => "the end of the run".to_owned(),
    }
}

fn what_happened(event: &Event) -> String {
    match event {
        Event::InvocationStarted { invocation, .. } => format!("the beginning of {invocation}"),
        Event::InvocationEnded { invocation, .. } => format!("the end of {invocation}"),
        Event::ApprovalRequested { step, .. } => format!("the question of `{step}`"),
        Event::ApprovalDecided { step, .. } => format!("the answer to `{step}`"),
        Event::TimerFired { site, .. } => format!("the end of a delay of `{site}`"),
        Event::Waiting { site, .. } => format!("waiting at `{site}`"),
        Event::EventReceived { site, name, .. } => format!("the event `{name}` at `{site}`"),
        Event::EventEmitted { site, name, .. } => format!("the event `{name}` of `{site}`"),
        Event::RunStarted(_) => "the beginning of the run".to_owned(),
        _ => "what happened".to_owned(),
    }
}

/// What became of a step stays: the first one that would have come to something else.
fn steps_differ(was: &Run, would_be: &Run) -> Option<Difference> {
    let settled =
        |step: &StepView<'_>| matches!(step.status, StepStatus::Completed | StepStatus::Failed | StepStatus::Cancelled);
    was.steps().filter(settled).find_map(|step| {
        let now = would_be.steps().find(|other| other.name == step.name);
        let is_same = now.as_ref().is_some_and(|now| (now.status, now.output) == (step.status, step.output));
        let would_be = now.map_or_else(|| "not there".to_owned(), |now| became(&now));
        let what = format!("step `{}`", step.name);
        (!is_same).then(|| Difference { entry: None, what, was: became(&step), would_be })
    })
}

fn became(step: &StepView<'_>) -> String {
    let why = step.failure.map(|failure| format!(": {failure}")).unwrap_or_default();
    let output =
        step.output.map(|output| format!(" with the output {}", shown(&output.to_string()))).unwrap_or_default();
    format!("{}{output}{why}", step.status.as_str())
}

/// A run that goes on does not fail because it is migrated.
fn end_differs(was: &Run, would_be: &Run) -> Option<Difference> {
    let failing = |run: &Run| {
        run.outstanding().iter().find_map(|action| match action {
            Action::End(RunOutcome::Failed { message, .. }) => Some(message.clone()),
            _ => None,
        })
    };
    let message = failing(would_be).filter(|_| failing(was).is_none())?;
    let (what, was) = ("the run".to_owned(), "going on".to_owned());
    Some(Difference { entry: None, what, was, would_be: format!("failed: {message}") })
}

/// An agent that the run invoked and the version does not have: there is nothing to go on with.
fn agents_gone(story: &Story, release: &Release) -> Option<Difference> {
    let gone = replay::agents(story).into_iter().find(|name| release.plugins.get(name).is_none())?;
    let what = format!("agent `{gone}`");
    Some(Difference { entry: None, what, was: "a plugin of the run".to_owned(), would_be: "not there".to_owned() })
}

/// The components of agents that are others in the version, or find another environment there.
fn other_components(story: &Story, release: &Release) -> Components {
    let mut components = Components::default();
    for name in replay::agents(story) {
        let Some(ready) = release.plugins.get(name) else { continue };
        let digest = baton_journal::Digest::of(&ready.component);
        let environment = ready.plugin.policy().effective().environment.values();
        let mut pins = story.all_pins().filter(|pin| pin.name == name);
        if pins.any(|pin| pin.component != digest || pin.environment != environment) {
            components = components.with(name, ready.component.clone()).in_environment(name, environment);
        }
    }
    components
}

fn agent_differs(replayed: &Replayed) -> Option<Difference> {
    let what = |call: &str| format!("{call}{} (agent `{}`)", replayed.invocation, replayed.plugin);
    match &replayed.verdict {
        Verdict::Diverged { sequence, recorded, replayed } => Some(Difference {
            entry: None,
            what: what(&format!("call {sequence} of ")),
            was: shown(recorded),
            would_be: shown(replayed),
        }),
        Verdict::Differs { recorded, replayed } => {
            let what = what("what came of ");
            Some(Difference { entry: None, what, was: shown(recorded), would_be: shown(replayed) })
        }
        Verdict::Same | Verdict::Stopped | Verdict::Unfinished | Verdict::Unavailable => None,
    }
}

/// The beginning of a long text: which one it is shows, and the journal has the rest.
fn shown(text: &str) -> String {
    const SHOWN: usize = 400;
    let shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}
