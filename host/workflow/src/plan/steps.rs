//! The steps of a workflow in the order of the file, found by name. It does not know what a step does.

use std::ops::Deref;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Role, Step};

/// Steps, in the order of the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Step>", into = "Vec<Step>")]
pub(crate) struct Steps {
    list: Vec<Step>,
    /// Where each stands, by its name.
    places: IndexMap<String, usize>,
    /// What belongs to each, in the order of the list.
    ties: Vec<Ties>,
}

/// Where the steps stand that belong to a step, and the one to which it belongs.
#[derive(Clone, Copy, Debug, Default)]
struct Ties {
    undo: Option<usize>,
    verifier: Option<usize>,
    owner: Option<usize>,
}

impl Steps {
    /// Where a step stands in the order.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// Where the step with that role stands that belongs to a step.
    pub(crate) fn companion(&self, step: usize, role: Role) -> Option<usize> {
        let ties = self.ties.get(step)?;
        match role {
            Role::Undo => ties.undo,
            Role::Verify => ties.verifier,
            Role::Main | Role::Finally => None,
        }
    }

    /// Where the step stands to which one belongs that does not stand for itself.
    pub(crate) fn owner(&self, step: usize) -> Option<usize> {
        self.ties.get(step)?.owner
    }

    /// Changes every step, but for its name and its role.
    pub(crate) fn for_each_mut(&mut self, change: impl FnMut(&mut Step)) {
        self.list.iter_mut().for_each(change);
    }
}

impl From<Vec<Step>> for Steps {
    fn from(list: Vec<Step>) -> Steps {
        let mut places = IndexMap::with_capacity(list.len());
        for (index, step) in list.iter().enumerate() {
            places.entry(step.name.clone()).or_insert(index);
        }
        let ties = list.iter().map(|step| Ties::of(step, &places)).collect();
        Steps { list, places, ties }
    }
}

impl Ties {
    fn of(step: &Step, places: &IndexMap<String, usize>) -> Ties {
        let place = |name: &str| places.get(name).copied();
        let companion = |role: Role| place(&format!("{}.{}", step.name, role.suffix()?));
        let owner = |suffix: &str| place(step.name.strip_suffix(suffix)?.strip_suffix('.')?);
        Ties {
            undo: companion(Role::Undo),
            verifier: companion(Role::Verify),
            owner: step.role.suffix().and_then(owner),
        }
    }
}

impl From<Steps> for Vec<Step> {
    fn from(steps: Steps) -> Vec<Step> {
        steps.list
    }
}

impl Deref for Steps {
    type Target = [Step];

    fn deref(&self) -> &[Step] {
        &self.list
    }
}

impl PartialEq for Steps {
    fn eq(&self, other: &Steps) -> bool {
        self.list == other.list
    }
}
