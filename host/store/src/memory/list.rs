//! Lists of runs in memory. It does not know how a run is kept.

use baton_journal::{RunId, RunStatus, RunSummary};

use super::Kept;
use super::run::Run;

impl Kept {
    /// A run in a list, which says whether others go before it.
    pub(super) fn listed(&self, id: &RunId, run: &Run) -> RunSummary {
        let summary = run.summary(id);
        match summary.status {
            RunStatus::Running | RunStatus::Interrupted if !self.post.before(id).is_empty() => {
                RunSummary { status: RunStatus::Queued, ..summary }
            }
            _ => summary,
        }
    }

    /// The newest runs.
    pub(super) fn newest(&self, limit: usize) -> Vec<RunSummary> {
        self.runs.iter().rev().take(limit).map(|(id, run)| self.listed(id, run)).collect()
    }

    /// Those that have not ended.
    pub(super) fn open(&self) -> Vec<RunSummary> {
        let open = self.runs.iter().rev().filter(|(_, run)| run.progress.ended.is_none());
        open.map(|(id, run)| self.listed(id, run)).collect()
    }
}
