//! Runs each case on a fresh store of each backend.

macro_rules! cases {
    ($($case:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $case() { super::$case(&baton_store::MemoryStore::new()).await; })*
        }
        mod sqlite {
            $(#[tokio::test] async fn $case() {
                let folder = tempfile::tempdir().unwrap();
                super::$case(&baton_store::SqliteStore::open(folder.path().join("s.db")).unwrap()).await;
            })*
        }
    };
}
