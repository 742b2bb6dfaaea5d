//! Events that go from run to run: published by people here and by steps in the driver, and who listens to them. It does not
//! know who is driven when.

use baton_journal::{Payload, Publication, Published, RunStatus, Source, json};
use baton_workflow::{Action, Occurrence, Plan, Trigger};
use serde_json::Value;

use crate::admit::run_for;
use crate::error::Error;
use crate::host::Host;
use crate::story::Story;

/// Events that are read at once.
const AT_ONCE: u32 = 100;

/// An event that was published, and who has heard it.
#[derive(Clone, Debug)]
pub struct Emitted {
    /// The event.
    pub event: Published,
    /// How many runs wait for it.
    pub runs: usize,
    /// The workflows of which it begins a run.
    pub workflows: Vec<String>,
    /// Workflows whose triggers have no value for it, and why.
    pub unfit: Vec<(String, String)>,
}

impl Host {
    /// Publishes an event of a person, for the workflows of a project and all runs of its store.
    ///
    /// # Errors
    /// It says too much, or the store fails.
    pub async fn emit(&self, name: &str, data: &Value, by: &str, plans: &[Plan]) -> Result<Emitted, Error> {
        let (store, clock) = (&self.shared().store, &self.shared().clock);
        let before = store.last_published().await?;
        for plan in plans {
            self.listens(plan.name(), Some(before)).await?;
        }
        let key = format!("{by}/{:032x}", rand::random::<u128>());
        let (data, source) = (Payload::json(data), Source::Person(by.to_owned()));
        let event = store.publish(clock.now(), Publication { key, name: name.to_owned(), data, source }).await?;
        store.flush().await?; // whoever emitted it is told that it is there
        self.shared().bell.ring();
        let mut emitted = Emitted { event, runs: 0, workflows: Vec::new(), unfit: Vec::new() };
        self.count_runs(&mut emitted).await?;
        self.count_workflows(&mut emitted, plans).await?;
        Ok(emitted)
    }

    /// Notes how many runs wait for an event. What is at work and may come to wait for it is not counted.
    async fn count_runs(&self, emitted: &mut Emitted) -> Result<(), Error> {
        for summary in self.shared().store.open_runs().await? {
            if summary.status != RunStatus::Damaged {
                let story = self.story(&summary.run).await?;
                emitted.runs += usize::from(hears(&story, &emitted.event)?);
            }
        }
        Ok(())
    }

    /// Notes the workflows of which an event begins a run: of a deployed one the version counts that the run would be of.
    async fn count_workflows(&self, emitted: &mut Emitted, plans: &[Plan]) -> Result<(), Error> {
        let Published { number, publication: Publication { name, .. }, at, .. } = &emitted.event;
        let (number, at) = (*number, *at);
        let occurrence = Occurrence { name: name.clone(), data: data_of(&emitted.event)?, at };
        for files in plans {
            match self.plan_taken_by(&run_for(files.name(), "event", number, at), files).await {
                Ok(plan) => count_workflow(emitted, &plan, &occurrence),
                Err(error @ Error::VersionDamaged { .. }) => {
                    emitted.unfit.push((files.name().to_owned(), error.to_string()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The number of the last event that a workflow's triggers have heard. A workflow that nobody knew before begins to listen:
    /// behind the event of that number, or the last one there is.
    pub(crate) async fn listens(&self, workflow: &str, after: Option<u64>) -> Result<u64, Error> {
        let (store, cursor) = (&self.shared().store, workflow_cursor(workflow));
        if let Some(heard) = store.cursor(cursor.clone()).await? {
            return Ok(heard);
        }
        let last = match after {
            Some(after) => after,
            None => store.last_published().await?,
        };
        store.move_cursor(cursor, last).await?;
        Ok(last)
    }

    /// Whether an event has come that a run waits for.
    pub(crate) async fn has_heard(&self, story: &Story) -> Result<bool, Error> {
        if story.ending().rest.events.is_empty() {
            return Ok(false);
        }
        let mut after = story.header().admission.heard;
        loop {
            let events = self.shared().store.published(after, AT_ONCE).await?;
            let Some(last) = events.last().map(|event| event.number) else { return Ok(false) };
            for event in &events {
                if hears(story, event)? {
                    return Ok(true);
                }
            }
            after = last;
        }
    }
}

/// Notes whether an event begins a run of a workflow.
fn count_workflow(emitted: &mut Emitted, plan: &Plan, occurrence: &Occurrence) {
    let wants = |trigger: &&Trigger| trigger.occasion().event().as_ref() == Some(&occurrence.name);
    for trigger in plan.triggers().iter().filter(wants) {
        match plan.triggered(trigger, occurrence) {
            Ok(Some(_)) => return emitted.workflows.push(plan.name().to_owned()),
            Ok(None) => {}
            Err(why) => emitted.unfit.push((plan.name().to_owned(), why)),
        }
    }
}

/// Whether a step of the run waits for the event.
fn hears(story: &Story, event: &Published) -> Result<bool, Error> {
    let (machine, name, data) = (story.machine(), &event.publication.name, data_of(event)?);
    let waits = machine.outstanding().into_iter();
    let waits = waits.filter_map(|action| if let Action::Await(wait) = action { Some(wait) } else { None });
    Ok(waits.filter(|wait| wait.name.as_ref() == Some(name)).any(|wait| machine.hears(&wait.site, name, &data)))
}

/// The cursor of a workflow's triggers.
pub(crate) fn workflow_cursor(workflow: &str) -> String {
    format!("on:{workflow}")
}

/// What an event says.
pub(crate) fn data_of(event: &Published) -> Result<Value, Error> {
    let damaged = |why: String| Error::Internal(format!("event {} cannot be read: {why}", event.number));
    let text = event.publication.data.as_str().ok_or_else(|| damaged("its data is not loaded".to_owned()))?;
    json::parse(text).map_err(|error| damaged(error.to_string()))
}
