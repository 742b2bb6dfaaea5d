//! Every way can be taken, and every step can run. A way that is never taken keeps from running what it alone leads to, and what
//! depends on that alone. It does not know values: only what an expression is whatever it sees.

use std::collections::{BTreeMap, BTreeSet};

use super::Sink;
use super::never::{never, section};
use super::sink::Finding;
use super::world::is_handled;
use crate::expression::Expression;
use crate::plan::approval::AtEnd;
use crate::plan::{Definition, Graph, Sleep, Step, Switch, Work};

/// Reports ways that are never taken, and steps that can never run. The steps are in no circle.
pub(crate) fn check(definition: &Definition, graph: &Graph, sink: &mut dyn Sink) {
    let mut ways = Ways::new(definition, graph);
    for index in graph.in_order() {
        ways.come_to(index);
        let step = &definition.steps[index];
        if let Some(finding) = ways.why_not(index) {
            ways.dead.insert(index);
            let key = if is_always(step.condition.as_ref(), false) { Some("if") } else { None };
            let path: Vec<&str> = [section(step.role), &step.name].into_iter().chain(key).collect();
            sink.at_path(&path, finding);
        }
        ways.leave(index, sink);
    }
}

/// Of how many steps with a way that is never taken it is found out what they keep from running: that takes a look at all
/// steps behind them, and nobody reads more errors.
const MAX_WRONG: usize = 100;

/// With how many ways before it one is compared: a file can have many.
const MAX_COMPARED: usize = 64;

/// What is known of the steps so far, in the order of the graph.
struct Ways<'d> {
    definition: &'d Definition,
    graph: &'d Graph,
    /// Whether one of the ways that lead to a step can be taken.
    to: BTreeMap<usize, bool>,
    /// What is left out in any case: it depends on ways that are never taken.
    cut: BTreeSet<usize>,
    /// What can never run.
    dead: BTreeSet<usize>,
    /// What comes after ways, so that it may be left out.
    behind_ways: BTreeSet<usize>,
    /// How many steps there were with a way that is never taken.
    wrong: usize,
}

/// A way from a step to another one.
struct Way<'d> {
    /// Where the step says so.
    at: Vec<String>,
    to: &'d str,
    kind: Kind,
    /// Why it is never taken, if that is known, and what to do.
    never: Option<(&'static str, &'static str)>,
}

/// When a way is taken.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// When the step chooses it.
    Case,
    /// When the step is not needed.
    Else,
    /// When the step failed.
    Failure,
}

impl<'d> Ways<'d> {
    fn new(definition: &'d Definition, graph: &'d Graph) -> Ways<'d> {
        let (cut, dead, behind_ways) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Ways { definition, graph, to: BTreeMap::new(), cut, dead, behind_ways, wrong: 0 }
    }

    /// All that a step waits for is known.
    fn come_to(&mut self, index: usize) {
        let has_ways = |before: usize| !self.definition.steps[before].branches().is_empty();
        let mut before = self.graph.before(index).iter();
        if before.any(|before| self.behind_ways.contains(before) || has_ways(*before)) {
            self.behind_ways.insert(index);
        }
    }

    /// Why a step can never run; none if it may.
    fn why_not(&self, index: usize) -> Option<Finding> {
        let step = &self.definition.steps[index];
        if !step.role.is_own() || self.to.get(&index) == Some(&true) {
            return None;
        }
        let of = |why: &str| format!("step `{}` can never run: {why}", step.name);
        if is_always(step.condition.as_ref(), false) {
            return Some(never(of("its `if` is always false"), "take the step away, or its `if`"));
        }
        if self.cut.contains(&index) {
            return Some(never(of("it depends on ways alone that are never taken"), "take it away, or mend the way"));
        }
        let is_only_led_to = step.condition.is_none() && self.graph.is_branch(index);
        let hint = "take it away, or lead to it from a step that can run";
        is_only_led_to.then(|| never(of("no way that leads to it is ever taken"), hint))
    }

    /// Looks at the ways from a step.
    fn leave(&mut self, index: usize, sink: &mut dyn Sink) {
        let step = &self.definition.steps[index];
        let ways = self.ways(index, step);
        for way in &ways {
            if let Some((why, hint)) = way.never {
                let path = [section(step.role), &step.name].into_iter().chain(way.at.iter().map(String::as_str));
                let finding = never(format!("the way to `{}` is never taken: {why}", way.to), hint);
                sink.at_path(&path.collect::<Vec<_>>(), finding);
            }
            let Some(to) = self.definition.index(way.to) else { continue };
            let is_open = way.never.is_none() && (way.kind == Kind::Else || !self.dead.contains(&index));
            *self.to.entry(to).or_default() |= is_open;
        }
        if !self.dead.contains(&index) && ways.iter().any(|way| way.never.is_some()) && self.wrong < MAX_WRONG {
            self.wrong += 1;
            self.leave_out(index, &ways);
        }
    }

    /// Leaves out what depends on ways that the step never takes, and not on one that it may take.
    fn leave_out(&mut self, index: usize, ways: &[Way<'d>]) {
        let with_target = |way: &Way<'d>| {
            let to = self.definition.index(way.to)?;
            Some((to, self.graph.following(to)))
        };
        let chosen = ways.iter().filter(|way| way.kind == Kind::Case && self.decides(index));
        let (never, may): (Vec<_>, Vec<_>) = chosen.partition(|way| way.never.is_some());
        let mut left: BTreeSet<usize> =
            never.into_iter().filter_map(with_target).flat_map(|(to, after)| after.into_iter().chain([to])).collect();
        for (to, kept) in may.into_iter().filter_map(with_target) {
            left.retain(|step| *step != to && !kept.contains(step));
        }
        for way in ways.iter().filter(|way| way.kind == Kind::Else && way.never.is_some()) {
            let Some((to, after)) = with_target(way) else { continue };
            let kept = self.graph.following_without(index, to);
            left.extend(after.into_iter().chain([to]).filter(|step| !kept.contains(step)));
        }
        self.cut.extend(left);
    }

    fn ways(&self, index: usize, step: &'d Step) -> Vec<Way<'d>> {
        let mut ways = match &step.work {
            Work::Switch(switch) => cases(switch),
            _ => Vec::new(),
        };
        ways.extend(step.otherwise.as_deref().map(|to| Way {
            at: vec!["else".to_owned()],
            to,
            kind: Kind::Else,
            never: self.is_always_needed(index).then_some(("`if` is always true", "take `if` and `else` away")),
        }));
        ways.extend(of_failures(step));
        ways
    }

    /// Whether a step decides about its ways in every run that goes on.
    fn decides(&self, index: usize) -> bool {
        let step = &self.definition.steps[index];
        let is_needed = step.condition.is_none() || is_always(step.condition.as_ref(), true);
        is_needed && !self.behind_ways.contains(&index) && !is_handled(step)
    }

    /// Whether a step runs whenever the run comes to it, and the run always does.
    fn is_always_needed(&self, index: usize) -> bool {
        is_always(self.definition.steps[index].condition.as_ref(), true) && !self.behind_ways.contains(&index)
    }
}

