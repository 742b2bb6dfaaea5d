//! What is on a disk after a power cut: all that was synced, and of the rest what a seed says. It does not know what the
//! files hold.
//! Names lead where they led at some time since the folder was synced, so that a deleted file may come back.

mod node;

use std::collections::BTreeMap;

use self::node::{Change, Fate, Node};
use super::{Files, Operation, Recording};
use crate::seeded::Seeded;

/// Whether a sync does what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syncs {
    /// It does.
    Honest,
    /// It returns and does nothing, as some disks do.
    Ignored,
}

/// The disk after a cut.
#[derive(Debug)]
pub struct Image {
    /// What is on it.
    pub files: Files,
    /// How many writes were not synced.
    pub unsynced: usize,
    /// How many of these are not there as a whole.
    pub damaged: usize,
}

/// Where a name leads from now on.
struct Renaming {
    name: String,
    node: Option<usize>,
}

/// The disk while it works.
#[derive(Default)]
struct Working {
    nodes: Vec<Node>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    renamings: Vec<Renaming>,
    changes: usize,
}

impl Image {
    /// What a cut at this moment, an index into the log, may leave.
    #[must_use]
    pub fn after_cut(recording: &Recording, moment: usize, syncs: Syncs, seed: u64) -> Image {
        let mut working = Working::of(&recording.before);
        recording.log[..moment].iter().for_each(|operation| working.apply(operation, syncs));
        working.cut(&mut Seeded::new(seed))
    }
}

impl Working {
    fn of(files: &Files) -> Working {
        let nodes = files.values().map(|bytes| Node { durable: bytes.clone(), since: Vec::new() }).collect();
        let names: BTreeMap<String, usize> = files.keys().cloned().zip(0..).collect();
        Working { nodes, durable_names: names.clone(), names, ..Working::default() }
    }

    fn apply(&mut self, operation: &Operation, syncs: Syncs) {
        match operation {
            Operation::Create(name) => {
                self.nodes.push(Node::default());
                self.rename(name, Some(self.nodes.len() - 1));
            }
            Operation::Delete(name) => self.rename(name, None),
            Operation::Write { file, offset, bytes } => {
                self.change(file, Change::Write { offset: *offset, bytes: bytes.clone() });
            }
            Operation::Truncate { file, length } => self.change(file, Change::Length(*length)),
            Operation::Unsynced(file) => self.nodes[self.names[file]].since.clear(),
            Operation::Sync(file) if syncs == Syncs::Honest => self.sync(file),
            Operation::Sync(_) | Operation::Mark(_) => {}
        }
    }

    fn rename(&mut self, name: &str, node: Option<usize>) {
        lead(&mut self.names, name, node);
        self.renamings.push(Renaming { name: name.to_owned(), node });
    }

    fn change(&mut self, file: &str, change: Change) {
        self.changes += 1;
        let node = self.names[file];
        self.nodes[node].since.push((self.changes, change));
    }

    /// The system syncs the folder with the first sync of a file that was made.
    fn sync(&mut self, file: &str) {
        let node = self.names[file];
        self.nodes[node].sync();
        if self.renamings.iter().any(|renaming| renaming.node == Some(node)) {
            self.renamings.clear();
            self.durable_names.clone_from(&self.names);
        }
    }

    fn cut(mut self, seeded: &mut Seeded) -> Image {
        let reached = seeded.below(self.renamings.len() + 1);
        for Renaming { name, node } in self.renamings.drain(..reached) {
            lead(&mut self.durable_names, &name, node);
        }
        let fate = Fate::chosen(seeded, self.changes);
        let sector = [512, 4096][seeded.below(2)];
        let mut image = Image { files: Files::new(), unsynced: 0, damaged: 0 };
        for (name, node) in &self.durable_names {
            let node = &self.nodes[*node];
            let bytes = node.after_cut(fate, sector, seeded);
            image.unsynced += node.writes().count();
            image.damaged +=
                node.writes().filter(|(range, written)| bytes.get(range.clone()) != Some(*written)).count();
            image.files.insert(name.clone(), bytes);
        }
        image
    }
}

fn lead(names: &mut BTreeMap<String, usize>, name: &str, node: Option<usize>) {
    match node {
        Some(node) => names.insert(name.to_owned(), node),
        None => names.remove(name),
    };
}
