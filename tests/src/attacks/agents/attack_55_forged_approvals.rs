//! An approval for something else: of another run, of a question that reads otherwise, used twice, or by another role.

use std::sync::Arc;

use baton_journal::{Decision, Digest, Event, RunId, Timestamp};
use baton_runtime::plan::{Action, Ask, Run};
use serde_json::json;

use crate::approval;
use crate::attacks::documents::{header, plan};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 55, name: "forged approvals", run };

const WORKFLOW: &str = "workflow: w
steps:
  pay: { approve: { question: \"Pay ${{ input.amount }}?\", show: \"${{ input }}\", roles: [partner] } }
  again: { needs: [pay], approve: { question: \"And ${{ input.amount }} once more?\", roles: [partner] } }
";

fn run(_: &Arena) -> Verdict {
    let (mut run, ask) = asking(1, 10);
    let (_, more) = asking(1, 10_000);
    let (_, elsewhere) = asking(2, 10);
    let tokens = [more.token, elsewhere.token, Digest::of(b"guessed"), Digest::from_bytes([0; 32])];
    let forged = tokens.map(|token| refused(&mut run, &ask.step, token, approval("partner", None)));
    let another_role = refused(&mut run, &ask.step, ask.token, approval("intern", None));
    run.apply(Timestamp(2), &decided(&ask.step, ask.token, approval("partner", None))).unwrap();
    let twice = refused(&mut run, &ask.step, ask.token, approval("partner", None));
    let for_the_next = refused(&mut run, "again", ask.token, approval("partner", None));
    Verdict::of(forged).and(Verdict::of([another_role, twice, for_the_next]))
}

/// A run that asks whether to pay an amount.
fn asking(number: u128, amount: u64) -> (Run, Ask) {
    let plan = Arc::new(plan(WORKFLOW).unwrap());
    let mut run = Run::new(Arc::clone(&plan), RunId::new(Timestamp(1), number), Digest::of(b"seed"));
    let started = Event::RunStarted(header(&plan, &json!({ "amount": amount })));
    let actions = run.apply(Timestamp(1), &started).unwrap();
    let Some(Action::Ask(ask)) = actions.into_iter().next() else { panic!("it does not ask") };
    let requested = ask.asked();
    run.apply(Timestamp(1), &requested).unwrap();
    (run, ask)
}

fn refused(run: &mut Run, step: &str, token: Digest, decision: Decision) -> Verdict {
    let error = run.apply(Timestamp(2), &decided(step, token, decision)).expect_err("it was taken");
    Verdict::contained("refused", error)
}

fn decided(step: &str, token: Digest, decision: Decision) -> Event {
    Event::ApprovalDecided { step: step.to_owned(), token, decision }
}
