//! The statement about a run that was verified, for people. It does not know how it was verified.

use baton_runtime::Verification;
use baton_runtime::replay::Verdict;

use crate::escape::escape_line;
use crate::{format, paint};

/// The statement: what was looked at, what of it holds, and what nobody can say.
#[must_use]
pub fn statement(found: &Verification) -> String {
    let head = format!(
        "run {}  {}  {}",
        found.run,
        escape_line(&found.workflow),
        paint::outcome(found.outcome, found.outcome)
    );
    let rows = [
        ("chain", format!("{}, unbroken, up to {}", entries(found.entries), found.head.short())),
        ("payloads", format!("{}, each what its digest says", found.payloads)),
        ("workflow", workflow(found)),
        ("agents", agents(found)),
        ("tools", format!("{} taken from the record: tools are not made again", format::count(found.tools, "result"))),
        ("people", format!("{}: nobody can compute them", format::count(found.answers, "answer"))),
        ("engine", engine(found)),
    ];
    let rows = rows.iter().filter(|(name, _)| *name != "chain" || found.faults.is_empty());
    let rows: Vec<String> =
        rows.map(|(name, text)| format!("  {}  {text}", paint::faint(&format!("{name:<8}")))).collect();
    let faults: String = found.faults.iter().map(|fault| fault_line(fault.entry, &fault.what)).collect();
    format!("{head}\n\n{}\n{faults}\n{}", rows.join("\n"), conclusion(found))
}

fn entries(number: u64) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

fn workflow(found: &Verification) -> String {
    let plan = found.plan.short();
    match found.faults.len() {
        0 => format!("plan {plan}: every invocation, question and end follows from it"),
        faults => paint::bad(&format!("plan {plan}: {} not as they should be", entries(faults as u64))),
    }
}

fn agents(found: &Verification) -> String {
    let replay = &found.replay;
    let (same, other) =
        (replay.count(|one| matches!(one, Verdict::Same | Verdict::Stopped)), replay.count(Verdict::is_other));
    let (missing, open) =
        (replay.count(|one| *one == Verdict::Unavailable), replay.count(|one| *one == Verdict::Unfinished));
    let mut text =
        format!("{} made once more: the same calls, results and fuel", format::count(same as u64, "invocation"));
    if other > 0 {
        text.push_str(&paint::bad(&format!("; {other} not the same")));
    }
    if missing > 0 {
        text.push_str(&paint::warn(&format!("; {missing} not made: the component is not at hand")));
    }
    if open > 0 {
        text.push_str(&format!("; {open} not over"));
    }
    text
}

fn engine(found: &Verification) -> String {
    match &found.replay.other_engine {
        None => format!("{}, the one the run was made with", escape_line(&found.engine)),
        Some(engine) => paint::warn(&format!(
            "the run was made with another one ({}): fuel and traps need not be the same",
            escape_line(engine)
        )),
    }
}

fn fault_line(entry: u64, what: &str) -> String {
    format!("  {} {}\n", paint::bad(&format!("entry {entry}:")), escape_line(what))
}

fn conclusion(found: &Verification) -> String {
    let signature = paint::faint("who wrote the record it does not say: a journal carries no signature");
    if !found.holds() {
        return paint::bad("not verified: the record is not of what this run did");
    }
    if !found.is_whole() {
        let hint =
            "as far as it could be made again; with its components (`baton export --with-components`) all of it can";
        let hint =
            if found.replay.count(|one| *one == Verdict::Unavailable) > 0 { hint } else { "with another engine" };
        return format!("{} {hint}\n{signature}", paint::warn("verified"));
    }
    format!("{} nothing in this run is other than its record says\n{signature}", paint::good("verified:"))
}
