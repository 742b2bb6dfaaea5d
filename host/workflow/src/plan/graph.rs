//! Which steps wait for which. It does not know why a step waits.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Definition, Role, Step};
use crate::expression::names;

/// The order of a plan's steps; steps are named by their index.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Graph {
    /// The steps that each waits for itself.
    before: Vec<BTreeSet<usize>>,
    /// The steps that wait for each themselves.
    after: Vec<BTreeSet<usize>>,
    /// The steps that some other sends the run to.
    branches: BTreeSet<usize>,
}

impl Graph {
    /// The graph of a definition; references to steps that are not there are left out.
    pub(crate) fn new(definition: &Definition) -> Graph {
        let writers = writers(definition);
        let steps = definition.steps.iter().enumerate();
        let mut before: Vec<BTreeSet<usize>> =
            steps.map(|(index, step)| references(index, step, definition, &writers)).collect();
        let mut branches = BTreeSet::new();
        for (index, step) in definition.steps.iter().enumerate() {
            for target in step.branches().into_iter().filter_map(|name| definition.index(name)) {
                before[target].insert(index);
                branches.insert(target);
            }
        }
        let mut after = vec![BTreeSet::new(); before.len()];
        for (index, earlier) in before.iter().enumerate() {
            for earlier in earlier {
                after[*earlier].insert(index);
            }
        }
        Graph { before, after, branches }
    }

    /// The steps that a step waits for itself.
    pub(crate) fn before(&self, step: usize) -> &BTreeSet<usize> {
        &self.before[step]
    }

    /// The steps that wait for a step themselves.
    pub(crate) fn after(&self, step: usize) -> &BTreeSet<usize> {
        &self.after[step]
    }

    /// The steps that wait for a step, directly or not.
    pub(crate) fn following(&self, step: usize) -> BTreeSet<usize> {
        reached(step, &self.after, None)
    }

    /// The same, without those on the way to which another one stands.
    pub(crate) fn following_without(&self, step: usize, without: usize) -> BTreeSet<usize> {
        reached(step, &self.after, Some(without))
    }

    /// The steps that a step waits for, directly or not.
    pub(crate) fn preceding(&self, step: usize) -> BTreeSet<usize> {
        reached(step, &self.before, None)
    }

    /// Whether some step sends the run to this one.
    pub(crate) fn is_branch(&self, step: usize) -> bool {
        self.branches.contains(&step)
    }

    /// The steps, each behind those that it waits for; those in circles, and behind them, are left out.
    pub(crate) fn in_order(&self) -> Vec<usize> {
        let mut waits: Vec<usize> = self.before.iter().map(BTreeSet::len).collect();
        let mut order: Vec<usize> = (0..waits.len()).filter(|step| waits[*step] == 0).collect();
        let mut at = 0;
        while let Some(step) = order.get(at).copied() {
            at += 1;
            for after in &self.after[step] {
                waits[*after] -= 1;
                if waits[*after] == 0 {
                    order.push(*after);
                }
            }
        }
        order
    }

    /// The steps that wait for each other, once for each circle: a path that ends where it began.
    pub(crate) fn circles(&self) -> Vec<Vec<usize>> {
        let mut inside = self.in_circles();
        let mut circles = Vec::new();
        while let Some(start) = inside.pop_first() {
            if let Some(circle) = self.way_back(start, &inside) {
                inside.retain(|step| !circle.contains(step));
                circles.push(circle);
            }
        }
        circles
    }

    /// What is left when steps that wait for nothing, or for which nothing waits, are taken away again and again.
    fn in_circles(&self) -> BTreeSet<usize> {
        let left: BTreeSet<usize> = (0..self.before.len()).collect();
        peeled(&peeled(&left, &self.before, &self.after), &self.after, &self.before)
    }

    /// The shortest way from a step back to itself over these.
    fn way_back(&self, start: usize, over: &BTreeSet<usize>) -> Option<Vec<usize>> {
        let mut from = BTreeMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(step) = open.pop_front() {
            for next in &self.before[step] {
                if *next == start {
                    return Some(way(start, step, &from));
                }
                if over.contains(next) && !from.contains_key(next) {
                    from.insert(*next, step);
                    open.push_back(*next);
                }
            }
        }
        None
    }
}

/// The way from a step over others to the last one, and back.
fn way(start: usize, last: usize, from: &BTreeMap<usize, usize>) -> Vec<usize> {
    let mut way = vec![start];
    let mut step = last;
    while step != start {
        way.push(step);
        step = from.get(&step).copied().unwrap_or(start);
    }
    way.push(start);
    way.reverse();
    way
}

/// What is left of some steps when those without an edge are taken away again and again.
fn peeled(steps: &BTreeSet<usize>, edges: &[BTreeSet<usize>], back: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    let mut left = steps.clone();
    let mut count: BTreeMap<usize, usize> =
        steps.iter().map(|step| (*step, edges[*step].intersection(steps).count())).collect();
    let mut open: Vec<usize> = steps.iter().copied().filter(|step| count.get(step) == Some(&0)).collect();
    while let Some(step) = open.pop() {
        left.remove(&step);
        for other in &back[step] {
            let Some(count) = count.get_mut(other).filter(|count| **count > 0) else { continue };
            *count -= 1;
            if *count == 0 {
                open.push(*other);
            }
        }
    }
    left
}

/// What is reached from a step by following edges, but for those through one.
fn reached(step: usize, edges: &[BTreeSet<usize>], without: Option<usize>) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<usize> = edges[step].iter().copied().collect();
    while let Some(next) = open.pop() {
        if Some(next) != without && reached.insert(next) {
            open.extend(&edges[next]);
        }
    }
    reached
}

/// The steps that write each variable of the context.
fn writers(definition: &Definition) -> BTreeMap<&str, BTreeSet<usize>> {
    let mut writers: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (index, step) in definition.steps.iter().enumerate() {
        for name in step.set.keys() {
            writers.entry(name).or_default().insert(index);
        }
    }
    writers
}

/// The steps that a step names in `needs` or in an expression, and those that write what it reads of the context. What
/// a step undoes is undone at the end: it waits for nothing.
fn references(
    index: usize,
    step: &Step,
    definition: &Definition,
    writers: &BTreeMap<&str, BTreeSet<usize>>,
) -> BTreeSet<usize> {
    let mut found: BTreeSet<usize> = step.needs.iter().filter_map(|name| definition.index(name)).collect();
    if step.role == Role::Undo {
        return found;
    }
    let mut note = |expression| {
        let named = names(expression);
        found.extend(named.steps.iter().filter_map(|place| definition.index(place.name)));
        let read = named.context.iter().filter_map(|place| writers.get(place.name)).flatten();
        found.extend(read.filter(|writer| **writer != index));
    };
    step.visit(&mut |_, expression| note(expression.root()));
    if let Some(verifier) = definition.steps.companion(index, Role::Verify) {
        definition.steps[verifier].visit(&mut |_, expression| note(expression.root()));
    }
    found
}
