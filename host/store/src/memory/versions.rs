//! Versions of workflows in memory, and the history of which one new runs take. It does not know blobs.

use std::collections::{BTreeMap, BTreeSet};

use baton_journal::version::fulfil;
use baton_journal::{Deployed, Deployment, Digest, NewVersion, NotDeployed, Timestamp, Version, Weight, Wish};

/// The versions of all workflows.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    of: BTreeMap<String, OfWorkflow>,
    uses: BTreeSet<Digest>,
}

/// Those of one.
#[derive(Debug, Default)]
struct OfWorkflow {
    versions: Vec<Version>,
    history: Vec<Deployment>,
}

impl Versions {
    pub(crate) fn deploy(
        &mut self,
        new: NewVersion,
        weight: Weight,
        at: Timestamp,
        by: String,
    ) -> Result<Deployed, NotDeployed> {
        let nothing = OfWorkflow::default();
        let OfWorkflow { versions, history } = self.of.get(&new.workflow).unwrap_or(&nothing);
        let NewVersion { workflow, digest, content, uses } = new;
        let known = versions.iter().find(|version| version.digest == digest).cloned();
        let is_new = known.is_none();
        let number = versions.last().map_or(0, |last| last.number).saturating_add(1);
        let version = known.unwrap_or_else(|| Version {
            workflow: workflow.clone(),
            number,
            digest,
            content,
            at,
            by: by.clone(),
        });
        let wish = Wish::Deploy { version: version.number, weight };
        let line = next_line(history, wish, &workflow, (at, by), number.max(version.number))?;
        let kept = self.of.entry(workflow).or_default();
        kept.history.extend(line.clone());
        if is_new {
            kept.versions.push(version.clone());
            self.uses.extend(uses);
        }
        Ok(Deployed { version, is_new, line })
    }

    pub(crate) fn redeploy(
        &mut self,
        workflow: &str,
        wish: Wish,
        at: Timestamp,
        by: String,
    ) -> Result<Option<Deployment>, NotDeployed> {
        let mut nothing = OfWorkflow::default();
        let kept = self.of.get_mut(workflow).unwrap_or(&mut nothing);
        let last = kept.versions.last().map_or(0, |last| last.number);
        let line = next_line(&kept.history, wish, workflow, (at, by), last)?;
        kept.history.extend(line.clone());
        Ok(line)
    }

    pub(crate) fn all(&self) -> Vec<Version> {
        self.of.values().flat_map(|kept| kept.versions.iter().cloned()).collect()
    }

    pub(crate) fn history(&self, workflow: &str) -> Vec<Deployment> {
        self.of.get(workflow).map(|kept| kept.history.clone()).unwrap_or_default()
    }

    /// Whether a version needs a blob.
    pub(crate) fn uses(&self, digest: &Digest) -> bool {
        self.uses.contains(digest)
    }
}

fn next_line(
    history: &[Deployment],
    wish: Wish,
    workflow: &str,
    (at, by): (Timestamp, String),
    last: u32,
) -> Result<Option<Deployment>, NotDeployed> {
    let traffic = fulfil(wish, workflow, history, last)?;
    let sequence = history.last().map_or(0, |line| line.sequence).saturating_add(1);
    Ok(traffic.map(|traffic| Deployment {
        workflow: workflow.to_owned(),
        sequence,
        at,
        by,
        deed: wish.deed(),
        traffic,
    }))
}
