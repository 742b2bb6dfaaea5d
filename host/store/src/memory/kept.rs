//! What a store in memory keeps, and how it changes. It does not know who waits for an answer.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use baton_journal::{
    Chain, Claim, Deployed, Digest, Entry, Event, NewVersion, Payload, Quota, Removed, RunId, Scope, StateReply,
    StateRequest, StoreError, Timestamp, Weight,
};

use super::post::Post;
use super::room::MemoryRoom;
use super::run::Run;
use super::spending::Spending;
use super::versions::Versions;
use crate::state;

/// Everything that a store in memory keeps.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) runs: BTreeMap<RunId, Run>,
    pub(super) blobs: HashMap<Digest, Arc<[u8]>>,
    pub(super) rooms: HashMap<Scope, MemoryRoom>,
    pub(super) post: Post,
    pub(super) spending: Spending,
    pub(super) versions: Versions,
}

impl Kept {
    pub(super) fn create(
        &mut self,
        run: RunId,
        at: Timestamp,
        started: Event,
        quota: Quota,
    ) -> Result<(Claim, Entry), StoreError> {
        let Event::RunStarted(header) = &started else {
            return Err(StoreError::Refused("a run begins with `run-started`".to_owned()));
        };
        if self.runs.contains_key(&run) {
            return Err(StoreError::RunExists(run));
        }
        self.post.admit(header)?;
        self.spending.admit(header)?;
        self.require_components(&started)?;
        let header = header.clone();
        let mut begun = Run::new(header.workflow.clone(), Chain::of(&run));
        let started = self.loaded(started)?;
        let (entry, large) = begun.append(at, started, quota).map_err(|excess| over(&run, excess))?;
        self.keep(large);
        self.post.enter(&run, at, &header);
        self.spending.enter(&run, at, &header);
        self.runs.insert(run.clone(), begun);
        Ok((Claim { run, epoch: 1 }, entry))
    }

    pub(super) fn require_components(&self, event: &Event) -> Result<(), StoreError> {
        match event.components().iter().find(|component| !self.blobs.contains_key(component)) {
            Some(missing) => Err(StoreError::Refused(format!("component {missing} was not stored before"))),
            None => Ok(()),
        }
    }

    pub(super) fn claim(&mut self, run: RunId) -> Result<Claim, StoreError> {
        let found = self.run(&run)?;
        if found.progress.ended.is_some() {
            return Err(StoreError::Ended(run));
        }
        if found.claimed {
            return Err(StoreError::Claimed(run));
        }
        found.claimed = true;
        found.epoch += 1;
        let epoch = found.epoch;
        Ok(Claim { run, epoch })
    }

    pub(super) fn release(&mut self, claim: &Claim) {
        if let Some(run) = self.runs.get_mut(&claim.run).filter(|run| run.epoch == claim.epoch) {
            run.claimed = false;
        }
    }

    pub(super) fn append(
        &mut self,
        claim: &Claim,
        at: Timestamp,
        event: Event,
        quota: Quota,
    ) -> Result<Entry, StoreError> {
        let run = self.held(claim)?;
        run.chain.accepts(&event).map_err(|error| StoreError::Refused(error.to_string()))?;
        self.require_components(&event)?;
        let event = self.loaded(event)?;
        let run = self.run(&claim.run)?;
        let (entry, large) = run.append(at, event, quota).map_err(|excess| over(&claim.run, excess))?;
        if run.progress.ended.is_some() {
            self.post.forget(&claim.run);
        }
        self.spending.charge(&claim.run, &entry.event);
        self.keep(large);
        Ok(entry)
    }

    pub(super) fn remove(&mut self, run: &RunId) -> Result<Removed, StoreError> {
        let found = self.run(run)?;
        if found.claimed {
            return Err(StoreError::Claimed(run.clone()));
        }
        if found.progress.ended.is_none() {
            return Err(StoreError::NotEnded(run.clone()));
        }
        let summary = found.summary(run);
        let uses = std::mem::take(&mut found.uses);
        self.runs.remove(run);
        self.rooms.remove(&Scope::Run(run.clone()));
        let unused = |digest: &Digest| {
            !self.versions.uses(digest) && !self.runs.values().any(|other| other.uses.contains(digest))
        };
        uses.iter().filter(|digest| unused(digest)).for_each(|digest| drop(self.blobs.remove(digest)));
        Ok(Removed { entries: summary.entries, bytes: summary.bytes })
    }

    /// A run that may be changed: it is open, and the claim is the newest.
    pub(super) fn held(&mut self, claim: &Claim) -> Result<&mut Run, StoreError> {
        let run = self.run(&claim.run)?;
        if run.progress.ended.is_some() {
            return Err(StoreError::Ended(claim.run.clone()));
        }
        if !run.claimed || run.epoch != claim.epoch {
            return Err(StoreError::Fenced(claim.run.clone()));
        }
        Ok(run)
    }

    pub(super) fn run(&mut self, run: &RunId) -> Result<&mut Run, StoreError> {
        self.runs.get_mut(run).ok_or_else(|| StoreError::NoSuchRun(run.to_string()))
    }

    /// The event with the texts of what it names by digest.
    pub(super) fn loaded(&self, mut event: Event) -> Result<Event, StoreError> {
        let mut result = Ok(());
        event.for_each_payload(|payload| {
            if let Payload::Stored { sha256, bytes } = payload {
                match self.text(sha256).filter(|text| text.len() as u64 == *bytes) {
                    Some(text) => *payload = Payload::text(text),
                    None => result = Err(StoreError::Refused(format!("payload {sha256} was not stored before"))),
                }
            }
        });
        result.map(|()| event)
    }

    pub(super) fn text(&self, digest: &Digest) -> Option<&str> {
        self.blobs.get(digest).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    pub(super) fn keep(&mut self, large: Vec<Payload>) {
        for payload in large {
            if let Payload::Text(text) = &payload {
                self.blobs.entry(payload.digest()).or_insert_with(|| Arc::from(Arc::clone(text)));
            }
        }
    }

    pub(super) fn state(&mut self, claim: &Claim, request: &StateRequest) -> Result<StateReply, StoreError> {
        state::check(&request.scope, &request.op)?;
        if state::is_read(&request.op) {
            return state::perform(self.room(&request.scope), request);
        }
        let digest = state::request_digest(&request.scope, &request.op);
        let place = (request.call.invocation.clone(), request.call.sequence);
        match self.held(claim)?.applied.get(&place) {
            Some((remembered, reply)) if *remembered == digest => return Ok(reply.clone()),
            _ => {}
        }
        let reply = state::perform(self.room(&request.scope), request)?;
        self.held(claim)?.applied.insert(place, (digest, reply.clone()));
        Ok(reply)
    }

    pub(super) fn deploy(
        &mut self,
        new: NewVersion,
        weight: Weight,
        at: Timestamp,
        by: String,
    ) -> Result<Deployed, StoreError> {
        if let Some(missing) = new.uses.iter().find(|digest| !self.blobs.contains_key(digest)) {
            return Err(StoreError::Refused(format!("what a version needs {missing} was not stored before")));
        }
        Ok(self.versions.deploy(new, weight, at, by)?)
    }

    pub(super) fn room(&mut self, scope: &Scope) -> &mut MemoryRoom {
        self.rooms.entry(scope.clone()).or_default()
    }
}

fn over(run: &RunId, excess: baton_journal::Excess) -> StoreError {
    StoreError::OverQuota { run: run.clone(), excess }
}
