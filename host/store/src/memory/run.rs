//! One run in memory: its entries, and what is derived from them. It does not know who may append.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use baton_journal::{
    Chain, Digest, Entry, Event, Excess, InvocationId, Need, Payload, Progress, Quota, RunId, RunStatus, RunSummary,
    StateReply, Taken, Timestamp,
};

/// A run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) chain: Chain,
    pub(crate) entries: Vec<Entry>,
    pub(crate) progress: Progress,
    pub(crate) epoch: u64,
    pub(crate) claimed: bool,
    pub(crate) applied: HashMap<(InvocationId, u32), (Digest, StateReply)>,
    /// The payloads and components that its entries name.
    pub(crate) uses: BTreeSet<Digest>,
    workflow: String,
    bytes: u64,
}

impl Run {
    /// A run without entries, claimed.
    pub(crate) fn new(workflow: String, chain: Chain) -> Self {
        let (progress, applied) = (Progress::default(), HashMap::new());
        Run {
            chain,
            entries: Vec::new(),
            progress,
            epoch: 1,
            claimed: true,
            applied,
            uses: BTreeSet::new(),
            workflow,
            bytes: 0,
        }
    }

    /// Appends an event, of which all payloads are texts, and returns those that are kept by digest.
    pub(crate) fn append(
        &mut self,
        at: Timestamp,
        event: Event,
        quota: Quota,
    ) -> Result<(Entry, Vec<Payload>), Excess> {
        let (reference, large) = event.by_reference();
        let mut chain = self.chain.clone();
        let sealed = chain.seal(at, reference);
        let bytes = self.adds(&large).saturating_add(sealed.body().len() as u64);
        if let Err(excess) = quota.admit(self.taken(), bytes)
            && self.needs_room(&event)
        {
            return Err(excess);
        }
        self.chain = chain;
        self.bytes = self.bytes.saturating_add(bytes);
        self.uses.extend(large.iter().map(Payload::digest));
        self.uses.extend(event.components());
        self.progress.apply(&event);
        let entry = Entry { event, ..sealed };
        self.entries.push(entry.clone());
        if self.progress.ended.is_some() {
            self.applied.clear();
        }
        Ok((entry, large))
    }

    fn adds(&self, large: &[Payload]) -> u64 {
        let distinct: BTreeMap<Digest, u64> = large.iter().map(|text| (text.digest(), text.bytes())).collect();
        distinct.iter().filter(|(digest, _)| !self.uses.contains(digest)).map(|(_, bytes)| bytes).sum()
    }

    fn taken(&self) -> Taken {
        Taken { bytes: self.bytes, entries: self.chain.entries() }
    }

    /// Whether an event is refused when the journal is full.
    fn needs_room(&self, event: &Event) -> bool {
        match Need::of(event) {
            Need::Room => true,
            Need::Nothing => false,
            Need::RoomUnlessIntended { invocation: caller, sequence: call } => {
                !self.entries.iter().any(|entry| match &entry.event {
                    Event::HostCallStarted { invocation, sequence, .. } => invocation == caller && *sequence == call,
                    _ => false,
                })
            }
        }
    }

    /// The run as a list shows it.
    pub(crate) fn summary(&self, run: &RunId) -> RunSummary {
        RunSummary {
            run: run.clone(),
            workflow: self.workflow.clone(),
            version: self
                .entries
                .iter()
                .filter_map(|entry| entry.event.version())
                .next_back()
                .map(|version| version.number),
            started: self.entries.first().map_or(Timestamp(0), |entry| entry.at),
            updated: self.chain.last_at(),
            status: self.status(),
            entries: self.chain.entries(),
            bytes: self.bytes,
        }
    }

    fn status(&self) -> RunStatus {
        match self.progress.status() {
            RunStatus::Running if !self.claimed => RunStatus::Interrupted,
            status => status,
        }
    }
}
