//! Compiled code that somebody else put into the cache.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use baton_sandbox::{Options, Sandbox, SandboxError};

use crate::attacks::arena::wat;
use crate::attacks::caller::IDLE;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 25, name: "poisoned cache", run };

/// What is done to a file of the cache.
type Poison = fn(&[u8], &[u8]) -> Vec<u8>;

const POISONS: [Poison; 6] = [
    |own, _| [&own[..own.len() - 1], &[own[own.len() - 1] ^ 1]].concat(),
    |own, _| [&[own[0] ^ 1], &own[1..]].concat(),
    |_, other| other.to_vec(),
    |own, other| [&own[..32], &other[32..]].concat(),
    |own, _| own[..16].to_vec(),
    |_, _| Vec::new(),
];

fn run(arena: &Arena) -> Verdict {
    let folder = arena.folder().join("cache");
    POISONS.iter().for_each(|poison| assert_not_used(&folder, *poison));
    Verdict::of([key(&folder), open_to_others(&folder), Verdict::contained("forged code is compiled anew", "")])
}

fn open(folder: &Path) -> Result<Sandbox, SandboxError> {
    Sandbox::new(Options { cache: Some(folder.to_owned()), ..Options::default() })
}

/// A poisoned file is not loaded: the component is compiled again, and the file is good again.
fn assert_not_used(folder: &Path, poison: Poison) {
    let (component, other) = (wat(IDLE), wat("(component)"));
    let sandbox = open(folder).unwrap();
    sandbox.load("other", &other).unwrap();
    let others = code(folder);
    sandbox.load("idle", &component).unwrap();
    let path = code(folder).into_iter().find(|path| !others.contains(path)).unwrap();
    let good = fs::read(&path).unwrap();
    fs::write(&path, poison(&good, &fs::read(&others[0]).unwrap())).unwrap();
    let loaded = sandbox.load("idle", &component).unwrap();
    assert_eq!(loaded.functions().len(), 1, "it is the component that was asked for");
    assert_ne!(fs::read(&path).unwrap(), poison(&good, &fs::read(&others[0]).unwrap()), "the forgery is gone");
    fs::remove_dir_all(folder).unwrap();
}

fn code(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|extension| extension == "cwasm")).collect()
}

/// A key of another length is no key.
fn key(folder: &Path) -> Verdict {
    drop(open(folder).unwrap());
    fs::write(folder.join("key"), b"short").unwrap();
    let error = open(folder).err().expect("it is refused");
    fs::remove_dir_all(folder).unwrap();
    Verdict::contained("refused", error)
}

/// Who can write the folder could bring a key along.
fn open_to_others(folder: &Path) -> Verdict {
    drop(open(folder).unwrap());
    fs::set_permissions(folder, fs::Permissions::from_mode(0o770)).unwrap();
    let error = open(folder).err().expect("it is refused");
    Verdict::contained("refused", error)
}
