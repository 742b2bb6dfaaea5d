//! Tells the drivers of this process at once that something was sent or published; what other processes do is looked for
//! now and then. It does not know what was sent.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// How often a driver looks for what other processes have sent: a person does not feel it, and a read of an empty mailbox
/// takes some microseconds, so that a thousand runs at work cost a few percent of a core.
const LOOK: Duration = Duration::from_millis(250);

/// Rings when something was sent or published by this process.
#[derive(Clone, Debug)]
pub(crate) struct Bell(Arc<watch::Sender<()>>);

impl Default for Bell {
    fn default() -> Self {
        Bell(Arc::new(watch::Sender::new(())))
    }
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.0.send_replace(());
    }

    pub(crate) fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

/// Somebody who looks when the bell rings, and now and then.
#[derive(Debug)]
pub(crate) struct Listener(watch::Receiver<()>);

impl Listener {
    /// Waits until it is time to look.
    pub(crate) async fn next(&mut self) {
        self.next_within(LOOK).await;
    }

    /// Waits until it is time to look, but no longer than this.
    pub(crate) async fn next_within(&mut self, most: Duration) {
        let _ = tokio::time::timeout(most.min(LOOK), self.0.changed()).await; // either way it is time to look
    }
}
