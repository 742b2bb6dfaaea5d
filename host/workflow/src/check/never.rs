//! What must hold at some time can hold: an expression that is always false is no filter, no check and no end of a loop, and a
//! list that is always empty has no items. It does not know ways.

use super::Sink;
use super::sink::Finding;
use crate::expression::Expression;
use crate::plan::{Definition, Join, Role, Step, Work};
use crate::problem::Code;

/// Reports what never holds, and what has nothing to do.
pub(crate) fn check(definition: &Definition, sink: &mut dyn Sink) {
    for (index, trigger) in definition.start.on.iter().enumerate() {
        if trigger.condition.as_ref().is_some_and(is_never) {
            let found =
                never("this never begins a run: its `if` is always false", "take the trigger away, or its `if`");
            sink.at_path(&["on", &index.to_string(), "if"], found);
        }
    }
    definition.steps.iter().filter(|step| step.role.is_own()).for_each(|step| of_step(step, sink));
}

fn of_step(step: &Step, sink: &mut dyn Sink) {
    let at = |path: &[&str], found: Finding, sink: &mut dyn Sink| {
        let whole: Vec<&str> = [section(step.role), &step.name].into_iter().chain(path.iter().copied()).collect();
        sink.at_path(&whole, found);
    };
    for (index, _) in step.check.iter().enumerate().filter(|(_, check)| is_never(&check.that)) {
        let found = never("this check never holds: no output passes", "ask something of `output`");
        at(&["check", &index.to_string()], found, sink);
    }
    if step.rounds.as_ref().is_some_and(|rounds| is_never(&rounds.until)) {
        let found =
            never("this never holds: the loop always fails", "ask something of `output`, such as `output.done`");
        at(&["loop", "until"], found, sink);
    }
    if let Work::Listen(listen) = &step.work
        && listen.condition.as_ref().is_some_and(is_never)
    {
        let found =
            never("no event is the one: this `if` is always false", "ask something of `event`, or take it away");
        at(&["wait", "if"], found, sink);
    }
    if let Some(found) = too_few(step) {
        at(&["for_each"], found, sink);
    }
}

/// Why a step can never do its work for as many items as it has.
fn too_few(step: &Step) -> Option<Finding> {
    let items = step.for_each.as_ref()?.constant()?.as_array()?.len();
    match step.join {
        _ if items == 0 => Some(never("there are no items: the work is never done", "write a list that has some")),
        Join::First(count) if u64::from(count) > items as u64 => {
            let message = format!("there are {items} items: {count} of them never complete");
            Some(never(message, "write a smaller `first`"))
        }
        _ => None,
    }
}

fn is_never(expression: &Expression) -> bool {
    expression.always() == Some(false)
}

/// A finding of what never happens.
pub(super) fn never(message: impl Into<String>, hint: &str) -> Finding {
    Finding::new(Code::Never, message, Some(hint.to_owned()))
}

/// Where the file has the steps of a role.
pub(super) fn section(role: Role) -> &'static str {
    if role == Role::Finally { "finally" } else { "steps" }
}
