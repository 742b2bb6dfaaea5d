//! The projects that were used before, so that a run is found from any folder. It does not know what they hold.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The list of known projects: a file with one absolute path a line.
#[derive(Clone, Debug, Default)]
pub struct KnownProjects {
    file: Option<PathBuf>,
}

impl KnownProjects {
    /// The list in `baton/projects` below a folder; without a folder nothing is known and nothing remembered.
    #[must_use]
    pub fn below(state_home: Option<&Path>) -> Self {
        KnownProjects { file: state_home.map(|folder| folder.join("baton").join("projects")) }
    }

    /// The project files that are still there, in the order in which they were first used.
    #[must_use]
    pub fn list(&self) -> Vec<PathBuf> {
        let text = self.file.as_ref().and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
        let mut projects: Vec<PathBuf> = Vec::new();
        for path in text.lines().map(PathBuf::from) {
            if path.is_absolute() && path.is_file() && !projects.contains(&path) {
                projects.push(path);
            }
        }
        projects
    }

    /// Whether a project is in the list.
    #[must_use]
    pub fn has(&self, project: &Path) -> bool {
        project.canonicalize().is_ok_and(|project| self.list().contains(&project))
    }

    /// Adds a project's file to the list. A list that cannot be written costs comfort only, so nothing is reported:
    /// [`KnownProjects::has`] tells.
    pub fn remember(&self, project: &Path) {
        let Ok(project) = project.canonicalize() else { return };
        if !self.has(&project)
            && let Some(file) = &self.file
        {
            let _ = self.add(file, project);
        }
    }

    fn add(&self, file: &Path, project: PathBuf) -> io::Result<()> {
        let folder = file.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(folder)?;
        let lock = File::create(folder.join("projects.lock"))?;
        lock.lock()?; // another process may be adding its own
        let mut projects = self.list();
        if !projects.contains(&project) {
            projects.push(project);
        }
        write_atomically(file, &projects)
    }
}

fn write_atomically(file: &Path, projects: &[PathBuf]) -> io::Result<()> {
    let new = file.with_extension("new");
    let mut written = File::create(&new)?;
    for project in projects {
        // A path that is no line of text cannot be in a list of lines.
        if let Some(line) = project.to_str().filter(|line| !line.contains('\n')) {
            writeln!(written, "{line}")?;
        }
    }
    written.sync_all()?;
    fs::rename(&new, file)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn project(folder: &TempDir, name: &str) -> PathBuf {
        let path = folder.path().join(name);
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("baton.toml"), "").unwrap();
        path.join("baton.toml").canonicalize().unwrap()
    }

    #[test]
    fn projects_are_remembered_once_and_forgotten_when_they_vanish() {
        let folder = tempfile::tempdir().unwrap();
        let known = KnownProjects::below(Some(&folder.path().join("state")));
        let (one, two) = (project(&folder, "one"), project(&folder, "two"));
        known.remember(&one);
        known.remember(&two);
        known.remember(&one.parent().unwrap().join("../one/baton.toml"));
        assert_eq!(known.list(), [one.clone(), two.clone()]);
        fs::remove_file(&one).unwrap();
        assert_eq!(known.list(), std::slice::from_ref(&two));
        assert!(known.has(&two) && !known.has(&one));
    }

    #[test]
    fn without_a_place_nothing_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let known = KnownProjects::below(None);
        known.remember(&project(&folder, "one"));
        assert!(known.list().is_empty());
    }

    #[test]
    fn a_strange_list_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let known = KnownProjects::below(Some(folder.path()));
        fs::create_dir(folder.path().join("baton")).unwrap();
        fs::write(folder.path().join("baton/projects"), "relative\n\n/nowhere/baton.toml\n\u{0}\n").unwrap();
        assert!(known.list().is_empty());
    }
}
