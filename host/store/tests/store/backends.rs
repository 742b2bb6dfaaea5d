//! Each backend keeps every promise of the suite.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use baton_journal::Store;
use baton_store::conformance::pass_all;
use baton_store::{MemoryStore, Settings, SqliteStore};

#[tokio::test]
async fn memory() {
    pass_all(async |quota| Arc::new(MemoryStore::with_quota(quota)) as Arc<dyn Store>).await;
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let stores = AtomicU32::new(0);
    pass_all(async |quota| {
        let file = format!("{}.db", stores.fetch_add(1, Ordering::Relaxed));
        let settings = Settings { quota, ..Settings::default() };
        Arc::new(SqliteStore::open_with(folder.path().join(file), settings).unwrap()) as Arc<dyn Store>
    })
    .await;
}
