//! What a command is given: the terminal, the environment, the projects that are known. It does not know commands.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::again::{Again, Program};
use crate::environment::Environment;
use crate::projects::KnownProjects;
use crate::terminal::Terminal;

/// What a command is given.
#[derive(Clone, Debug)]
pub struct Context {
    /// Where the story is told and questions are asked.
    pub terminal: Terminal,
    /// The time zone that moments are shown in.
    pub zone: TimeZone,
    /// The projects that were used before.
    pub projects: KnownProjects,
    /// The folder that the process was started in.
    pub folder: PathBuf,
    /// The name of the user.
    pub user: Option<String>,
    program: Program,
}

impl Context {
    /// Makes the context of a process.
    #[must_use]
    pub fn new(environment: Environment, quiet: bool) -> Self {
        Context {
            terminal: Terminal::of_process(quiet),
            zone: TimeZone::system(),
            projects: KnownProjects::below(environment.state_home.as_deref()),
            folder: environment.folder,
            user: environment.user,
            program: Program::called(environment.program.as_deref()),
        }
    }

    /// How the program is called again about a run of this project: with the project where it would not be found.
    #[must_use]
    pub fn again(&self, project: &Path) -> Again {
        let found = self.projects.has(project);
        let project = || std::path::absolute(project).unwrap_or_else(|_| project.to_owned());
        Again::new(self.program.clone(), (!found).then(project))
    }
}
