//! Workflows, expressions and schemas of strangers, read and evaluated without a run. It does not know what is in them.

use std::sync::Arc;

use baton_journal::{Digest, Event, Payload, RunHeader, RunId, RunOutcome, Timestamp};
use baton_runtime::plan::{Action, Catalog, Plan, Problems, Run};
use serde_json::Value;

/// Plans a workflow that names no plugins and no files.
pub(crate) fn plan(text: &str) -> Result<Plan, Problems> {
    Plan::parse("w.workflow.yaml", text.as_bytes(), &|_| Err("no such file".to_owned()), &Catalog::default())
}

/// Plans a workflow whose input must fit a schema.
pub(crate) fn plan_with_schema(schema: &Value) -> Result<Plan, Problems> {
    let text = "workflow: w\ninput: { schema: s.json }\nsteps: { ask: { approve: { question: Well? } } }\n";
    let bytes = schema.to_string().into_bytes();
    Plan::parse("w.workflow.yaml", text.as_bytes(), &|_| Ok(bytes.clone()), &Catalog::default())
}

/// The value of an expression, over an input; or what is wrong with it.
pub(crate) fn evaluate(expression: &str, input: &Value) -> Result<Value, String> {
    let text = format!(
        "workflow: w\nsteps: {{ skipped: {{ if: \"${{{{ input == 'no such input' }}}}\", approve: {{ question: Well? }} }} }}\noutput: ${{{{ {expression} }}}}\n"
    );
    let plan = Arc::new(plan(&text).map_err(|problems| problems.to_string())?);
    let mut run = Run::new(Arc::clone(&plan), RunId::new(Timestamp(1), 1), Digest::of(b"seed"));
    let actions =
        run.apply(Timestamp(1), &Event::RunStarted(header(&plan, input))).map_err(|error| error.to_string())?;
    actions.into_iter().find_map(ended).unwrap_or_else(|| Err("the run goes on".to_owned()))
}

fn ended(action: Action) -> Option<Result<Value, String>> {
    match action {
        Action::End(RunOutcome::Completed { output }) => Some(Ok(serde_json::from_str(output.as_str()?).unwrap())),
        Action::End(other) => Some(Err(format!("{other:?}"))),
        _ => None,
    }
}

/// How a run of the plan begins.
pub(crate) fn header(plan: &Plan, input: &Value) -> RunHeader {
    RunHeader {
        workflow: plan.name().to_owned(),
        plan_digest: plan.digest(),
        plan: Payload::text(plan.to_json()),
        input: Payload::json(input),
        seed: Digest::of(b"seed"),
        engine: baton_sandbox::IDENTITY.to_owned(),
        plugins: Vec::new(),
        version: None,
        forks: Vec::new(),
        admission: Default::default(),
    }
}
