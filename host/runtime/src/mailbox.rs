//! What people want of a run that this host may not drive: it is put into the run's mailbox, and whoever drives the run takes
//! it. It does not know how a run ends or rests.

use baton_journal::{Claim, RunId, Signal, StoreError};

use crate::drive::wanted;
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

    pub(crate) async fn take_mail(&self, claim: &Claim) -> Result<Story, Error> {
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
}
