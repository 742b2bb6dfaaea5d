//! A claim on a run while a host holds it. It does not know what the host does meanwhile.

use std::sync::Arc;

use baton_journal::{Claim, Store};

use crate::error::Error;

/// Does some work under a claim and gives the claim back, whatever comes of the work: also when nobody waits for it any
/// more. A claim that is kept would lock everybody else out until this process ends.
pub(crate) async fn holding<T>(
    store: &Arc<dyn Store>,
    claim: &Claim,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut held = Held { store: Arc::clone(store), claim: Some(claim.clone()) };
    let done = work.await;
    let released = match held.claim.take() {
        Some(claim) => store.release(claim).await,
        None => Ok(()),
    };
    let done = done?;
    released?;
    Ok(done)
}

struct Held {
    store: Arc<dyn Store>,
    claim: Option<Claim>,
}

impl Drop for Held {
    fn drop(&mut self) {
        let (Some(claim), Ok(runtime)) = (self.claim.take(), tokio::runtime::Handle::try_current()) else { return };
        let store = Arc::clone(&self.store);
        // Nobody is there to hear of a failure; the store gives up the claims of a process that ends.
        runtime.spawn(async move { drop(store.release(claim).await) });
    }
}
