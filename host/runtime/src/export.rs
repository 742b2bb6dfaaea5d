//! Runs as files that can be carried elsewhere: what is written of a run, and how one is read. The form is
//! [`baton_journal::export`]'s. It does not know where files lie.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _, Write};

use baton_journal::export::Reader;
use baton_journal::{Digest, Exported, Store};

use crate::error::Error;
use crate::story::Story;

/// The most bytes of a line: the largest component that a store takes, as text.
const LONGEST_LINE: u64 = 360 << 20;

/// What is exported of a run; with its components it can be replayed where nothing else of it is at hand.
pub(crate) async fn of(store: &dyn Store, story: &Story, with_components: bool) -> Result<Exported, Error> {
    let mut components = BTreeMap::<Digest, Vec<u8>>::new();
    if with_components {
        for component in story.all_pins().map(|pin| pin.component) {
            components.insert(component, store.blob(component).await?);
        }
    }
    Ok(Exported { run: story.id().clone(), entries: story.entries().to_vec(), components })
}

/// Writes an exported run.
///
/// # Errors
/// What is written to fails.
pub fn write(exported: &Exported, mut to: impl Write) -> io::Result<()> {
    exported.write(|line| writeln!(to, "{line}"))?;
    to.flush()
}

/// Reads an exported run, and checks its chain and every digest. `path` is for the errors.
///
/// # Errors
/// It cannot be read, or is not what was written; with the line.
pub fn read(path: &str, mut from: impl BufRead) -> Result<Exported, Error> {
    let refuse = |reason: String| Error::File { path: path.to_owned(), reason };
    let (mut reader, mut line) = (Reader::default(), String::new());
    loop {
        line.clear();
        let bytes = from.by_ref().take(LONGEST_LINE).read_line(&mut line);
        if bytes.map_err(|error| refuse(error.to_string()))? == 0 {
            break;
        }
        let line = line.strip_suffix('\n').ok_or_else(|| refuse("its last line is cut off".to_owned()))?;
        reader.take(line).map_err(|error| refuse(error.to_string()))?;
    }
    reader.finish().map_err(|error| refuse(error.to_string()))
}
