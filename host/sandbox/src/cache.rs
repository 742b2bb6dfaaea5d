//! Compiled code on disk, so that a plugin is compiled once. It does not know what the code does or who may run it.
//!
//! A compiled file is native code: loading a forged one would be the end of the sandbox. So only files that this
//! cache wrote are loaded. Each carries an HMAC over its content and its name with a key that lies beside it, readable
//! only by the owner of the folder; whoever can read the key can already run programs as that owner.

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use baton_journal::Digest;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use wasmtime::component::Component;

const MAC_BYTES: usize = 32;

/// A folder of compiled components.
pub(crate) struct Cache {
    folder: PathBuf,
    key: [u8; 32],
}

impl Cache {
    /// Opens the folder, making it and its key when they are not there.
    pub(crate) fn open(folder: &Path) -> std::io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        check_folder(folder)?;
        let key = read_or_make_key(&folder.join("key"))?;
        Ok(Cache { folder: folder.to_owned(), key })
    }

    /// The compiled component, if the cache has it and it is what the cache wrote.
    pub(crate) fn load(&self, engine: &wasmtime::Engine, component: Digest) -> Option<Component> {
        let name = file_name(engine, component);
        let file = fs::read(self.folder.join(&name)).ok()?;
        let (mac, code) = file.split_at_checked(MAC_BYTES)?;
        self.mac(&name, code).verify_slice(mac).ok()?;
        deserialize(engine, code).ok()
    }

    /// Whether there is a file for the component; whether it is genuine, loading tells.
    pub(crate) fn has(&self, engine: &wasmtime::Engine, component: Digest) -> bool {
        self.folder.join(file_name(engine, component)).exists()
    }

    /// Keeps a component's compiled code. A cache that cannot be written costs time, not correctness, so nothing is
    /// reported.
    pub(crate) fn store(&self, engine: &wasmtime::Engine, component: Digest, code: &[u8]) {
        let name = file_name(engine, component);
        let mac = self.mac(&name, code).finalize().into_bytes();
        let _ = write_atomically(&self.folder, &name, &[mac.as_slice(), code]);
    }

    fn mac(&self, name: &str, code: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(&(name.len() as u64).to_le_bytes());
        mac.update(name.as_bytes());
        mac.update(code);
        mac
    }
}

/// Loads compiled code. The engine refuses that of another version or configuration, and what its pool has no room for.
/// Three may call this, and nobody else: [`Cache::load`] with a file that bears its signature, the sandbox with what its
/// own compiler has made a moment ago, and a worker with what its host gave it.
#[expect(unsafe_code, reason = "the one place that loads native code; see the SAFETY comment")]
pub(crate) fn deserialize(engine: &wasmtime::Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `deserialize` needs bytes that the engine's compiler made. Of the callers the first has verified the HMAC
    // over them, made by `Cache::store` with a key that only the owner of the folder can read; the second has them from
    // the compiler, by a pipe that nobody else holds if that is a worker; the third has them by such a pipe from one of
    // these. wasmtime itself refuses another version or configuration.
    unsafe { Component::deserialize(engine, code) }
}

fn file_name(engine: &wasmtime::Engine, component: Digest) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    format!("{component}-{:016x}.cwasm", hasher.finish())
}

fn read_or_make_key(path: &Path) -> std::io::Result<[u8; 32]> {
    match fs::read(path) {
        Ok(bytes) => {
            check(&fs::metadata(path)?, "the key in it", 0o077)?;
            let damaged = |_| std::io::Error::other("the key of the code cache is damaged: delete the cache folder");
            bytes.try_into().map_err(damaged)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_key(path),
        Err(error) => Err(error),
    }
}

fn make_key(path: &Path) -> std::io::Result<[u8; 32]> {
    let mut key = [0; 32];
    std::io::Read::read_exact(&mut fs::File::open("/dev/urandom")?, &mut key)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let temporary = temporary_beside(folder, "key");
    write_private(&temporary, &[&key])?.sync_all()?; // half a key would have to be deleted by hand
    // A link fails if another process was first; then its key is the key.
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    match linked {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => read_or_make_key(path),
        Err(error) => Err(error),
    }
}

fn write_atomically(folder: &Path, name: &str, parts: &[&[u8]]) -> std::io::Result<()> {
    let temporary = temporary_beside(folder, name);
    let written = write_private(&temporary, parts).and_then(|_| fs::rename(&temporary, folder.join(name)));
    written.inspect_err(|_| drop(fs::remove_file(&temporary))) // half a file on a full disk
}

/// A name that no other thread, process or container uses at the same time.
fn temporary_beside(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.{:016x}", rand::random::<u64>()))
}

fn write_private(path: &Path, parts: &[&[u8]]) -> std::io::Result<fs::File> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    parts.iter().try_for_each(|part| file.write_all(part))?;
    Ok(file)
}

