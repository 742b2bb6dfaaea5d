//! What is told while plugins are built. It does not know how they are.

use std::time::Instant;

use baton_runtime::build::News;
use indicatif::ProgressBar;

use super::live;
use crate::terminal::Terminal;
use crate::{escape, format, paint, terminal};

/// A line for each plugin that is built; on a terminal with what the build says at the moment.
#[derive(Debug)]
pub struct BuildLines {
    terminal: Terminal,
    spinner: Option<ProgressBar>,
    began: Option<Instant>,
}

impl BuildLines {
    /// Tells nothing before the first news.
    #[must_use]
    pub fn new(terminal: Terminal) -> Self {
        BuildLines { terminal, spinner: None, began: None }
    }

    /// Tells the news.
    pub fn news(&mut self, news: &News) {
        match news {
            News::InstallingTarget(target) => self.print(&format!("installing the Rust target {target} with rustup…")),
            News::Building(plugin) => self.building(plugin),
            News::Line(line) => self.line(line),
            News::Built(plugin) => self.built(plugin),
        }
    }

    /// Takes the moving line away.
    pub fn end(&mut self) {
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
    }

    #[expect(clippy::disallowed_methods, reason = "how long a build takes is shown, and nothing depends on it")]
    fn building(&mut self, plugin: &str) {
        self.began = Some(Instant::now());
        let what = format!("building {}…", escape::escape_line(plugin));
        if !self.terminal.is_live() {
            return self.terminal.tell(&paint::faint(&what));
        }
        let spinner = self.spinner.get_or_insert_with(live::spinner);
        spinner.set_prefix(what);
        spinner.enable_steady_tick(live::TICK);
    }

    fn line(&self, line: &str) {
        const SHOWN: usize = 60;
        if let Some(spinner) = &self.spinner {
            let line: String = escape::escape_line(line).chars().take(SHOWN).collect();
            spinner.set_message(terminal::for_stderr(&paint::faint(&line)));
        }
    }

    fn built(&mut self, plugin: &str) {
        let took = self.began.take().map_or(0, |began| u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
        self.print(&format!("built {}  {}", escape::escape_line(plugin), paint::faint(&format::duration(took))));
    }

    fn print(&self, text: &str) {
        match &self.spinner {
            Some(spinner) => spinner.suspend(|| self.terminal.tell(text)),
            None => self.terminal.tell(text),
        }
    }
}
