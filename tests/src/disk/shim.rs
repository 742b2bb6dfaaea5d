//! A VFS of SQLite over the system's: tells a [`Disk`] of each operation first. It knows neither what a disk makes of it nor
//! SQLite's files.
//!
//! The system's VFS opens the file; only its table of functions is replaced by a copy with ours in some places. So locks
//! and shared memory are the system's own. Behind the system's part of a file there is one pointer more, to [`Opened`].

use std::ffi::{CStr, CString, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Once};

use rusqlite::ffi::{
    SQLITE_OK, sqlite3_file, sqlite3_filename, sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
};

use super::{Disk, Kind, Operation};

/// The name under which the VFS is registered.
pub(super) const NAME: &str = "baton-test-disk";

/// A file that stands on a disk.
struct Opened {
    methods: sqlite3_io_methods,
    system: *const sqlite3_io_methods,
    disk: Arc<Disk>,
    name: String,
}

/// Makes the VFS known to SQLite.
pub(super) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the system's VFS lives for ever and is copied; ours is leaked, and so is its name.
        let code = unsafe {
            let mut vfs = *system();
            vfs.zName = CString::new(NAME).unwrap().into_raw();
            vfs.szOsFile += size_of::<*mut Opened>() as c_int;
            vfs.xOpen = Some(open);
            vfs.xDelete = Some(delete);
            sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), 0)
        };
        assert_eq!(code, SQLITE_OK, "the VFS is registered");
    });
}

fn system() -> *mut sqlite3_vfs {
    // SAFETY: no name stands for the default VFS, which ours is not.
    unsafe { sqlite3_vfs_find(std::ptr::null()) }
}

/// Where the pointer behind the system's part of a file is.
unsafe fn slot(file: *mut sqlite3_file) -> *mut *mut Opened {
    // SAFETY: SQLite gave the file `szOsFile` bytes of ours, which are the system's and a pointer more; the system's part is
    // a C structure with pointers in it, so that what follows it is aligned for one.
    unsafe { file.cast::<u8>().add((*system()).szOsFile as usize).cast() }
}

unsafe fn opened<'a>(file: *mut sqlite3_file) -> &'a Opened {
    // SAFETY: only files of `wrap` have the functions that call this, and they keep what it put there until `close`.
    unsafe { &**slot(file) }
}

unsafe fn path_of<'a>(name: *const c_char) -> Option<&'a Path> {
    // SAFETY: SQLite gives a text that ends with a zero, or none, for the length of the call.
    (!name.is_null()).then(|| Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes())))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: all arguments are SQLite's, and as the system's VFS expects them; without functions the file is not open.
    unsafe {
        (*file).pMethods = std::ptr::null();
        let path = path_of(name);
        let disk = path.and_then(Disk::of);
        if let Some(code) = disk.as_ref().and_then(|disk| disk.meets(Kind::Open)) {
            return code;
        }
        let is_new = path.is_some_and(|path| !path.exists());
        let code = (*system()).xOpen.unwrap()(system(), name, file, flags, out);
        if let (SQLITE_OK, Some(disk), Some(path)) = (code, disk, path) {
            if is_new {
                disk.note(Operation::Create(name_of(path)));
            }
            wrap(file, disk, name_of(path));
        }
        code
    }
}

unsafe fn wrap(file: *mut sqlite3_file, disk: Arc<Disk>, name: String) {
    // SAFETY: the system's VFS has opened the file, so that it has functions; the slot is ours.
    unsafe {
        let system = (*file).pMethods;
        let mut methods = *system;
        methods.iVersion = 2; // no memory-mapped files: they would be written without us
        methods.xClose = Some(close);
        methods.xRead = Some(read);
        methods.xWrite = Some(write);
        methods.xTruncate = Some(truncate);
        methods.xSync = Some(sync);
        methods.xShmMap = Some(map);
        let opened = Box::into_raw(Box::new(Opened { methods, system, disk, name }));
        slot(file).write(opened);
        (*file).pMethods = &raw const (*opened).methods;
    }
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: the arguments are SQLite's, and as the system's VFS expects them.
    unsafe {
        let path = path_of(name);
        let disk = path.and_then(Disk::of);
        if let Some(code) = disk.as_ref().and_then(|disk| disk.meets(Kind::Delete)) {
            return code;
        }
        let code = (*system()).xDelete.unwrap()(system(), name, sync_folder);
        if let (SQLITE_OK, Some(disk), Some(path)) = (code, disk, path) {
            disk.note(Operation::Delete(name_of(path)));
        }
        code
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once; what `wrap` has put there is taken back, and the system closes what it opened.
    unsafe {
        let opened = Box::from_raw(slot(file).read());
        (*file).pMethods = opened.system;
        (*opened.system).xClose.unwrap()(file)
    }
}

unsafe extern "C" fn read(file: *mut sqlite3_file, buffer: *mut c_void, amount: c_int, offset: i64) -> c_int {
    // SAFETY: the arguments are SQLite's, and as the system's VFS expects them.
    unsafe {
        let opened = opened(file);
        let failed = opened.disk.meets(Kind::Read);
        failed.unwrap_or_else(|| (*opened.system).xRead.unwrap()(file, buffer, amount, offset))
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, buffer: *const c_void, amount: c_int, offset: i64) -> c_int {
    // SAFETY: the arguments are SQLite's: the buffer has `amount` bytes, and a part of them may be written as well.
    unsafe {
        let opened = opened(file);
        let failed = opened.disk.meets(Kind::Write);
        let amount = if failed.is_some() { amount / 2 } else { amount };
        let code = (*opened.system).xWrite.unwrap()(file, buffer, amount, offset);
        let bytes = std::slice::from_raw_parts(buffer.cast::<u8>(), amount as usize).to_vec();
        opened.disk.note(Operation::Write { file: opened.name.clone(), offset: offset as usize, bytes });
        failed.unwrap_or(code)
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: i64) -> c_int {
    // SAFETY: the arguments are SQLite's, and as the system's VFS expects them.
    unsafe {
        let opened = opened(file);
        if let Some(code) = opened.disk.meets(Kind::Truncate) {
            return code;
        }
        opened.disk.note(Operation::Truncate { file: opened.name.clone(), length: length as usize });
        (*opened.system).xTruncate.unwrap()(file, length)
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: the file is one of `wrap`.
    let opened = unsafe { opened(file) };
    let failed = opened.disk.meets(Kind::Sync);
    let heard = if failed.is_some() { Operation::Unsynced } else { Operation::Sync };
    opened.disk.note(heard(opened.name.clone()));
    failed.unwrap_or(SQLITE_OK)
}

unsafe extern "C" fn map(
    file: *mut sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    at: *mut *mut c_void,
) -> c_int {
    // SAFETY: the arguments are SQLite's, and as the system's VFS expects them.
    unsafe {
        let opened = opened(file);
        let failed = opened.disk.meets(Kind::Map);
        failed.unwrap_or_else(|| (*opened.system).xShmMap.unwrap()(file, page, size, extend, at))
    }
}
