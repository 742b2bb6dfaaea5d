//! Whether a run is what its record says: the chain, the payloads, that everything the plan decides follows from it, and
//! that every agent does the same again. It trusts neither store nor file. It does not know who wrote the record: a
//! journal carries no signature.

mod told;

use baton_journal::{Chain, Decision, Digest, Entry, Event, RunId, Turn};
use baton_sandbox::Sandbox;
use baton_workflow::Run;
use serde::Serialize;

use crate::components::Components;
use crate::error::Error;
use crate::replay::{self, Replay, Replayed};
use crate::story::Story;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The run's id.
    pub run: RunId,
    /// The workflow's name.
    pub workflow: String,
    /// How the run stands.
    pub outcome: &'static str,
    /// How many entries its journal has.
    pub entries: u64,
    /// The digest of the last one, which binds all of them.
    pub head: Digest,
    /// How many payloads are bound by their own digests.
    pub payloads: u64,
    /// The digest of the plan that it goes on with.
    pub plan: Digest,
    /// The engine that the run was made with.
    pub engine: String,
    /// Results of tools, which are taken as they are recorded.
    pub tools: u64,
    /// Answers of people.
    pub answers: u64,
    /// What does not follow, entry by entry.
    pub faults: Vec<Fault>,
    /// Its agents, made once more.
    pub replay: Replay,
}

/// An entry that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Its number.
    pub entry: u64,
    /// What is wrong with it.
    pub what: String,
}

impl Verification {
    /// Whether nothing is wrong. What could not be looked at is not wrong: see [`Verification::is_whole`].
    #[must_use]
    pub fn holds(&self) -> bool {
        self.faults.is_empty() && self.replay.is_same()
    }

    /// Whether every agent could be made once more, with the engine that the run was made with.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.replay.other_engine.is_none() && self.replay.count(|one| *one == replay::Verdict::Unavailable) == 0
    }
}

/// Verifies a run; `each` hears of one agent after the other.
///
/// # Errors
/// A component cannot be loaded, or the journal is of no plan that this version knows.
pub async fn verify(
    sandbox: &Sandbox,
    components: &Components,
    story: &Story,
    each: impl FnMut(&Replayed),
) -> Result<Verification, Error> {
    let mut replay = replay::replay(sandbox, components, story, each).await?;
    replay.invocations.iter_mut().for_each(|one| one.fuel.clear()); // that is of a trace
    let (header, entries) = (story.header(), story.entries());
    let mut faults = broken_chain(story);
    faults.extend(not_following(story)?);
    faults.extend(told::otherwise(story));
    let count = |is: fn(&Event) -> bool| entries.iter().filter(|entry| is(&entry.event)).count() as u64;
    Ok(Verification {
        run: story.id().clone(),
        workflow: header.workflow.clone(),
        outcome: story.ending().outcome,
        entries: entries.len() as u64,
        head: entries.last().map_or_else(|| Chain::of(story.id()).head(), |entry| entry.digest),
        payloads: entries.iter().map(|entry| entry.event.by_reference().1.len() as u64).sum(),
        plan: story.machine().plan().digest(),
        engine: header.engine.clone(),
        tools: count(|event| matches!(event, Event::InvocationStarted { function: Some(_), .. })),
        answers: count(is_answer),
        faults,
        replay,
    })
}

/// Whether a person says something in it.
fn is_answer(event: &Event) -> bool {
    let said = |turn: &Turn| matches!(turn, Turn::Voted { .. } | Turn::Delegated { .. });
    match event {
        Event::ApprovalDecided { decision, .. } => *decision != Decision::Expired,
        Event::ApprovalTurn { turn, .. } => said(turn),
        _ => false,
    }
}

/// The first entry that does not continue the chain.
fn broken_chain(story: &Story) -> Vec<Fault> {
    let mut chain = Chain::of(story.id());
    let broken = story.entries().iter().find_map(|entry| chain.check(entry).err());
    broken.map(|error| Fault { entry: error.sequence, what: error.fault.to_string() }).into_iter().collect()
}

/// The entries that the plan does not lead to, nor the one that the run had when they were made.
fn not_following(story: &Story) -> Result<Vec<Fault>, Error> {
    let mut faults = not_following_by(story.fresh_machine(), story.entries())?;
    for (machine, until) in story.machines_before()? {
        let entries = story.entries().iter().take_while(|entry| entry.sequence < until);
        faults.extend(not_following_by(machine, entries)?);
    }
    faults.sort_by_key(|fault| fault.entry);
    faults.dedup();
    Ok(faults)
}

fn not_following_by<'a>(mut run: Run, entries: impl IntoIterator<Item = &'a Entry>) -> Result<Vec<Fault>, Error> {
    let mut faults = Vec::new();
    for entry in entries {
        if let Err(error) = run.follows(entry.at, &entry.event) {
            faults.push(Fault { entry: entry.sequence, what: error.to_string() });
        }
        run.apply(entry.at, &entry.event)?;
    }
    Ok(faults)
}
