//! How to call the program again: commands to copy and paste. It does not know whether they succeed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The program, as a person would type it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program(&'static str);

impl Program {
    /// Tells from the name it was called by how it is called again: from a build folder, through cargo.
    #[must_use]
    pub fn called(name: Option<&OsStr>) -> Self {
        let built = name.is_some_and(|name| lies_in_build_folder(Path::new(name)));
        Program(if built { "cargo run --release --" } else { "baton" })
    }
}

/// Whether the path is `…/target/…/release/baton`, or the same of `debug`.
fn lies_in_build_folder(path: &Path) -> bool {
    let Some(folder) = path.parent() else { return false };
    let profile = folder.file_name().is_some_and(|name| name == "release" || name == "debug");
    profile && folder.components().any(|part| part.as_os_str() == "target")
}

/// Calls of the program about one project.
#[derive(Clone, Debug)]
pub struct Again {
    program: Program,
    project: Option<PathBuf>,
}

impl Again {
    /// Calls of a program, with `--project` if one is given.
    #[must_use]
    pub fn new(program: Program, project: Option<PathBuf>) -> Self {
        Again { program, project }
    }

    /// The command with these words, quoted for a shell where they need it.
    #[must_use]
    pub fn command(&self, words: &[&str]) -> String {
        let mut command = self.program.0.to_owned();
        for word in words {
            command.push(' ');
            command.push_str(&quoted(word));
        }
        if let Some(project) = &self.project {
            command.push_str(" --project ");
            command.push_str(&quoted(&project.display().to_string()));
        }
        command
    }
}

/// A word for a POSIX shell.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expect: &str) {
        let again = Again::new(Program::called(Some(OsStr::new(name))), None);
        assert_eq!(again.command(&["show", "last"]), expect);
    }

    #[test]
    fn from_a_build_folder_it_is_called_through_cargo() {
        check("target/release/baton", "cargo run --release -- show last");
        check("/home/me/baton/target/debug/baton", "cargo run --release -- show last");
        check("/src/target/x86_64-unknown-linux-gnu/release/baton", "cargo run --release -- show last");
        check("/usr/local/bin/baton", "baton show last");
        check("/opt/release/baton", "baton show last");
        check("baton", "baton show last");
        check("", "baton show last");
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_split_or_read_them() {
        let project = Some(PathBuf::from("/tmp/a b"));
        let again = Again::new(Program::called(None), project);
        let command =
            again.command(&["approve", "01k", "sign_off", "--role", "managing partner", "--comment", "it's $5"]);
        let expect =
            r"baton approve 01k sign_off --role 'managing partner' --comment 'it'\''s $5' --project '/tmp/a b'";
        assert_eq!(command, expect);
    }
}
