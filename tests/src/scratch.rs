//! A project made for one test: guests as plugins, a workflow, and whatever files it names.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::guests::{guest, shipped};

/// A project in a folder that is deleted with it.
pub struct Scratch {
    folder: TempDir,
    project: String,
}

impl Scratch {
    /// A project with this workflow and no plugins.
    #[must_use]
    pub fn new(workflow: &str) -> Self {
        let scratch =
            Scratch { folder: TempDir::new().unwrap(), project: "workflow = \"w.workflow.yaml\"\n".to_owned() };
        scratch.file("w.workflow.yaml", workflow)
    }

    /// Writes a file of the project.
    #[must_use]
    pub fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Adds a guest of the tests as an agent; `terms` are lines of its table in `baton.toml`, `asks` of its manifest.
    #[must_use]
    pub fn agent(self, name: &str, terms: &str, asks: &str) -> Self {
        let manifest = format!("[agent]\n[asks]\n{asks}");
        self.plugin(&name.replace('_', "-"), &guest(name), &manifest, terms)
    }

    /// Adds a plugin that we ship as a tool with its own manifest's facts.
    #[must_use]
    pub fn tool(self, name: &str, terms: &str, facts: &str) -> Self {
        self.plugin(name, &shipped(name), facts, terms)
    }

    /// Adds a tool that is written as text, whose `run` changes nothing, and that is granted what it asks.
    #[must_use]
    pub fn text(self, name: &str, component: &str, asks: &str) -> Self {
        let component = wat::parse_str(component).unwrap();
        self.plugin(
            name,
            &component,
            &format!("[tools.run]\neffect = \"none\"\n[asks]\n{asks}\n"),
            &format!("grants = {{ {asks} }}"),
        )
    }

    /// Adds a plugin of these bytes.
    #[must_use]
    pub fn plugin(mut self, name: &str, component: &[u8], manifest: &str, terms: &str) -> Self {
        let head = format!("name = \"{name}\"\nversion = \"0.1.0\"\ncomponent = \"{name}.wasm\"\n");
        self.project.push_str(&format!("[plugins.{name}]\npath = \"{name}\"\n{terms}\n"));
        let project = self.project.clone();
        self.file(&format!("{name}/plugin.toml"), format!("{head}{manifest}"))
            .file(&format!("{name}/{name}.wasm"), component)
            .file("baton.toml", project)
    }

    /// Gives each invocation of its plugins a process of its own.
    pub fn isolate(&self) {
        let file = self.folder.path().join("baton.toml");
        let shared = fs::read_to_string(&file).unwrap().replace("\nisolation = \"process\"", "");
        fs::write(file, shared.replace("\npath =", "\nisolation = \"process\"\npath =")).unwrap();
    }

    /// The project's folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}
