//! A store in a folder, and what every suite tests with.

use std::path::Path;

use baton_store::SqliteStore;

pub(crate) use baton_store::conformance::sample::*;

pub(crate) fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder.join("baton.db")).unwrap()
}
