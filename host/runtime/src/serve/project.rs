//! A project that is served: its host, its plugins and its workflows. It does not know the other projects.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_bundle::Project;
use baton_journal::Timestamp;
use baton_workflow::Plan;

use super::workflows::Workflow;
use crate::error::Error;
use crate::host::Host;
use crate::plugins::Plugins;

/// A project that is served.
pub struct Served {
    pub(crate) host: Host,
    pub(crate) project: Arc<Project>,
    pub(crate) plugins: Plugins,
    pub(super) workflows: Vec<Workflow>,
    /// The number of the last event that runs were woken for; none before all open runs were looked at.
    pub(super) heard: Option<u64>,
    /// The number of the last event that triggers were tried on; none before the first time.
    pub(super) tried: Option<u64>,
    /// The next moment of each schedule, by its cursor.
    pub(super) moments: BTreeMap<String, Option<Timestamp>>,
}

impl Served {
    /// A project with its workflows, each with a name of its own. A workflow that is deployed begins as the versions that new
    /// runs take, another one as these plans and plugins are.
    ///
    /// # Errors
    /// Two workflows have one name, or one has a moment that is over.
    pub fn new(host: Host, project: Project, plugins: Plugins, plans: Vec<Plan>) -> Result<Self, Error> {
        let now = host.shared().clock.now();
        plans.iter().try_for_each(|plan| check_moments(plan, now))?;
        let mut names: Vec<&str> = plans.iter().map(Plan::name).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::SameName(pair[0].to_owned()));
        }
        let workflows = plans.into_iter().map(Workflow::new).collect();
        let (heard, tried, moments) = (None, None, BTreeMap::new());
        Ok(Served { host, project: Arc::new(project), plugins, workflows, heard, tried, moments })
    }
}

/// Refuses a schedule whose only moment is over.
///
/// # Errors
/// There is one.
pub fn check_moments(plan: &Plan, now: Timestamp) -> Result<(), Error> {
    for trigger in plan.triggers() {
        if let baton_workflow::Occasion::Schedule(schedule) = trigger.occasion()
            && schedule.only().is_some_and(|only| only <= now)
        {
            return Err(Error::InThePast { workflow: plan.name().to_owned(), at: schedule.to_string() });
        }
    }
    Ok(())
}
