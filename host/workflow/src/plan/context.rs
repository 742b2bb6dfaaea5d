//! The context of a run: variables that several steps write, with a rule for what becomes of values that are written at the
//! same time. What is read does not depend on who was first: contributions are merged in the order of the plan, and whoever
//! reads waits for all that write. It does not know steps.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::schema::Schema;

/// A variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Variable {
    /// How contributions are merged.
    pub(crate) merge: Merge,
    /// What is there before the first contribution.
    pub(crate) initial: Value,
    /// What each contribution must fit.
    pub(crate) schema: Option<Schema>,
}

/// How contributions to a variable are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Merge {
    /// Lists, one after the other.
    Append,
    /// Objects: the entries of all, the last of each name.
    #[serde(rename = "merge")]
    Entries,
    /// Numbers: the largest.
    Max,
    /// Anything: the last one.
    Last,
}

impl Merge {
    /// The rules by their names.
    pub(crate) const ALL: [(&'static str, Merge); 4] =
        [("append", Merge::Append), ("merge", Merge::Entries), ("max", Merge::Max), ("last", Merge::Last)];

    /// What is there before the first contribution, if nothing is said.
    pub(crate) fn nothing(self) -> Value {
        match self {
            Merge::Append => Value::Array(Vec::new()),
            Merge::Entries => Value::Object(Map::new()),
            Merge::Max | Merge::Last => Value::Null,
        }
    }

    /// Whether a value can be a contribution; what it should be if not.
    pub(crate) fn takes(self, value: &Value) -> Result<(), &'static str> {
        match (self, value) {
            (Merge::Append, Value::Array(_))
            | (Merge::Entries, Value::Object(_))
            | (Merge::Max, Value::Number(_))
            | (Merge::Last, _) => Ok(()),
            (Merge::Append, _) => Err("a list"),
            (Merge::Entries, _) => Err("an object"),
            (Merge::Max, _) => Err("a number"),
        }
    }

    /// A value and a contribution that it takes, together.
    pub(crate) fn join(self, value: Value, contribution: &Value) -> Value {
        match (self, value, contribution) {
            (Merge::Append, Value::Array(mut items), Value::Array(more)) => {
                items.extend(more.iter().cloned());
                items.into()
            }
            (Merge::Entries, Value::Object(mut entries), Value::Object(more)) => {
                entries.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
                entries.into()
            }
            (Merge::Max, Value::Number(one), Value::Number(other)) if one.as_f64() >= other.as_f64() => one.into(),
            (_, _, contribution) => contribution.clone(),
        }
    }
}