/// The ways of a switch: none is taken behind one that always is, nor for a reason that another one had before.
fn cases(switch: &Switch) -> Vec<Way<'_>> {
    let mut is_decided = false;
    let mut ways: Vec<Way<'_>> = Vec::new();
    for (place, case) in switch.cases.iter().enumerate() {
        let before = switch.cases.get(place.saturating_sub(MAX_COMPARED)..place).unwrap_or_default();
        let is_repeated = before.iter().any(|before| before.condition.root() == case.condition.root());
        let never = match case.condition.always() {
            _ if is_decided => Some(BEHIND),
            Some(false) => Some(("its `if` is always false", "take it away, or mend its `if`")),
            _ if is_repeated => Some(("a way before it has the same `if`", "take it away, or mend its `if`")),
            _ => None,
        };
        is_decided |= case.condition.always() == Some(true);
        let key = if never == Some(BEHIND) { "then" } else { "if" };
        ways.push(Way { at: at_case(place, key), to: &case.then, kind: Kind::Case, never });
    }
    ways.extend(switch.otherwise.as_deref().map(|to| Way {
        at: at_case(switch.cases.len(), "else"),
        to,
        kind: Kind::Case,
        never: is_decided.then_some(BEHIND),
    }));
    ways
}

const BEHIND: (&str, &str) = ("a way before it is always taken", "take it away, or mend the `if` of the one before");

fn at_case(place: usize, key: &str) -> Vec<String> {
    vec!["switch".to_owned(), place.to_string(), key.to_owned()]
}

/// The ways that a step takes when it failed.
fn of_failures(step: &Step) -> Vec<Way<'_>> {
    let ways = step.handled().filter_map(|(key, handled)| {
        let why = match key {
            "on_timeout" => (!may_be_late(step)).then_some("time is never over here"),
            _ => (!may_fail(step)).then_some("this step never fails"),
        };
        let never = why.map(|why| (why, "take it away"));
        Some(Way { at: vec![key.to_owned(), "then".to_owned()], to: handled.branch()?, kind: Kind::Failure, never })
    });
    ways.collect()
}

/// Whether a step can fail: one that only waits so long cannot.
fn may_fail(step: &Step) -> bool {
    step.condition.is_some() || !matches!(step.work, Work::Sleep(Sleep::For(_)))
}

/// Whether time can be over for a step.
fn may_be_late(step: &Step) -> bool {
    match &step.work {
        Work::Invoke(_) | Work::Listen(_) => true,
        Work::Approve(approval) => approval.at_end != AtEnd::Approve,
        Work::Workflow(_) | Work::Switch(_) | Work::Sleep(_) | Work::Emit(_) => false,
    }
}

fn is_always(condition: Option<&Expression>, value: bool) -> bool {
    condition.and_then(Expression::always) == Some(value)
}
