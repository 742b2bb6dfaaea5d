//! A tool that does with files what it is told, one act after the other, and tells what came of each.

use std::ffi::{CString, c_char, c_int};
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use baton_sdk::Failure;
use serde::Deserialize;
use serde_json::{Value, json};

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code; wit/acting.wit is its documentation")]
mod bindings {
    baton_sdk::tool!({ world: "tests:acting/tool", path: ["../../wit/v0.1", "wit"] });
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", tag = "act")]
enum Act {
    Read {
        path: String,
    },
    Write {
        path: String,
        text: String,
    },
    Append {
        path: String,
        text: String,
    },
    /// Opens for reading and asks to truncate, which the standard library would not.
    Truncate {
        path: String,
    },
    SetSize {
        path: String,
        size: u64,
    },
    WriteAt {
        path: String,
        at: u64,
    },
    /// Writes so many bytes.
    Fill {
        path: String,
        bytes: usize,
    },
    MakeFolder {
        path: String,
    },
    List {
        path: String,
    },
    /// Opens a file so many times and keeps it open.
    KeepOpen {
        path: String,
        count: usize,
    },
    /// Opens so many listings of a folder and keeps them.
    KeepListings {
        path: String,
        count: usize,
    },
    Rename {
        path: String,
        to: String,
    },
    HardLink {
        path: String,
        to: String,
    },
    SymbolicLink {
        path: String,
        to: String,
    },
    Remove {
        path: String,
    },
    RemoveFolder {
        path: String,
    },
    /// Reads so many times and tells what else than an error or the expected text it saw.
    ReadOften {
        path: String,
        times: u32,
        expected: String,
    },
}

struct HandlesFiles;

impl bindings::exports::tests::acting::acting::Guest for HandlesFiles {
    fn act(acts: String) -> Result<String, Failure> {
        let acts: Vec<Act> = serde_json::from_str(&acts).map_err(|error| Failure::Invalid(error.to_string()))?;
        Ok(Value::from_iter(acts.into_iter().map(|act| told(self::act(act)))).to_string())
    }
}

fn act(act: Act) -> io::Result<Value> {
    Ok(match act {
        Act::Read { path } => json!(fs::read_to_string(path)?),
        Act::Write { path, text } => json!(fs::write(path, text)?),
        Act::Append { path, text } => {
            json!(OpenOptions::new().append(true).open(path)?.write_all(text.as_bytes())?)
        }
        Act::Truncate { path } => json!(truncate(&path)?),
        Act::SetSize { path, size } => json!(OpenOptions::new().write(true).open(path)?.set_len(size)?),
        Act::WriteAt { path, at } => {
            let mut file = OpenOptions::new().write(true).open(path)?;
            file.seek(SeekFrom::Start(at))?;
            json!(file.write_all(b"x")?)
        }
        Act::Fill { path, bytes } => json!(fill(&path, bytes)?),
        Act::MakeFolder { path } => json!(fs::create_dir(path)?),
        Act::List { path } => {
            let mut names: Vec<String> = fs::read_dir(path)?
                .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                .collect::<io::Result<_>>()?;
            names.sort();
            json!(names)
        }
        Act::KeepOpen { path, count } => {
            let files: Vec<fs::File> = (0..count).map(|_| fs::File::open(&path)).collect::<io::Result<_>>()?;
            json!(files.len())
        }
        Act::KeepListings { path, count } => {
            let listings: Vec<fs::ReadDir> = (0..count).map(|_| fs::read_dir(&path)).collect::<io::Result<_>>()?;
            json!(listings.len())
        }
        Act::Rename { path, to } => json!(fs::rename(path, to)?),
        Act::HardLink { path, to } => json!(fs::hard_link(path, to)?),
        Act::SymbolicLink { path, to } => {
            #[expect(deprecated, reason = "it is the one that every target has")]
            let linked = fs::soft_link(path, to);
            json!(linked?)
        }
        Act::Remove { path } => json!(fs::remove_file(path)?),
        Act::RemoveFolder { path } => json!(fs::remove_dir(path)?),
        Act::ReadOften { path, times, expected } => json!(read_often(&path, times, &expected)),
    })
}

fn fill(path: &str, bytes: usize) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    io::copy(&mut io::repeat(b'x').take(bytes as u64), &mut file).map(drop)
}

/// How often it read the expected text, how often an error, and what else it saw.
fn read_often(path: &str, times: u32, expected: &str) -> Value {
    let (mut expected_seen, mut errors, mut others) = (0, 0, Vec::new());
    for _ in 0..times {
        match fs::read_to_string(path) {
            Ok(text) if text == expected => expected_seen += 1,
            Ok(text) => others.push(text),
            Err(_) => errors += 1,
        }
    }
    json!({ "expected": expected_seen, "errors": errors, "others": others })
}

unsafe extern "C" {
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
}

/// `O_RDONLY | O_TRUNC` of wasi-libc.
const READ_AND_TRUNCATE: c_int = 0x0400_0000 | (8 << 12);

fn truncate(path: &str) -> io::Result<()> {
    let path = CString::new(path)?;
    // SAFETY: the path ends with a zero and lives until the call is over.
    let opened = unsafe { open(path.as_ptr(), READ_AND_TRUNCATE) };
    if opened < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn told(result: io::Result<Value>) -> Value {
    match result {
        Ok(value) => json!({ "ok": value }),
        Err(error) => json!({ "err": error.to_string() }),
    }
}

baton_sdk::export!(HandlesFiles, bindings);
