//! The one place that writes to stdout and stderr and reads lines. It does not know what is written; foreign text was
//! escaped before it came here.

use std::io::{self, BufRead as _, ErrorKind, IsTerminal as _, Write};

use anstream::AutoStream;

use crate::error::{Error, Exit};
use crate::{escape, paint};

/// What the process may tell, and whether somebody is there to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    quiet: bool,
    stdin: bool,
    stdout: bool,
    stderr: bool,
}

impl Terminal {
    /// The terminal of the process.
    #[must_use]
    pub fn of_process(quiet: bool) -> Self {
        let (stdin, stdout) = (io::stdin().is_terminal(), io::stdout().is_terminal());
        Terminal { quiet, stdin, stdout, stderr: io::stderr().is_terminal() }
    }

    /// Whether the story is told at all.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether what is told may move: somebody looks at it.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.stderr && !self.quiet
    }

    /// Whether a person can be asked here and now.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        self.stdin && self.stderr
    }

    /// Whether results are read by a person: stdout is a terminal.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.stdout
    }

    /// Tells something on stderr, unless the story is not wanted.
    pub fn tell(&self, text: &str) {
        if !self.quiet {
            tell(text);
        }
    }
}

/// Writes a result to stdout. That nobody reads it any more is no error.
///
/// # Errors
/// It cannot be written.
pub fn result(text: &str) -> Result<(), Error> {
    let mut stdout = anstream::stdout().lock();
    let written =
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.write_all(b"\n")).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::failed(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a line to stderr. If that fails there is nobody to be told.
pub fn tell(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// The text as stderr shows it: without colours where it has none.
#[must_use]
pub fn for_stderr(text: &str) -> String {
    match AutoStream::choice(&io::stderr()) {
        anstream::ColorChoice::Never => anstream::adapter::strip_str(text).to_string(),
        _ => text.to_owned(),
    }
}

/// Writes a prompt to stderr and reads a line from stdin; nothing at the end of the input.
#[must_use]
pub fn ask(prompt: &str) -> Option<String> {
    let mut stderr = anstream::stderr();
    let _ = write!(stderr, "{prompt} ").and_then(|()| stderr.flush());
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(read) if read > 0 => Some(line.trim().to_owned()),
        _ => None,
    }
}

/// Tells an error with its hints.
pub fn complain(error: &Error) {
    if error.is_rendered() {
        tell(&escape::escape(error.message()));
    } else if !error.message().is_empty() {
        tell(&format!("{} {}", paint::bad("error:"), escape::escape(error.message())));
    }
    for hint in error.hints() {
        tell(&format!("  {} {}", paint::strong("hint:"), escape::escape(hint)));
    }
}

/// Tells what clap says: help and version on stdout, mistakes on stderr.
#[must_use]
pub fn usage(error: &clap::Error) -> Exit {
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Completed }
}
