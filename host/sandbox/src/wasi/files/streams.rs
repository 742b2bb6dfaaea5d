//! Streams of files that count what goes through them. They do not know the files.

use std::io;

use bytes::Bytes;
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, InputStream, OutputStream, Pollable, StreamError, StreamResult,
};

use super::quota::{OpenStream, Quota};

/// A stream out of a file.
pub(super) struct CountedInput {
    pub(super) inner: DynInputStream,
    pub(super) quota: Quota,
    pub(super) _open: OpenStream,
}

/// A stream into a file.
pub(super) struct CountedOutput {
    pub(super) inner: DynOutputStream,
    pub(super) quota: Quota,
    pub(super) _open: OpenStream,
}

impl CountedInput {
    fn counted(&self, read: StreamResult<Bytes>) -> StreamResult<Bytes> {
        read.inspect(|bytes| self.quota.read(bytes.len()))
    }
}

impl CountedOutput {
    fn count(&self, bytes: &Bytes) -> StreamResult<()> {
        let full = |_| StreamError::LastOperationFailed(io::Error::from(io::ErrorKind::StorageFull).into());
        self.quota.write(bytes.len() as u64, 0).map_err(full)
    }
}

#[async_trait::async_trait]
impl InputStream for CountedInput {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        let read = self.inner.read(size);
        self.counted(read)
    }

    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        let read = self.inner.blocking_read(size).await;
        self.counted(read)
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}

#[async_trait::async_trait]
impl OutputStream for CountedOutput {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.count(&bytes)?;
        self.inner.write(bytes)
    }

    async fn blocking_write_and_flush(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.count(&bytes)?;
        self.inner.blocking_write_and_flush(bytes).await
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.inner.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.inner.check_write()
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}

#[async_trait::async_trait]
impl Pollable for CountedInput {
    async fn ready(&mut self) {
        self.inner.ready().await;
    }
}

#[async_trait::async_trait]
impl Pollable for CountedOutput {
    async fn ready(&mut self) {
        self.inner.ready().await;
    }
}
