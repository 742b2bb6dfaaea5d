//! Budgets over whole runs: nobody overspends, whoever asks people for more goes on where it was, and nothing is paid twice.

use baton_journal::{Decision, Entry, Event, RunId};
use baton_policy::{MicroUsd, Period};
use baton_runtime::Ending;
use baton_runtime::bundle::BudgetEntry;
use baton_tests::{Desk, Scratch, approval, example};
use serde_json::{Value, json};

use super::verify::verified;

/// An agent that calls a tool three times, each call for 0.02 usd.
fn paying(budget: &str, step: &str) -> Scratch {
    let call = "{ act: call, tool: crm/contacts.get, arguments: { id: C-0 } }";
    let workflow = format!(
        "workflow: w\nbudget: {budget}\nsteps:\n  only:\n    agent: acts\n    input: {{ acts: [ {call}, {call}, {call} ] }}\n{step}output: ${{{{ steps.only.output }}}}\n"
    );
    let facts = "[tools.\"contacts.get\"]\neffect = \"read\"\n[asks]\nstate = [\"agent\"]\n";
    let terms = "grants = { state = [\"agent\"] }\nprice = \"0.02 usd\"";
    Scratch::new(&workflow)
        .agent("acts", "grants = { tools = [\"crm/*\"] }", "tools = [\"crm/*\"]\n")
        .tool("crm", terms, facts)
}

/// Calls of the tool that began.
async fn paid(desk: &Desk, run: &RunId) -> usize {
    let is_call = |entry: &&Entry| matches!(&entry.event, Event::InvocationStarted { plugin, caller: Some(_), .. } if plugin == "crm");
    desk.story(run).await.entries().iter().filter(is_call).count()
}

fn cost(ending: &Ending) -> u64 {
    ending.steps.iter().map(|step| step.usage.micro_usd).sum()
}

async fn is_verified(desk: &Desk, run: &RunId) {
    let found = verified(desk, &desk.story(run).await).await;
    assert!(found.holds() && found.is_whole(), "{found:?}");
}

fn output(ending: &Ending) -> &Value {
    ending.output.as_ref().unwrap_or_else(|| panic!("{:?}", ending.error))
}

#[tokio::test]
async fn a_call_whose_price_is_not_left_is_not_made_and_its_caller_is_told() {
    let scratch = paying("{ usd: 0.05 }", "");
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&json!({})).await.unwrap();
    let told = output(&ending)[2]["err"].as_str().unwrap().to_owned();
    assert!(told.contains("it costs 0.02 usd, and the run used 0.04 usd of its usd budget of 0.05 usd"), "{told}");
    assert_eq!((paid(&desk, &ending.run).await, cost(&ending)), (2, 40_000));
}

#[tokio::test]
async fn an_agent_waits_for_a_person_and_goes_on_where_it_was() {
    let scratch = paying("{ usd: 0.05 }", "    on_exhausted: { ask: { to: [finance] } }\n");
    let desk = Desk::new(scratch.path()).unwrap();
    let parked = desk.run(&json!({})).await.unwrap();
    assert_eq!((parked.outcome, paid(&desk, &parked.run).await), ("parked", 2));
    let question = parked.waiting.first().unwrap();
    insta::assert_json_snapshot!("a_question_about_a_budget", question, { ".token" => "…", ".deadline" => "…" });

    let ending = desk.answer(&parked.run, &question.step, approval("finance", None)).await.unwrap();
    assert_eq!(output(&ending), &json!([{"ok": null}, {"ok": null}, {"ok": null}]));
    assert_eq!((paid(&desk, &ending.run).await, cost(&ending)), (3, 60_000), "nothing is paid twice");
    is_verified(&desk, &ending.run).await;
}

#[tokio::test]
async fn a_no_is_told_to_the_agent() {
    let scratch = paying("{ usd: 0.03 }", "    on_exhausted: ask\n");
    let desk = Desk::new(scratch.path()).unwrap();
    let parked = desk.run(&json!({})).await.unwrap();
    let no = Decision::Rejected { by: "Ada".to_owned(), role: None, comment: Some("enough".to_owned()) };
    let step = parked.waiting.first().unwrap().step.clone();
    let ending = desk.answer(&parked.run, &step, no).await.unwrap();
    assert!(output(&ending)[1]["err"].as_str().unwrap().contains("it costs 0.02 usd"), "{ending:?}");
    assert_eq!((paid(&desk, &ending.run).await, cost(&ending)), (1, 20_000));
    is_verified(&desk, &ending.run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manager_of_the_example_is_stopped_and_goes_on_when_finance_says_so() {
    let desk = Desk::new(&example("failures/cost-overrun")).unwrap();
    let parked = desk.run_file("requests/all.json").await;
    assert_eq!((parked.outcome, cost(&parked)), ("parked", 100_000), "{:?}", parked.error);
    let question = parked.waiting.first().unwrap();
    let ending = desk.answer(&parked.run, &question.step, approval("finance", None)).await.unwrap();
    assert_eq!((&output(&ending)["work"], cost(&ending)), (&json!({"first": 8, "again": 6, "failed": 0}), 140_000));
    let told = desk.story(&ending.run).await.spending();
    let readings = &told.inside[0].inside[0].inside[0];
    assert_eq!((readings.name.as_str(), readings.invocations, told.used.micro_usd), ("clause-reader", 14, 140_000));
    is_verified(&desk, &ending.run).await;
    let cheap = desk.run_file("requests/one.json").await;
    assert_eq!((cheap.outcome, cost(&cheap)), ("completed", 40_000));
}

#[tokio::test]
async fn runs_share_the_budget_of_their_project() {
    let scratch = paying("{ usd: 0.10 }", "");
    let mut desk = Desk::new(scratch.path()).unwrap();
    desk.host = desk.host.with_budget(BudgetEntry { usd: MicroUsd(200_000), per: Period::Month });
    let first = desk.run(&json!({})).await.unwrap();
    assert_eq!((first.outcome, cost(&first)), ("completed", 60_000));
    let second = desk.run(&json!({})).await.unwrap();
    assert_eq!(second.outcome, "completed", "0.14 usd were left, and it may cost 0.10");
    let refused = desk.run(&json!({})).await.unwrap_err();
    let told = format!("{refused}\n  {}", refused.hint().unwrap_or_default());
    insta::assert_snapshot!("a_project_that_has_spent_its_budget", told);
}

#[tokio::test]
async fn what_costs_nothing_needs_no_budget() {
    let scratch = paying("{}", "");
    let free =
        std::fs::read_to_string(scratch.path().join("baton.toml")).unwrap().replace("\nprice = \"0.02 usd\"", "");
    std::fs::write(scratch.path().join("baton.toml"), free).unwrap();
    let mut desk = Desk::new(scratch.path()).unwrap();
    desk.host = desk.host.with_budget(BudgetEntry { usd: MicroUsd(0), per: Period::Day });
    assert_eq!(desk.run(&json!({})).await.unwrap().outcome, "completed");
}

#[tokio::test]
async fn parallel_calls_never_pass_the_budget_together() {
    let scratch =
        paying("{ usd: 0.05 }", "    for_each: ${{ [1, 2, 3, 4] }}\n    join: all_settled\n    max_parallel: 4\n");
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&json!({})).await.unwrap();
    assert_eq!((paid(&desk, &ending.run).await, cost(&ending)), (2, 40_000), "{ending:?}");
    is_verified(&desk, &ending.run).await;
}
