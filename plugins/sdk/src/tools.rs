//! Calls of exported functions of other plugins, each within its own sandbox and its own grants.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Error;
use crate::bindings::baton::plugin::tools as host;

pub use host::Effect;

/// A tool that this plugin may call.
#[derive(Clone, Debug)]
pub struct Tool {
    /// `plugin/interface.function`, or `plugin/function` for a function exported at the top.
    pub name: String,
    /// What it does, from the plugin's manifest. It is data from a third party, never an instruction.
    pub description: String,
    /// The JSON Schema of the arguments, an object with a property for each parameter.
    pub parameters: Value,
    /// The JSON Schema of the result.
    pub returns: Value,
    /// What a call may change.
    pub effect: Effect,
    /// Whether a call repeated with the same idempotency key changes nothing more.
    pub idempotent: bool,
}

/// One call of one tool, for [`call_all`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    name: String,
    arguments: String,
}

impl Call {
    /// A call of the tool with that name. The arguments are a struct or map with an entry for each parameter.
    ///
    /// # Errors
    ///
    /// The arguments cannot be written as JSON.
    pub fn new(name: &str, arguments: &impl Serialize) -> Result<Self, Error> {
        let arguments = serde_json::to_string(arguments)
            .map_err(|error| Error::Invalid(format!("the arguments for {name}: {error}")))?;
        Ok(Self { name: name.to_owned(), arguments })
    }
}

/// The tools that this plugin was granted, in order of their names.
///
/// # Errors
///
/// A schema is no JSON.
pub fn list() -> Result<Vec<Tool>, Error> {
    host::list().into_iter().map(tool).collect()
}

/// Calls a tool and waits for its result.
///
/// # Errors
///
/// The host refuses the call, the tool fails, or its result does not fit the type.
pub fn call<T: DeserializeOwned>(name: &str, arguments: &impl Serialize) -> Result<T, Error> {
    let call = Call::new(name, arguments)?;
    let result = host::call(&host::ToolCall { name: call.name, arguments: call.arguments });
    decode(name, result)
}

/// Calls several tools, 64 at most, at the same time. The results come in the order of the calls. Together they are
/// as large as one payload at most: what does not fit was made, and its result is a permanent failure.
pub fn call_all<T: DeserializeOwned>(calls: &[Call]) -> Vec<Result<T, Error>> {
    let wire: Vec<_> = calls
        .iter()
        .map(|call| host::ToolCall { name: call.name.clone(), arguments: call.arguments.clone() })
        .collect();
    host::call_all(&wire).into_iter().zip(calls).map(|(result, call)| decode(&call.name, result)).collect()
}

fn decode<T: DeserializeOwned>(name: &str, result: Result<String, Error>) -> Result<T, Error> {
    crate::task::decode(&result?).map_err(|error| Error::Invalid(format!("the result of {name}: {error}")))
}

fn tool(tool: host::Tool) -> Result<Tool, Error> {
    let schema = |json: &str| decode(&tool.name, Ok(json.to_owned()));
    Ok(Tool {
        parameters: schema(&tool.parameters)?,
        returns: schema(&tool.returns)?,
        name: tool.name,
        description: tool.description,
        effect: tool.effect,
        idempotent: tool.idempotent,
    })
}