/// Who can write the folder can put a key of their own there, and code to go with it.
fn check_folder(folder: &Path) -> std::io::Result<()> {
    check(&fs::metadata(folder)?, "it", 0o022)
}

/// Refuses what is another user's, or what others may do more with than they should.
fn check(metadata: &fs::Metadata, what: &str, forbidden: u32) -> std::io::Result<()> {
    let refuse = |problem| Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, problem));
    let (owner, user) = (metadata.uid(), rustix::process::geteuid().as_raw());
    if owner != user {
        return refuse(format!("{what} belongs to another user (user {owner}, this process is user {user})"));
    }
    let mode = metadata.mode() & 0o777;
    if mode & forbidden == 0 { Ok(()) } else { refuse(format!("others than the owner may use {what} (mode {mode:o})")) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn compiled(engine: &wasmtime::Engine) -> (Digest, Vec<u8>) {
        let bytes = wat::parse_str("(component)").expect("it is the empty component");
        (Digest::of(&bytes), engine.precompile_component(&bytes).expect("the empty component compiles"))
    }

    #[test]
    fn a_stored_component_is_loaded() {
        let (folder, engine) = (tempfile::tempdir().unwrap(), wasmtime::Engine::default());
        let (digest, component) = compiled(&engine);
        let cache = Cache::open(folder.path()).unwrap();
        assert!(cache.load(&engine, digest).is_none());
        cache.store(&engine, digest, &component);
        assert!(Cache::open(folder.path()).unwrap().load(&engine, digest).is_some());
    }

    #[test]
    fn a_changed_file_or_another_name_is_not_loaded() {
        let (folder, engine) = (tempfile::tempdir().unwrap(), wasmtime::Engine::default());
        let (digest, component) = compiled(&engine);
        let cache = Cache::open(folder.path()).unwrap();
        cache.store(&engine, digest, &component);
        let path = folder.path().join(file_name(&engine, digest));
        let other = Digest::of(b"another component");
        fs::copy(&path, folder.path().join(file_name(&engine, other))).unwrap();
        assert!(cache.load(&engine, other).is_none(), "code of one component under the name of another");
        let mut bytes = fs::read(&path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert!(cache.load(&engine, digest).is_none(), "changed code");
    }

    #[test]
    fn a_folder_that_others_can_write_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let error = Cache::open(folder.path()).err().expect("it is refused");
        assert_eq!(error.to_string(), "others than the owner may use it (mode 777)");
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        Cache::open(folder.path()).unwrap();
        fs::set_permissions(folder.path().join("key"), fs::Permissions::from_mode(0o644)).unwrap();
        let error = Cache::open(folder.path()).err().expect("it is refused");
        assert_eq!(error.to_string(), "others than the owner may use the key in it (mode 644)");
    }

    #[test]
    fn a_folder_of_another_user_is_refused() {
        // The root folder is root's; who tests as root has given a folder away.
        let given = tempfile::tempdir().unwrap();
        let folder = if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(given.path(), Some(1), None).unwrap();
            given.path()
        } else {
            Path::new("/")
        };
        let error = Cache::open(folder).err().expect("it is refused");
        assert!(error.to_string().contains("belongs to another user"), "{error}");
    }

    #[test]
    fn many_threads_that_open_a_new_cache_have_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(|| Cache::open(folder.path()).unwrap().key)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left but the key");
    }
}
