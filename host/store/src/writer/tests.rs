//! What becomes of a batch when the database fails.

use rusqlite::ffi;
use tokio::sync::oneshot::Receiver;

use super::*;

type Answer<T> = Receiver<Result<T, StoreError>>;

fn writer() -> Writer {
    let mut sql = Connection::open_in_memory().unwrap();
    sql.execute_batch("CREATE TABLE t (x); CREATE TABLE flushes (count)").unwrap();
    let shared = Shared { path: "s.db".to_owned(), stopped: OnceLock::new(), flushes: AtomicU64::new(0) };
    let log = Log::watch(&mut sql, 100).unwrap();
    Writer::new(sql, log, Locks::of("s.db".as_ref()), Arc::new(shared))
}

fn work(order: Order) -> Box<dyn Work> {
    match order {
        Order::Work(work) => work,
        Order::Flush(_) => panic!("a work was given"),
    }
}

/// Writes a row.
fn good() -> (Box<dyn Work>, Answer<i64>) {
    let (order, answer) = task(|writing: &mut Writing<'_>| {
        writing.sql.execute("INSERT INTO t VALUES (1)", [])?;
        Ok(writing.sql.last_insert_rowid())
    });
    (work(order), answer)
}

/// Writes a row and then meets an error of SQLite.
fn bad(code: i32) -> (Box<dyn Work>, Answer<()>) {
    let (order, answer) = task(move |writing: &mut Writing<'_>| -> Result<(), Fault> {
        writing.sql.execute("INSERT INTO t VALUES (2)", [])?;
        Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None).into())
    });
    (work(order), answer)
}

fn rows(writer: &Writer) -> i64 {
    writer.sql.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap()
}

#[test]
fn after_an_error_of_the_disk_every_call_gets_the_same_answer() {
    let mut writer = writer();
    let (broken, mut first) = bad(ffi::SQLITE_IOERR_FSYNC);
    writer.carry_out(vec![broken], Vec::new());
    let first = first.try_recv().unwrap().unwrap_err().to_string();
    assert!(first.starts_with("the store failed: s.db: ") && first.contains("disk I/O error"), "{first}");
    let (sound, mut second) = good();
    let (caller, mut flushed) = oneshot::channel();
    writer.carry_out(vec![sound], vec![caller]);
    assert_eq!(second.try_recv().unwrap().unwrap_err().to_string(), first);
    assert_eq!(flushed.try_recv().unwrap().unwrap_err().to_string(), first);
    assert_eq!((rows(&writer), writer.shared.flushes.load(Ordering::Relaxed)), (0, 0));
}

#[test]
fn a_full_disk_refuses_the_batch_and_the_store_goes_on() {
    let mut writer = writer();
    let ((sound, mut first), (full, mut second)) = (good(), bad(ffi::SQLITE_FULL));
    writer.carry_out(vec![sound, full], Vec::new());
    assert!(matches!(first.try_recv().unwrap(), Err(StoreError::Unwritable { .. })));
    assert!(matches!(second.try_recv().unwrap(), Err(StoreError::Unwritable { .. })));
    assert_eq!(rows(&writer), 0);
    let (sound, mut third) = good();
    writer.carry_out(vec![sound], Vec::new());
    assert!(third.try_recv().unwrap().is_ok());
}

#[test]
fn damage_fails_only_the_work_that_meets_it() {
    let mut writer = writer();
    let (first, second) = (good(), good());
    let (damaged, mut found) = bad(ffi::SQLITE_CORRUPT);
    let (caller, mut flushed) = oneshot::channel();
    writer.carry_out(vec![first.0, damaged, second.0], vec![caller]);
    assert!(matches!(found.try_recv().unwrap(), Err(StoreError::Corrupt { .. })));
    for mut answer in [first.1, second.1] {
        assert!(answer.try_recv().unwrap().is_ok());
    }
    assert!(flushed.try_recv().unwrap().is_ok());
    assert_eq!((rows(&writer), writer.shared.flushes.load(Ordering::Relaxed)), (2, 1));
}

#[test]
fn a_refusal_leaves_the_others_alone() {
    let mut writer = writer();
    let (order, mut refused) =
        task(|_: &mut Writing<'_>| -> Result<(), Fault> { Err(StoreError::Refused("no".to_owned()).into()) });
    let (sound, mut done) = good();
    writer.carry_out(vec![work(order), sound], Vec::new());
    assert!(matches!(refused.try_recv().unwrap(), Err(StoreError::Refused(_))));
    assert_eq!(done.try_recv().unwrap().unwrap(), 1);
}
