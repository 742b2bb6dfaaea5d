//! A store with places to die at around what changes it. It does not know how it is kept.

use std::sync::Arc;

use baton_journal::StoreError;

use super::fuse::Fuse;
use super::point::{Deed, Side};
use crate::watched::{Watch, Watched, Write};

/// Passes everything on to another store.
pub(super) type FusedStore = Watched<Arc<Fuse>>;

impl Watch for Arc<Fuse> {
    fn before(&self, write: &Write) -> Result<(), StoreError> {
        deed(write).into_iter().for_each(|deed| self.pass(deed, Side::Before));
        Ok(())
    }

    fn after(&self, write: &Write) {
        deed(write).into_iter().for_each(|deed| self.pass(deed, Side::After));
    }
}

/// What a change is, in the words of the sweep; nothing for what no workload does, or what is only noted.
fn deed(write: &Write) -> Option<Deed> {
    match write {
        Write::Create(..) => Some(Deed::RunCreate),
        Write::Claim(_) => Some(Deed::LeaseClaim),
        Write::Release(_) => Some(Deed::LeaseRelease),
        Write::Append(..) | Write::Take(..) => Some(Deed::JournalAppend),
        Write::Flush => Some(Deed::JournalFlush),
        Write::State(..) => Some(Deed::StateChange),
        Write::Publish(..) => Some(Deed::EventPublish),
        Write::Blob(_) => Some(Deed::BlobPut),
        Write::Remove(_)
        | Write::Turn(_)
        | Write::Signal(..)
        | Write::Cursor(..)
        | Write::Circuit(..)
        | Write::Deploy
        | Write::Redeploy => None,
    }
}
