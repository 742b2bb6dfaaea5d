//! The JSON Schemas (2020-12) of `baton.toml` and `plugin.toml`, for editors and for programs that write them. They follow
//! from the types into which the files are read. They do not know what fits together: loading checks that.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

use crate::manifest::{self, Manifest};
use crate::project::{self, ProjectFile};

/// The JSON Schema of `baton.toml`.
#[must_use]
pub fn project() -> Value {
    of::<ProjectFile>(project::FILE_NAME, "The operator's: which plugins a project has, what each is granted, limits.")
}

/// The JSON Schema of `plugin.toml`.
#[must_use]
pub fn plugin() -> Value {
    of::<Manifest>(manifest::FILE_NAME, "The author's: what a plugin is, how it is made, and what it asks for.")
}

fn of<T: JsonSchema>(title: &str, description: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(AsWritten);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    let mut ordered = Map::new();
    ordered.extend(schema.remove("$schema").map(|dialect| ("$schema".to_owned(), dialect)));
    ordered.insert("title".to_owned(), title.into());
    ordered.insert("description".to_owned(), description.into());
    for (key, value) in schema.ensure_object() {
        ordered.entry(key.clone()).or_insert_with(|| value.clone());
    }
    Value::Object(ordered)
}

/// Makes of what types say what a file says: in TOML there is no null, what may be left out is not there, and numbers have no
/// size in bits. Comments are paragraphs.
#[derive(Clone, Debug)]
struct AsWritten;

impl Transform for AsWritten {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        schema.remove("format");
        if schema.get("default").is_some_and(says_nothing) {
            schema.remove("default");
        }
        if let Some(Value::String(description)) = schema.get_mut("description") {
            *description = description.replace('\n', " ");
        }
        drop_null_of_type(schema);
        drop_null_of_choice(schema);
    }
}

fn drop_null_of_type(schema: &mut Schema) {
    let Some(Value::Array(kinds)) = schema.get_mut("type") else { return };
    kinds.retain(|kind| kind != "null");
    if let [one] = &kinds[..] {
        let one = one.clone();
        schema.insert("type".to_owned(), one);
    }
}

fn drop_null_of_choice(schema: &mut Schema) {
    let Some(Value::Array(parts)) = schema.get_mut("anyOf") else { return };
    parts.retain(|part| part.get("type").is_none_or(|kind| kind != "null"));
    let only = if parts.len() == 1 { parts.pop() } else { None };
    if let Some(Value::Object(only)) = only {
        schema.remove("anyOf");
        for (key, value) in only {
            schema.ensure_object().entry(key).or_insert(value);
        }
    }
}

/// Whether a default is only that a key is not there.
fn says_nothing(default: &Value) -> bool {
    match default {
        Value::Null => true,
        Value::Object(entries) => entries.values().all(says_nothing),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
