//! What triggers begin runs of: a workflow that is deployed as its versions are, another one as its files are. It does not
//! know triggers.

use baton_journal::{RunId, Timestamp, Traffic};
use baton_workflow::{Occasion, Plan, Schedule};

use super::{AROUND_MS, News, Reporter, Served};
use crate::admit::Beginning;
use crate::deploy::Release;
use crate::error::Error;
use crate::plugins::Plugins;

/// A workflow that is served.
pub(super) struct Workflow {
    /// As its files are.
    pub(super) files: Plan,
    deployed: Option<Deployed>,
}

/// The versions that new runs take.
struct Deployed {
    traffic: Traffic,
    /// Empty, if one of them cannot be run.
    releases: Vec<Release>,
    /// When it is tried to load them once more, if one could not be.
    again: Timestamp,
}

impl Workflow {
    pub(super) fn new(files: Plan) -> Self {
        Workflow { files, deployed: None }
    }

    pub(super) fn name(&self) -> &str {
        self.files.name()
    }

    /// Whether it is deployed as something that cannot be run: its events and moments wait.
    pub(super) fn is_held_up(&self) -> bool {
        self.deployed.as_ref().is_some_and(|deployed| deployed.releases.is_empty())
    }

    /// The schedules of what new runs may be of, each once; none while it is held up.
    pub(super) fn schedules(&self) -> Vec<Schedule> {
        let mut schedules = Vec::new();
        for trigger in self.plans().into_iter().flat_map(Plan::triggers) {
            if let Occasion::Schedule(schedule) = trigger.occasion()
                && !schedules.contains(schedule)
            {
                schedules.push(schedule.clone());
            }
        }
        schedules
    }

    fn plans(&self) -> Vec<&Plan> {
        match &self.deployed {
            None => vec![&self.files],
            Some(deployed) => deployed.releases.iter().map(|release| &release.plan).collect(),
        }
    }

    /// What a run of this id begins with: the version follows from it.
    pub(super) fn taken_by<'w>(&'w self, run: &RunId, files: &'w Plugins) -> Option<Beginning<'w>> {
        let Some(deployed) = &self.deployed else {
            return Some(Beginning { plan: &self.files, plugins: files, version: None });
        };
        let number = deployed.traffic.draw(run);
        let release = deployed.releases.iter().find(|release| release.version.number == number)?;
        Some(Beginning { plan: &release.plan, plugins: &release.plugins, version: Some(release.version.pin()) })
    }

    /// Whether it stands otherwise by now, or is to be tried once more.
    fn is_due(&self, traffic: Traffic, now: Timestamp) -> bool {
        match &self.deployed {
            Some(deployed) if deployed.traffic == traffic => self.is_held_up() && now >= deployed.again,
            _ => true,
        }
    }
}

impl Served {
    /// Looks which versions new runs take by now. One that cannot be run is told of, and tried again after a while.
    pub(super) async fn follow_deployments(&mut self, reporter: &dyn Reporter) -> Result<(), Error> {
        for index in 0..self.workflows.len() {
            let (name, now) = (self.workflows[index].name().to_owned(), self.host.shared().clock.now());
            let Some(traffic) = self.host.history(&name).await?.last().map(|line| line.traffic) else { continue };
            if self.workflows[index].is_due(traffic, now) {
                let releases = self.releases(&name, traffic).await;
                self.stand(index, traffic, releases, reporter);
            }
        }
        Ok(())
    }

    async fn releases(&self, workflow: &str, traffic: Traffic) -> Result<Vec<Release>, Error> {
        let mut releases = Vec::new();
        for number in [Some(traffic.current), traffic.canary.map(|canary| canary.version)].into_iter().flatten() {
            let version = self.host.version_numbered(workflow, number).await?;
            releases.push(self.host.release(version, &self.project.today(), |_| {}).await?);
        }
        Ok(releases)
    }

    fn stand(
        &mut self,
        index: usize,
        traffic: Traffic,
        releases: Result<Vec<Release>, Error>,
        reporter: &dyn Reporter,
    ) {
        let again = Timestamp(self.host.shared().clock.now().0.saturating_add(AROUND_MS));
        let workflow = &mut self.workflows[index];
        let is_new = workflow.deployed.as_ref().is_none_or(|deployed| deployed.traffic != traffic);
        let releases = match releases {
            Ok(releases) => {
                let Traffic { current, canary } = traffic;
                reporter.news(&News::Versions { workflow: workflow.name().to_owned(), current, canary });
                self.tried = None; // events may have waited for this
                releases
            }
            Err(error) => {
                if is_new {
                    reporter.news(&News::Trouble { run: None, message: error.to_string(), hint: error.hint() });
                }
                Vec::new()
            }
        };
        workflow.deployed = Some(Deployed { traffic, releases, again });
    }
}
