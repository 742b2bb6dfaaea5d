//! `wasi:filesystem/types` as guests call it: each function that changes something asks whether it may, each that moves
//! bytes counts them, and wasmtime-wasi does the rest.

use std::io;

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::filesystem::types::{self, ErrorCode, Host, HostDescriptor, HostDirectoryEntryStream};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsError, FsResult};

use super::streams::CountedInput;
use super::{BLOCK, ENTRY, Fd, View, borrow, openable, too_many};

impl Host for View<'_> {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<ErrorCode> {
        self.inner.convert_error_code(error)
    }

    fn filesystem_error_code(&mut self, error: Resource<wasmtime::Error>) -> wasmtime::Result<Option<ErrorCode>> {
        let said = self.inner.table.get(&error)?.downcast_ref::<io::Error>();
        if said.is_some_and(|said| said.kind() == io::ErrorKind::StorageFull) {
            return Ok(Some(ErrorCode::InsufficientSpace));
        }
        self.inner.filesystem_error_code(error)
    }
}

impl HostDescriptor for View<'_> {
    async fn open_at(
        &mut self,
        fd: Fd,
        path_flags: types::PathFlags,
        path: String,
        how: types::OpenFlags,
        flags: types::DescriptorFlags,
    ) -> FsResult<Fd> {
        let makes = how.contains(types::OpenFlags::CREATE);
        let changes = types::DescriptorFlags::WRITE | types::DescriptorFlags::MUTATE_DIRECTORY;
        if makes || how.contains(types::OpenFlags::TRUNCATE) || flags.intersects(changes) {
            self.may_write(&fd)?;
        }
        self.quota.may_open().map_err(too_many)?;
        if makes {
            self.quota.make()?;
        }
        self.is_openable(&fd, path_flags, path.clone()).await?;
        let opened = self.inner.open_at(fd, path_flags, path, how, flags).await?;
        let kind = self.inner.get_type(borrow(&opened)).await?;
        if let Err(refused) = openable(kind) {
            HostDescriptor::drop(&mut self.inner, opened).map_err(FsError::trap)?;
            return Err(refused);
        }
        self.quota.opened(opened.rep());
        Ok(opened)
    }

    async fn read(&mut self, fd: Fd, length: u64, offset: u64) -> FsResult<(Vec<u8>, bool)> {
        let (bytes, is_end) = self.inner.read(fd, length, offset).await?;
        self.quota.read(bytes.len());
        Ok((bytes, is_end))
    }

    async fn write(&mut self, fd: Fd, bytes: Vec<u8>, offset: u64) -> FsResult<u64> {
        self.may_write(&fd)?;
        self.quota.write(bytes.len() as u64, self.hole(&fd, offset)?)?;
        self.inner.write(fd, bytes, offset).await
    }

    fn read_via_stream(&mut self, fd: Fd, offset: u64) -> FsResult<Resource<DynInputStream>> {
        let open = self.quota.open_stream().map_err(too_many)?;
        let stream = self.inner.read_via_stream(fd, offset)?;
        let inner = self.inner.table.delete(stream)?;
        let counted: DynInputStream = Box::new(CountedInput { inner, quota: self.quota.clone(), _open: open });
        Ok(self.inner.table.push(counted)?)
    }

    fn write_via_stream(&mut self, fd: Fd, offset: u64) -> FsResult<Resource<DynOutputStream>> {
        self.may_write(&fd)?;
        self.quota.write(0, self.hole(&fd, offset)?)?;
        let open = self.quota.open_stream().map_err(too_many)?;
        let stream = self.inner.write_via_stream(fd, offset)?;
        self.counted_output(stream, open)
    }

    fn append_via_stream(&mut self, fd: Fd) -> FsResult<Resource<DynOutputStream>> {
        self.may_write(&fd)?;
        let open = self.quota.open_stream().map_err(too_many)?;
        let stream = self.inner.append_via_stream(fd)?;
        self.counted_output(stream, open)
    }

    async fn set_size(&mut self, fd: Fd, size: u64) -> FsResult<()> {
        self.may_write(&fd)?;
        self.quota.write(0, self.hole(&fd, size)?)?;
        self.inner.set_size(fd, size).await
    }

    async fn set_times(&mut self, fd: Fd, access: types::NewTimestamp, change: types::NewTimestamp) -> FsResult<()> {
        self.may_write(&fd)?;
        self.inner.set_times(fd, access, change).await
    }

    async fn set_times_at(
        &mut self,
        fd: Fd,
        flags: types::PathFlags,
        path: String,
        access: types::NewTimestamp,
        change: types::NewTimestamp,
    ) -> FsResult<()> {
        self.may_write(&fd)?;
        self.inner.set_times_at(fd, flags, path, access, change).await
    }

    async fn create_directory_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        self.may_write(&fd)?;
        self.quota.make()?;
        self.inner.create_directory_at(fd, path).await
    }

    async fn link_at(
        &mut self,
        fd: Fd,
        flags: types::PathFlags,
        path: String,
        new_fd: Fd,
        new_path: String,
    ) -> FsResult<()> {
        self.may_write(&fd)?;
        self.may_write(&new_fd)?;
        self.quota.make()?;
        self.inner.link_at(fd, flags, path, new_fd, new_path).await
    }

    async fn rename_at(&mut self, fd: Fd, path: String, new_fd: Fd, new_path: String) -> FsResult<()> {
        self.may_write(&fd)?;
        self.may_write(&new_fd)?;
        self.inner.rename_at(fd, path, new_fd, new_path).await
    }

    async fn symlink_at(&mut self, _: Fd, _: String, _: String) -> FsResult<()> {
        Err(ErrorCode::NotPermitted.into())
    }

    async fn remove_directory_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        self.may_write(&fd)?;
        self.inner.remove_directory_at(fd, path).await
    }

    async fn unlink_file_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        self.may_write(&fd)?;
        self.inner.unlink_file_at(fd, path).await
    }

    async fn read_directory(&mut self, fd: Fd) -> FsResult<Resource<types::DirectoryEntryStream>> {
        self.quota.open_listing().map_err(too_many)?;
        self.inner.read_directory(fd).await.inspect_err(|_| self.quota.close_listing())
    }

    /// Advice would have the host read what the guest does not pay for.
    async fn advise(&mut self, _: Fd, _: u64, _: u64, _: types::Advice) -> FsResult<()> {
        Ok(())
    }

    async fn sync_data(&mut self, fd: Fd) -> FsResult<()> {
        self.quota.read(BLOCK);
        self.inner.sync_data(fd).await
    }

    async fn sync(&mut self, fd: Fd) -> FsResult<()> {
        self.quota.read(BLOCK);
        self.inner.sync(fd).await
    }

    async fn get_flags(&mut self, fd: Fd) -> FsResult<types::DescriptorFlags> {
        self.inner.get_flags(fd).await
    }

    async fn get_type(&mut self, fd: Fd) -> FsResult<types::DescriptorType> {
        self.inner.get_type(fd).await
    }

    async fn stat(&mut self, fd: Fd) -> FsResult<types::DescriptorStat> {
        self.inner.stat(fd).await
    }

    async fn stat_at(&mut self, fd: Fd, flags: types::PathFlags, path: String) -> FsResult<types::DescriptorStat> {
        self.inner.stat_at(fd, flags, path).await
    }

    async fn readlink_at(&mut self, fd: Fd, path: String) -> FsResult<String> {
        self.inner.readlink_at(fd, path).await
    }

    async fn is_same_object(&mut self, one: Fd, other: Fd) -> wasmtime::Result<bool> {
        self.inner.is_same_object(one, other).await
    }

    async fn metadata_hash(&mut self, fd: Fd) -> FsResult<types::MetadataHashValue> {
        self.inner.metadata_hash(fd).await
    }

    async fn metadata_hash_at(
        &mut self,
        fd: Fd,
        flags: types::PathFlags,
        path: String,
    ) -> FsResult<types::MetadataHashValue> {
        self.inner.metadata_hash_at(fd, flags, path).await
    }

    fn drop(&mut self, fd: Fd) -> wasmtime::Result<()> {
        self.quota.closed(fd.rep());
        HostDescriptor::drop(&mut self.inner, fd)
    }
}

impl HostDirectoryEntryStream for View<'_> {
    async fn read_directory_entry(
        &mut self,
        stream: Resource<types::DirectoryEntryStream>,
    ) -> FsResult<Option<types::DirectoryEntry>> {
        let entry = self.inner.read_directory_entry(stream).await?;
        self.quota.read(entry.as_ref().map_or(0, |entry| entry.name.len() + ENTRY));
        Ok(entry)
    }

    fn drop(&mut self, stream: Resource<types::DirectoryEntryStream>) -> wasmtime::Result<()> {
        self.quota.close_listing();
        HostDirectoryEntryStream::drop(&mut self.inner, stream)
    }
}
