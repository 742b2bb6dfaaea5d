//! Where a run's budget went, as a tree: the run, its steps, the plugins that they invoked and those that these called. It does
//! not know how it is drawn.

use std::collections::BTreeMap;

use baton_journal::{Entry, Event, InvocationId, Outcome, Site, Usage};
use baton_workflow::Ceiling;
use serde::Serialize;

use crate::story::Story;

/// A branch of what was spent: a run, a step, or all invocations of a plugin by the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spending {
    /// The workflow, the step, or the plugin: `summariser`, `crm/contacts.get`.
    pub name: String,
    /// How many invocations came to an end.
    pub invocations: u64,
    /// What they used, those inside included. Wall time is that of what steps invoke; of the run, the time in which it did not
    /// only wait.
    pub used: Usage,
    /// What the branch may use, as far as its budget says.
    #[serde(skip_serializing_if = "Ceiling::is_open")]
    pub budget: Ceiling,
    /// What it consists of, in the order in which it began.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<Spending>,
}

impl Story {
    /// Where the run's budget went.
    #[must_use]
    pub fn spending(&self) -> Spending {
        let mut root = Spending::of(self.machine().plan().name(), self.entries());
        root.used.wall_ms = self.machine().worked_ms();
        root.budget = self.machine().ceiling();
        root.inside.iter_mut().for_each(|step| self.bound(step, &step.name.clone()));
        root
    }

    /// Says what steps may use.
    fn bound(&self, branch: &mut Spending, step: &str) {
        branch.budget = self.machine().ceiling_of(step);
        for inner in &mut branch.inside {
            let name = format!("{step}/{}", inner.name);
            self.bound(inner, &name);
        }
    }
}

impl Spending {
    /// What the entries of a run tell of it, without what it might have used.
    #[must_use]
    pub fn of(workflow: &str, entries: &[Entry]) -> Self {
        let mut tree = Tree { root: Spending::named(workflow), paths: BTreeMap::new() };
        entries.iter().for_each(|entry| tree.take(&entry.event));
        tree.root
    }

    fn named(name: &str) -> Self {
        let (used, budget) = (Usage::default(), Ceiling::default());
        Spending { name: name.to_owned(), invocations: 0, used, budget, inside: Vec::new() }
    }

    /// The branch of that name, which begins if it is not there.
    fn branch(&mut self, name: &str) -> &mut Spending {
        let place = self.inside.iter().position(|branch| branch.name == name).unwrap_or_else(|| {
            self.inside.push(Spending::named(name));
            self.inside.len() - 1
        });
        &mut self.inside[place]
    }
}

/// A tree that grows with the entries of a journal.
struct Tree {
    root: Spending,
    /// The branches of each invocation, from the step's on.
    paths: BTreeMap<InvocationId, Vec<String>>,
}

impl Tree {
    fn take(&mut self, event: &Event) {
        match event {
            Event::InvocationStarted { invocation, site, caller, plugin, function, .. } => {
                let before = caller.as_ref().and_then(|caller| self.paths.get(caller));
                let mut path = before.cloned().unwrap_or_else(|| steps(site));
                path.push(function.as_ref().map_or_else(|| plugin.clone(), |function| format!("{plugin}/{function}")));
                self.paths.insert(invocation.clone(), path);
            }
            Event::InvocationEnded { invocation, caller, outcome, usage, .. } if *outcome != Outcome::Suspended => {
                let path = self.paths.get(invocation).cloned().unwrap_or_default();
                self.spend(&path, *usage, caller.is_none());
            }
            _ => {}
        }
    }

    /// Adds to every branch of a path; what is invoked inside runs in the time of who invokes it.
    fn spend(&mut self, path: &[String], usage: Usage, is_of_step: bool) {
        let inside = Usage { wall_ms: if is_of_step { usage.wall_ms } else { 0 }, ..usage };
        let mut branch = &mut self.root;
        branch.used = branch.used.plus(inside);
        for (place, name) in path.iter().enumerate() {
            branch = branch.branch(name);
            let is_last = place + 1 == path.len();
            branch.used = branch.used.plus(if is_last { usage } else { inside });
            branch.invocations += u64::from(is_last);
        }
    }
}

/// The steps on the way to a site: of `onboard[2]/crm`, `onboard` and `crm`.
fn steps(site: &Site) -> Vec<String> {
    let step = |part: &str| part.split('[').next().unwrap_or(part).to_owned();
    site.step.split('/').map(step).collect()
}
