//! What people want of a run that this host may not drive: it is put into the run's mailbox, and whoever drives the run takes
//! it. It does not know how a run ends or rests.

use baton_journal::{Claim, Decision, Event, RunId, Signal, StoreError};
use baton_workflow::{Ask, Status};

use crate::drive::{answer, wanted};
use crate::error::Error;
use crate::held::holding;
use crate::host::Host;
use crate::story::Story;

/// How often is looked whether a signal was taken: with the pause between two looks that is five seconds, after which a
/// driver that is alive has looked many times.
const LOOKS: u32 = 20;

impl Host {
    /// Puts a signal into the mailbox of a run. It stays there until somebody drives the run.
    ///
    /// # Errors
    /// There is no such run, it has ended, or the store fails.
    pub async fn send(&self, id: &RunId, signal: Signal) -> Result<u64, Error> {
        let store = &self.shared().store;
        let number = store.signal(id.clone(), self.shared().clock.now(), signal).await?;
        store.flush().await?; // whoever sent it is told that it is sent
        self.shared().bell.ring();
        Ok(number)
    }

    /// Takes what lies in the mailbox of a run into its journal, if nobody drives it; nothing else is done. Says whether nobody
    /// did.
    ///
    /// # Errors
    /// There is no such run, it has ended, or the store fails.
    pub async fn deliver(&self, id: &RunId) -> Result<bool, Error> {
        let claim = match self.shared().store.claim(id.clone()).await {
            Err(StoreError::Claimed(_)) => return Ok(false),
            claim => claim?,
        };
        holding(&self.shared().store, &claim, self.take_mail(&claim)).await?;
        Ok(true)
    }

    async fn take_mail(&self, claim: &Claim) -> Result<Story, Error> {
        let (store, clock) = (&self.shared().store, &self.shared().clock);
        let mut story = self.story(&claim.run).await?;
        for sent in store.signals(claim.run.clone()).await? {
            let (number, now) = (sent.number, clock.now());
            if let Some(entry) = store.take(claim, now, number, wanted(story.machine(), now, &sent)).await? {
                story.add(entry)?;
            }
        }
        store.flush().await?;
        Ok(story)
    }

    /// Waits for a moment until a signal is taken. Says whether it is.
    ///
    /// # Errors
    /// The store fails.
    pub async fn is_taken(&self, id: &RunId, number: u64) -> Result<bool, Error> {
        let mut listener = self.shared().bell.listen();
        for _ in 0..LOOKS {
            let waiting = self.shared().store.signals(id.clone()).await?;
            if !waiting.iter().any(|sent| sent.number == number) {
                return Ok(true);
            }
            listener.next().await;
        }
        Ok(false)
    }

    /// Records a person's answer to a step that asks. It does not go on with the run: [`Host::resume`] does, or whoever drives
    /// it.
    ///
    /// # Errors
    /// The step does not ask or was answered, the time to answer is over, the role may not answer, or the answer does not fit.
    pub async fn decide(&self, id: &RunId, step: &str, decision: Decision) -> Result<(), Error> {
        match self.shared().store.claim(id.clone()).await {
            Err(StoreError::Claimed(_)) => self.send_decision(id, step, decision).await,
            claim => {
                let claim = claim?;
                holding(&self.shared().store, &claim, self.record_decision(&claim, step, decision)).await
            }
        }
    }

    async fn record_decision(&self, claim: &Claim, step: &str, decision: Decision) -> Result<(), Error> {
        let mut story = self.take_mail(claim).await?; // what was sent before comes first
        let ask = self.question(&story, step, &decision)?;
        let (event, now) = (answer::decided(&ask, decision), self.shared().clock.now());
        story.try_out(now, &event)?;
        self.shared().store.append(claim, now, event).await?;
        Ok(self.shared().store.flush().await?)
    }

    /// Sends an answer to whoever drives the run, and waits until it is taken.
    async fn send_decision(&self, id: &RunId, step: &str, decision: Decision) -> Result<(), Error> {
        let ask = self.question(&self.story(id).await?, step, &decision)?;
        let (step, token) = (ask.step.clone(), ask.token);
        let number = self.send(id, Signal::Decide { step: step.clone(), token, decision: decision.clone() }).await?;
        if !self.is_taken(id, number).await? {
            return Ok(()); // it is in the mailbox, and is taken when the run is driven again
        }
        let story = self.story(id).await?;
        let is_recorded = |event: &Event| matches!(event, Event::ApprovalDecided { token: of, decision: found, .. } if *of == token && *found == decision);
        if story.entries().iter().any(|entry| is_recorded(&entry.event)) {
            return Ok(());
        }
        Err(not_asking(&story, &step))
    }

    /// The question that an answer is for.
    fn question(&self, story: &Story, step: &str, decision: &Decision) -> Result<Ask, Error> {
        let machine = story.machine();
        let ask = machine.question(step).cloned().ok_or_else(|| not_asking(story, step))?;
        if self.shared().clock.now() >= ask.deadline {
            return Err(Error::TooLate(ask.step));
        }
        answer::check(machine, &ask, decision)?;
        Ok(ask)
    }
}

/// Why a step takes no answer: somebody was faster, the run ended, or it never asked.
fn not_asking(story: &Story, step: &str) -> Error {
    if let Some((by, at)) = answered(story, step) {
        return Error::Answered { step: step.to_owned(), by, at };
    }
    if story.machine().status() == Status::Ended {
        return StoreError::Ended(story.id().clone()).into();
    }
    let asking: Vec<String> = story.questions().into_iter().map(|ask| ask.step).collect();
    let waiting = if asking.is_empty() { "no step does".to_owned() } else { format!("{} does", asking.join(", ")) };
    Error::NotAsking { step: step.to_owned(), waiting }
}

/// Who answered a step last, and when.
fn answered(story: &Story, step: &str) -> Option<(String, baton_journal::Timestamp)> {
    story.entries().iter().rev().find_map(|entry| match &entry.event {
        Event::ApprovalDecided { step: of, decision, .. } if of == step => match decision {
            Decision::Approved { by, .. } | Decision::Rejected { by, .. } => Some((by.clone(), entry.at)),
            Decision::Expired => None,
        },
        _ => None,
    })
}
