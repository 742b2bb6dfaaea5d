//! What must hold of a run that was killed: it ends as the run that nobody disturbed, no finished call was repeated, and
//! each effect was entered as often as it may be. It does not know where the run was killed.

use std::collections::{BTreeMap, BTreeSet};

use baton_journal::{Event, Failure, InvocationId, Outcome};

use super::trial::History;
use super::workload::Leeway;

/// What is to be said of a run.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// The steps whose call was in flight at a death and may not be repeated: they were declined.
    pub(super) declined: Vec<String>,
    /// Finished calls that were made once more.
    pub(super) repeated: Vec<String>,
    /// What came out differently.
    pub(super) differing: Option<String>,
    /// What else does not hold.
    pub(super) broken: Vec<String>,
}

impl Verdict {
    /// Compares a run with one that nobody disturbed.
    pub(super) fn on(history: &History, undisturbed: &History, leeway: Leeway) -> Self {
        let declined = declined(history, leeway);
        let mut verdict = Verdict {
            repeated: [requested_again(history), recorded_again(history)].concat(),
            differing: history.account.difference(&undisturbed.account, &declined),
            broken: broken(history),
            declined,
        };
        verdict.broken.extend(wrong_effects(history, undisturbed, leeway, &verdict.declined));
        verdict
    }

    /// Everything that is wrong.
    pub(super) fn problems(&self) -> Vec<String> {
        let repeated = self.repeated.iter().map(|call| format!("a finished call was made again: {call}"));
        let differing = self.differing.iter().map(|line| format!("the result differs: {line}"));
        repeated.chain(differing).chain(self.broken.iter().cloned()).collect()
    }
}

/// A step is declined only for a call that was in flight at a death.
fn declined(history: &History, leeway: Leeway) -> Vec<String> {
    let was_open = |id: &InvocationId| history.deaths.iter().any(|(glimpse, _)| glimpse.open.contains(id));
    let ended = history.entries.iter().filter_map(|entry| match &entry.event {
        Event::InvocationEnded { invocation, site, outcome: Outcome::Failed { failure }, .. } => {
            (matches!(failure, Failure::Declined(_)) && was_open(invocation)).then_some(&site.step)
        }
        _ => None,
    });
    ended.filter(|step| leeway.once.contains(&step.as_str())).cloned().collect()
}

/// Requests whose answer was recorded before a death, and that were made after it; or twice with no death between.
fn requested_again(history: &History) -> Vec<String> {
    let mut again = Vec::new();
    let ends = history.deaths.iter().map(|(_, book)| book.requests.len()).chain([history.book.requests.len()]);
    let (mut finished, mut begin) = (BTreeSet::new(), 0);
    for (life, end) in ends.enumerate() {
        let mut made = finished.clone();
        again.extend(history.book.requests[begin..end].iter().filter(|path| !made.insert((*path).clone())).cloned());
        finished.extend(history.deaths.get(life).into_iter().flat_map(|(glimpse, _)| glimpse.finished.iter().cloned()));
        begin = end;
    }
    again
}

/// Host calls that are recorded twice, and invocations that began or ended twice.
fn recorded_again(history: &History) -> Vec<String> {
    let mut times = BTreeMap::<String, u32>::new();
    for entry in &history.entries {
        let what = match &entry.event {
            Event::HostCall { invocation, sequence, .. } => format!("host call {sequence} of {invocation}"),
            Event::InvocationStarted { invocation, .. } => format!("{invocation} began"),
            Event::InvocationEnded { invocation, .. } => format!("{invocation} ended"),
            _ => continue,
        };
        *times.entry(what).or_default() += 1;
    }
    times.into_iter().filter(|(_, times)| *times > 1).map(|(what, times)| format!("{what} {times} times")).collect()
}

/// What no comparison shows.
fn broken(history: &History) -> Vec<String> {
    let mut broken = Vec::new();
    let [told, recorded] = &history.endings;
    if told != recorded {
        broken.push(format!("it told {told}, and the journal says {recorded}"));
    }
    if !matches!(history.entries.last().map(|entry| &entry.event), Some(Event::RunEnded(_))) {
        broken.push("the journal does not end with the run's end".to_owned());
    }
    broken.extend(history.unverified.iter().map(|what| format!("it does not verify: {what}")));
    for (glimpse, book) in &history.deaths {
        let writes = book.requests.iter().filter(|path| !path.starts_with("read/"));
        let unintended = writes.filter(|path| !glimpse.intended.contains(*path));
        broken.extend(unintended.map(|path| format!("{path} was requested without a recorded intent")));
    }
    broken
}

/// Effects that are missing, too many, or nobody's.
fn wrong_effects(history: &History, undisturbed: &History, leeway: Leeway, declined: &[String]) -> Vec<String> {
    let paths: BTreeSet<&String> = history.book.entered.keys().chain(undisturbed.book.entered.keys()).collect();
    let entered = |history: &History, path: &String| history.book.entered.get(path).copied().unwrap_or_default();
    let mut wrong = Vec::new();
    for path in paths {
        let (times, wanted) = (entered(history, path), entered(undisturbed, path));
        let name = path.rsplit('/').next().unwrap_or_default();
        if leeway.timed.contains(&name) {
            continue; // it may be stopped before it was made, and made again if it was in flight
        }
        let may_be_lost = declined.iter().any(|step| step == name);
        let may_be_more = !path.starts_with("keyed/") && !leeway.once.contains(&name);
        let is_right =
            times == wanted || (may_be_lost && times < wanted) || (may_be_more && times > wanted && wanted > 0);
        if !is_right {
            wrong.push(format!("{path} was entered {times} times, and undisturbed {wanted} times"));
        }
    }
    wrong
}

#[cfg(test)]
mod tests;
