//! Replaying what happened: each invocation of an agent is made once more from the journal alone, and what it calls, comes
//! to and computes is compared (`compare`) with what the journal has (`record`). Nothing outside can be reached
//! (`nothing`): it is granted nothing, what it calls beyond its record is denied, and what would be written is thrown away.
//! Tools are not replayed: their results are entries of their callers. It does not know how the result is shown.

mod compare;
mod nothing;
mod record;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use baton_journal::{Digest, InvocationId, PluginPin, RunId, Tape, Usage};
use baton_sandbox::{Loaded, Sandbox};
use serde::Serialize;

use crate::components::Components;
use crate::error::Error;
use crate::story::Story;
use compare::Comparison;
use record::{Record, records};

/// What became of the invocations of a run when they were made once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replay {
    /// The run's id.
    pub run: RunId,
    /// The engine that the run was made with, if it is another one: fuel and traps need not be the same then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_engine: Option<String>,
    /// The invocations of agents, in the order in which they began.
    pub invocations: Vec<Replayed>,
}

impl Replay {
    /// Whether everything that was made once more came out as it did.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.invocations.iter().all(|one| !one.verdict.is_other())
    }

    /// How many invocations compare so.
    #[must_use]
    pub fn count(&self, compares: impl Fn(&Verdict) -> bool) -> usize {
        self.invocations.iter().filter(|one| compares(&one.verdict)).count()
    }
}

/// What became of one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// Its id.
    pub invocation: InvocationId,
    /// Its plugin.
    pub plugin: String,
    /// What it used, as the journal has it.
    pub usage: Usage,
    /// What it used with another version of its plugin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_now: Option<Usage>,
    /// The fuel that it had used when it made each of its host calls, by the number of the call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fuel: Vec<u64>,
    /// How it compares.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// How an invocation compares with its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    /// The same calls, the same result, the same fuel; with another version of the plugin the same calls and result.
    Same,
    /// It was stopped from outside, which no replay can repeat; as far as it came it is the same.
    Stopped,
    /// The journal has no end of it: it waits, or its host died. As far as it came, another version does the same.
    Unfinished,
    /// Its component is not at hand.
    Unavailable,
    /// It made another call than the recorded one.
    Diverged {
        /// The call's number within the invocation, from 0.
        sequence: u32,
        /// What the journal has.
        recorded: String,
        /// What was called now.
        replayed: String,
    },
    /// It made the same calls, and came to something else.
    Differs {
        /// What the journal has.
        recorded: String,
        /// What it came to now.
        replayed: String,
    },
}

impl Verdict {
    /// Whether it did not come out as it did.
    #[must_use]
    pub fn is_other(&self) -> bool {
        matches!(self, Verdict::Diverged { .. } | Verdict::Differs { .. })
    }
}

/// Replays the agents of a run; `each` hears of one after the other.
pub(crate) async fn replay(
    sandbox: &Sandbox,
    components: &Components,
    story: &Story,
    mut each: impl FnMut(&Replayed),
) -> Result<Replay, Error> {
    let records = records(story)?;
    components.require_used(&records.iter().map(|(_, record)| record.plugin).collect())?;
    let (mut tapes, mut plugins) =
        (Tape::all(story.entries()), Loading { sandbox, components, loaded: BTreeMap::new() });
    let mut invocations = Vec::with_capacity(records.len());
    for (id, record) in records {
        let tape = tapes.remove(&id).unwrap_or_default();
        let replayed = one(&mut plugins, story, &id, &record, tape).await?;
        each(&replayed);
        invocations.push(replayed);
    }
    let other_engine = story.other_engine().map(str::to_owned);
    Ok(Replay { run: story.id().clone(), other_engine, invocations })
}

async fn one<'a>(
    plugins: &mut Loading<'a>,
    story: &'a Story,
    id: &InvocationId,
    record: &Record<'_>,
    tape: Tape,
) -> Result<Replayed, Error> {
    let usage = record.ended.map(|(_, usage)| usage).unwrap_or_default();
    let plugin = record.plugin.to_owned();
    let told = |verdict| Replayed { invocation: id.clone(), plugin, usage, usage_now: None, fuel: Vec::new(), verdict };
    let (sandbox, components) = (plugins.sandbox, plugins.components);
    let is_other_version = components.is_replaced(record.plugin);
    if record.ended.is_none() && !is_other_version {
        return Ok(told(Verdict::Unfinished));
    }
    let pin = record.pin(story)?;
    let Some(loaded) = plugins.load(pin)? else { return Ok(told(Verdict::Unavailable)) };
    let invocation = record.invocation(story, id, components.environment(pin))?;
    let comparison = Comparison { plugin: loaded, header: story.header(), ended: record.ended, is_other_version };
    let compared = comparison.make(sandbox, invocation, tape).await?;
    let usage_now = compared.usage.filter(|_| is_other_version && record.ended.is_some());
    Ok(Replayed { usage_now, fuel: compared.fuel, ..told(compared.verdict) })
}

/// The plugins of a replay, each loaded once.
struct Loading<'a> {
    sandbox: &'a Sandbox,
    components: &'a Components,
    loaded: BTreeMap<(&'a str, Digest), Loaded>,
}

impl<'a> Loading<'a> {
    /// None: its component is not at hand.
    fn load(&mut self, pin: &'a PluginPin) -> Result<Option<&Loaded>, Error> {
        let Some(component) = self.components.get(pin) else { return Ok(None) };
        Ok(Some(match self.loaded.entry((&pin.name, pin.component)) {
            Entry::Occupied(loaded) => loaded.into_mut(),
            Entry::Vacant(place) => place.insert(self.sandbox.load(&pin.name, component)?),
        }))
    }
}

/// The agents that a run invoked.
pub(crate) fn agents(story: &Story) -> BTreeSet<&str> {
    record::agents(story.entries())
}
