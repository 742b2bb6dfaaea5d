//! The steps of a workflow in the order of the file, found by name. It does not know what a step does.

use std::collections::BTreeMap;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::Step;

/// Steps, in the order of the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Step>", into = "Vec<Step>")]
pub(crate) struct Steps {
    list: Vec<Step>,
    places: BTreeMap<String, usize>,
}

impl Steps {
    /// Where a step stands in the order.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// Changes every step, but for its name.
    pub(crate) fn for_each_mut(&mut self, change: impl FnMut(&mut Step)) {
        self.list.iter_mut().for_each(change);
    }
}

impl From<Vec<Step>> for Steps {
    fn from(list: Vec<Step>) -> Steps {
        let mut places = BTreeMap::new();
        for (index, step) in list.iter().enumerate() {
            places.entry(step.name.clone()).or_insert(index);
        }
        Steps { list, places }
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
