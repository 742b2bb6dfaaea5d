//! A store whose host dies at the n-th write: what was written before stays, and nothing is written after.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use baton_journal::{Store, StoreError};

use crate::watched::{Watch, Watched, Write};

/// Passes everything on to another store until its writes are used up.
pub type Dying = Watched<Life>;

/// The writes that are left.
pub struct Life(AtomicI64);

impl Watched<Life> {
    /// Lets so many writes through.
    #[must_use]
    pub fn after(writes: i64, store: Arc<dyn Store>) -> Self {
        Watched { store, watch: Life(AtomicI64::new(writes)) }
    }
}

/// What a run begins with is there, and what is only noted for others does not count.
impl Watch for Life {
    fn before(&self, write: &Write) -> Result<(), StoreError> {
        let counts = matches!(
            write,
            Write::Append(..)
                | Write::Remove(_)
                | Write::State(..)
                | Write::Turn(_)
                | Write::Signal(..)
                | Write::Take(..)
                | Write::Publish(..)
                | Write::Cursor(..)
        );
        let lives = !counts || self.0.fetch_sub(1, Ordering::SeqCst) > 0;
        if lives { Ok(()) } else { Err(StoreError::Io("the host died here".to_owned())) }
    }
}
