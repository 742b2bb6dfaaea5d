//! What reached a disk, in its order. It does not know what a power cut does with it.

use std::collections::BTreeMap;

/// The bytes of files by their names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Something that was done to a file, by its name in the folder, or a point to which the workload came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A file that was not there was made.
    Create(String),
    /// Bytes were written.
    Write {
        /// The file.
        file: String,
        /// Where they begin.
        offset: usize,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A file was cut off, or extended with zeros.
    Truncate {
        /// The file.
        file: String,
        /// Its length in bytes.
        length: usize,
    },
    /// All that was done to a file before is durable; with a file that was made since, its folder too.
    Sync(String),
    /// Making it durable failed: the system forgets that it was to be written, and shows it until it is restarted.
    Unsynced(String),
    /// A file was deleted.
    Delete(String),
    /// The workload came to this point.
    Mark(usize),
}

/// What a workload did to a disk.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The files before, all durable.
    pub before: Files,
    /// What was done.
    pub log: Vec<Operation>,
}

impl Recording {
    /// The last point to which the workload had come before a moment: an index into the log.
    #[must_use]
    pub fn point_at(&self, moment: usize) -> Option<usize> {
        self.log[..moment].iter().rev().find_map(|operation| match operation {
            Operation::Mark(point) => Some(*point),
            _ => None,
        })
    }
}
