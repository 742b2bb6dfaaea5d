//! The files of tools: wasmtime-wasi's own, with a second lock on what is read-only, a count of every byte, and nothing
//! that could hold the host up. It does not know which folders there are.
//!
//! Paths are resolved by wasmtime-wasi, which never leaves a folder (`openat2` where there is one). That read-only means
//! read-only it says too; but its permissions were passed by twice in 2026 (CVE-2026-47261, CVE-2026-58494), so here each
//! function that changes something asks again. A guest makes no symbolic links: they would lead astray who reads the
//! folder afterwards, outside of every sandbox. It opens files and folders only: opening a pipe would wait for a writer.

mod host;
mod quota;
mod streams;

use baton_policy::Access;
use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtxView, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::filesystem::types::{self, ErrorCode, HostDescriptor as _};
use wasmtime_wasi::p2::{DynOutputStream, FsError, FsResult};
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use crate::error::SandboxError;
use crate::guest::Guest;
use crate::invocation::Invocation;

pub(crate) use quota::Quota;

use quota::{Full, OpenStream};
use streams::CountedOutput;

/// Bytes that an entry of a folder costs beside its name: the host looked it up.
const ENTRY: usize = 64;

/// Bytes that a flush costs: the disk writes a block at least, and nobody else writes meanwhile.
const BLOCK: usize = 4 << 10;

/// Opens the folders of an invocation. An agent has none: nothing would answer for them when it is replayed.
pub(super) fn open(builder: &mut WasiCtxBuilder, invocation: &Invocation) -> Result<(), SandboxError> {
    for folder in invocation.folders.iter().filter(|_| !invocation.target.is_replayed()) {
        let permissions = match folder.access {
            Access::Read => FsPerms::ReadOnly,
            Access::Write => FsPerms::ReadWrite,
        };
        builder.preopened_dir(&folder.path, format!("/{}", folder.name), permissions).map_err(|error| {
            SandboxError::Folder {
                plugin: invocation.plugin.clone(),
                name: folder.name.to_string(),
                reason: error.root_cause().to_string(),
            }
        })?;
    }
    Ok(())
}

/// Links `wasi:filesystem/types`.
pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    types::add_to_linker::<Guest, Files>(linker, |guest| {
        let quota = guest.wasi.quota.clone();
        View { inner: guest.filesystem(), quota }
    })
}

/// Lends the files of a guest.
struct Files;

impl HasData for Files {
    type Data<'a> = View<'a>;
}

struct View<'a> {
    inner: WasiFilesystemCtxView<'a>,
    quota: Quota,
}

/// Too much is open: the nearest that the interface can say.
fn too_many(_: Full) -> FsError {
    ErrorCode::InsufficientMemory.into()
}

impl From<Full> for FsError {
    fn from(_: Full) -> Self {
        ErrorCode::InsufficientSpace.into()
    }
}

type Fd = Resource<Descriptor>;

fn borrow(fd: &Fd) -> Fd {
    Resource::new_borrow(fd.rep())
}

impl View<'_> {
    /// The second lock: nothing changes below a folder that is read-only.
    fn may_write(&self, fd: &Fd) -> FsResult<()> {
        let permissions = match self.inner.table.get(fd)? {
            Descriptor::File(file) => file.perms,
            Descriptor::Dir(folder) => folder.perms,
        };
        if permissions == FsPerms::ReadWrite { Ok(()) } else { Err(ErrorCode::NotPermitted.into()) }
    }

    /// The bytes between the end of a file and a place behind it: files systems may fill them.
    fn hole(&self, fd: &Fd, to: u64) -> FsResult<u64> {
        match self.inner.table.get(fd)? {
            Descriptor::File(file) => Ok(to.saturating_sub(file.file.metadata()?.len())),
            Descriptor::Dir(_) => Err(ErrorCode::IsDirectory.into()),
        }
    }

    /// Refuses pipes, sockets and devices before they are opened. Whoever can put one there between this look and the
    /// opening is no guest: none can make one.
    async fn is_openable(&mut self, fd: &Fd, flags: types::PathFlags, path: String) -> FsResult<()> {
        match self.inner.stat_at(borrow(fd), flags, path).await {
            Ok(stat) => openable(stat.type_),
            Err(error) if matches!(error.downcast_ref(), Some(ErrorCode::NoEntry)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn counted_output(
        &mut self,
        stream: Resource<DynOutputStream>,
        open: OpenStream,
    ) -> FsResult<Resource<DynOutputStream>> {
        let inner = self.inner.table.delete(stream)?;
        let counted: DynOutputStream = Box::new(CountedOutput { inner, quota: self.quota.clone(), _open: open });
        Ok(self.inner.table.push(counted)?)
    }
}

fn openable(kind: types::DescriptorType) -> FsResult<()> {
    match kind {
        types::DescriptorType::RegularFile | types::DescriptorType::Directory | types::DescriptorType::SymbolicLink => {
            Ok(())
        } // a link that is not to be followed is not opened either
        _ => Err(ErrorCode::NotPermitted.into()),
    }
}
