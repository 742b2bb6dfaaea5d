//! A guest finds the variables that it was granted and no others, and an agent finds them as they were when its run began.

use std::fs;
use std::sync::Arc;

use baton_journal::Store;
use baton_store::MemoryStore;
use baton_tests::{Desk, Scratch, approval};
use serde_json::json;

const WORKFLOW: &str = "workflow: w
steps:
  before: { agent: looks-around, input: null }
  ask: { approve: { question: Go on? }, needs: [before] }
  after: { agent: looks-around, input: null, needs: [ask] }
output: { before: \"${{ steps.before.output.environment }}\", after: \"${{ steps.after.output.environment }}\" }
";

#[tokio::test]
async fn an_agent_that_goes_on_finds_what_its_run_began_with() {
    let scratch = Scratch::new(WORKFLOW).agent(
        "looks_around",
        "grants = { environment = [\"REGION=eu-west\", \"SURPLUS=1\"] }",
        "environment = [\"REGION\", \"TIER\"]\n",
    );
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let desk = Desk::over(scratch.path(), Arc::clone(&store)).unwrap();
    let parked = desk.run(&json!({})).await.unwrap();
    assert_eq!(parked.outcome, "parked", "{:?}", parked.error);

    let file = scratch.path().join("baton.toml");
    let changed = fs::read_to_string(&file).unwrap().replace("REGION=eu-west", "REGION=us-east");
    fs::write(&file, changed).unwrap();
    let next = Desk::over(scratch.path(), store).unwrap();
    let ending = next.answer(&parked.run, "ask", approval("anybody", None)).await.unwrap();
    let seen = json!([["REGION", "eu-west"]]);
    assert_eq!(ending.output, Some(json!({ "before": seen, "after": seen })), "{:?}", ending.error);
    let fresh = next.run(&json!({})).await.unwrap();
    let header = next.story(&fresh.run).await.header().plugins[0].environment.clone();
    assert_eq!(header.get("REGION").map(String::as_str), Some("us-east"), "a run that begins now sees the new value");
}

#[tokio::test]
async fn without_a_grant_the_environment_is_empty() {
    let workflow = "workflow: w\nsteps:\n  only: { agent: looks-around, input: null }\noutput: ${{ steps.only.output.environment }}\n";
    let scratch = Scratch::new(workflow).agent("looks_around", "", "environment = [\"REGION\"]\n");
    let ending = Desk::new(scratch.path()).unwrap().run(&json!({})).await.unwrap();
    assert_eq!(ending.output, Some(json!([])), "{:?}", ending.error);
}
