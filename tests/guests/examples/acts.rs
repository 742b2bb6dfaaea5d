//! Does what it is told, one act after the other, and tells what came of each: the workhorse of the tests.

use std::time::Duration;

use baton_sdk::agents::{self, Work};
use baton_sdk::bindings::baton::plugin::state::{self, Scope};
use baton_sdk::events::{self, Filter};
use baton_sdk::people::{self, Question};
use baton_sdk::tools::{self, Call};
use baton_sdk::{Agent, Error, Failure, Task};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Input {
    acts: Vec<Act>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", tag = "act")]
enum Act {
    Get { scope: String, key: String },
    Set { scope: String, key: String, value: Value, ttl_ms: Option<u64> },
    SetText { scope: String, key: String, text: String },
    Delete { scope: String, key: String },
    Keys { scope: String, prefix: String },
    Swap { scope: String, key: String, expected: Option<Value>, value: Option<Value> },
    Increment { scope: String, key: String, by: i64 },
    CountUp { scope: String, key: String, times: u32 },
    SetBudget { scope: String, key: String },
    Tools,
    Call { tool: String, arguments: Value },
    CallAll { tool: String, arguments: Vec<Value> },
    Ask { question: String, show: Value, schema: Option<Value>, roles: Vec<String>, within_ms: u64 },
    Emit { event: String, data: Value },
    EmitText { event: String, text: String },
    Wait { event: String, having: Vec<(String, Value)>, within_ms: u64 },
    Staff,
    Delegate { agent: String, input: Value, share: u32 },
    DelegateAll { agent: String, inputs: Vec<Value>, share: u32 },
    Budget,
    Spin { rounds: u64 },
    Log { message: String },
    Random,
    Now,
    Fail { case: String, text: String },
}

struct Acts;

impl Agent for Acts {
    type Input = Input;
    type Output = Vec<Value>;

    fn run(task: Task<Input>) -> Result<Vec<Value>, Failure> {
        task.input.acts.into_iter().map(act).collect()
    }
}

fn act(act: Act) -> Result<Value, Failure> {
    Ok(match act {
        Act::Get { scope, key } => told(state::get(&room(scope), &key)),
        Act::Set { scope, key, value, ttl_ms } => told(state::set(&room(scope), &key, &value.to_string(), ttl_ms)),
        Act::SetText { scope, key, text } => told(state::set(&room(scope), &key, &text, None)),
        Act::Delete { scope, key } => told(state::delete(&room(scope), &key)),
        Act::Keys { scope, prefix } => told(state::keys(&room(scope), &prefix, None)),
        Act::Swap { scope, key, expected, value } => {
            let (expected, value) = (expected.map(|v| v.to_string()), value.map(|v| v.to_string()));
            told(state::compare_and_swap(&room(scope), &key, expected.as_deref(), value.as_deref(), None))
        }
        Act::SetBudget { scope, key } => {
            let left = baton_sdk::budget::left();
            let left = json!([left.fuel, left.memory_bytes, left.calls, left.bytes]);
            told(state::set(&room(scope), &key, &left.to_string(), None))
        }
        Act::Increment { scope, key, by } => told(state::increment(&room(scope), &key, by)),
        Act::CountUp { scope, key, times } => {
            let room = room(scope);
            (0..times).fold(Value::Null, |_, _| told(state::increment(&room, &key, 1)))
        }
        Act::Tools => json!(tools::list()?.iter().map(|tool| &tool.name).collect::<Vec<_>>()),
        Act::Call { tool, arguments } => told_of(tools::call::<Value>(&tool, &arguments)),
        Act::CallAll { tool, arguments } => {
            let calls: Result<Vec<Call>, Error> =
                arguments.iter().map(|arguments| Call::new(&tool, arguments)).collect();
            tools::call_all::<Value>(&calls?).into_iter().map(told_of).collect()
        }
        Act::Ask { question, show, schema, roles, within_ms } => {
            let asked = Question::new(question).show(&show)?.roles(roles).within(Duration::from_millis(within_ms));
            let asked = schema.into_iter().fold(asked, Question::schema);
            told(people::ask(&asked).map(|answer| json!([answer.by, answer.role, answer.added::<Value>().ok()])))
        }
        Act::Emit { event, data } => told(events::emit(&event, &data)),
        Act::EmitText { event, text } => told(baton_sdk::bindings::baton::plugin::events::emit(&event, &text)),
        Act::Wait { event, having, within_ms } => {
            let named = Filter::named(event).within(Duration::from_millis(within_ms));
            let filter = having.into_iter().try_fold(named, |filter, (at, value)| filter.having(at, &value))?;
            told(events::wait::<Value>(&filter))
        }
        Act::Staff => json!(agents::list()?.iter().map(|one| (&one.name, one.up_to)).collect::<Vec<_>>()),
        Act::Delegate { agent, input, share } => told_of(agents::delegate::<Value>(&agent, &input, share)),
        Act::DelegateAll { agent, inputs, share } => {
            let work: Result<Vec<Work>, Error> = inputs.iter().map(|input| Work::new(&agent, input, share)).collect();
            agents::delegate_all::<Value>(&work?).into_iter().map(told_of).collect()
        }
        Act::Budget => {
            let left = baton_sdk::budget::left();
            json!([left.fuel, left.calls, left.bytes])
        }
        Act::Spin { rounds } => json!((0..rounds).fold(1_u64, |sum, round| std::hint::black_box(sum ^ round))),
        Act::Log { message } => {
            baton_sdk::log::info(message);
            Value::Null
        }
        Act::Random => json!(baton_sdk::random::bytes(8)),
        Act::Now => json!(baton_sdk::clock::now().as_millis()),
        Act::Fail { case, text } => return Err(failure(&case, text)),
    })
}

fn room(scope: String) -> Scope {
    match scope.as_str() {
        "run" => Scope::Run,
        "agent" => Scope::Agent,
        _ => Scope::Shared(scope),
    }
}

fn told<T: serde::Serialize, E: std::fmt::Debug>(result: Result<T, E>) -> Value {
    match result {
        Ok(value) => json!({ "ok": value }),
        Err(error) => json!({ "err": format!("{error:?}") }),
    }
}

fn told_of(result: Result<Value, Error>) -> Value {
    told(result)
}

fn failure(case: &str, text: String) -> Failure {
    match case {
        "invalid" => Failure::Invalid(text),
        "transient" => Failure::Transient(text),
        "declined" => Failure::Declined(text),
        _ => Failure::Permanent(text),
    }
}

baton_sdk::agent!(Acts);
