//! Which steps wait for which. It does not know why a step waits.

use std::collections::BTreeSet;

use super::{Definition, OnFailure, Step};
use crate::expression::names;

/// The order of a plan's steps; steps are named by their index.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Graph {
    /// The steps that each waits for itself.
    direct: Vec<BTreeSet<usize>>,
    /// The steps that each waits for, directly or not.
    all: Vec<BTreeSet<usize>>,
    /// The steps that some other hands over to when it fails.
    handlers: BTreeSet<usize>,
}

impl Graph {
    /// The graph of a definition; references to steps that are not there are left out.
    pub(crate) fn new(definition: &Definition) -> Graph {
        let mut direct: Vec<BTreeSet<usize>> =
            definition.steps.iter().map(|step| references(step, definition)).collect();
        let mut handlers = BTreeSet::new();
        for (index, step) in definition.steps.iter().enumerate() {
            if let Some(handler) = handler(step).and_then(|name| definition.index(name)) {
                direct[handler].insert(index);
                handlers.insert(handler);
            }
        }
        let all = closure(&direct);
        Graph { direct, all, handlers }
    }

    /// The steps that a step waits for itself.
    pub(crate) fn direct(&self, step: usize) -> &BTreeSet<usize> {
        &self.direct[step]
    }

    /// Whether a step waits for another, directly or not.
    pub(crate) fn depends(&self, step: usize, other: usize) -> bool {
        self.all[step].contains(&other)
    }

    /// Whether some step hands over to this one when it fails.
    pub(crate) fn is_handler(&self, step: usize) -> bool {
        self.handlers.contains(&step)
    }

    /// The steps that wait for each other, once for each circle: a path that ends where it began.
    pub(crate) fn circles(&self) -> Vec<Vec<usize>> {
        let mut seen = BTreeSet::new();
        let mut circles = Vec::new();
        for step in 0..self.direct.len() {
            if self.depends(step, step) && seen.insert(step) {
                let circle = self.way_back(step);
                seen.extend(circle.iter().copied());
                circles.push(circle);
            }
        }
        circles
    }

    /// The shortest way from a step back to itself.
    fn way_back(&self, start: usize) -> Vec<usize> {
        let mut ways: Vec<Vec<usize>> = vec![vec![start]];
        let mut visited = BTreeSet::new();
        loop {
            let mut longer = Vec::new();
            for way in ways {
                let last = way.last().copied().unwrap_or(start);
                for next in &self.direct[last] {
                    let extended: Vec<usize> = way.iter().copied().chain([*next]).collect();
                    if *next == start {
                        return extended;
                    }
                    if self.depends(*next, start) && visited.insert(*next) {
                        longer.push(extended);
                    }
                }
            }
            if longer.is_empty() {
                return vec![start, start];
            }
            ways = longer;
        }
    }
}

/// The step that takes over when this one fails.
pub(crate) fn handler(step: &Step) -> Option<&str> {
    match &step.on_failure {
        OnFailure::Then(name) => Some(name),
        OnFailure::Fail | OnFailure::Continue(_) => None,
    }
}

/// The steps that a step names in `needs` or in an expression.
fn references(step: &Step, definition: &Definition) -> BTreeSet<usize> {
    let mut found: BTreeSet<usize> = step.needs.iter().filter_map(|name| definition.index(name)).collect();
    step.visit(&mut |_, expression| {
        let named = names(expression.root());
        found.extend(named.steps.iter().filter_map(|place| definition.index(place.name)));
    });
    found
}

/// Adds what follows from following edges.
fn closure(direct: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    (0..direct.len())
        .map(|step| {
            let mut reached = BTreeSet::new();
            let mut open: Vec<usize> = direct[step].iter().copied().collect();
            while let Some(next) = open.pop() {
                if reached.insert(next) {
                    open.extend(&direct[next]);
                }
            }
            reached
        })
        .collect()
}
