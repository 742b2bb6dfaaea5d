//! The tables of the language as a JSON Schema (2020-12), for editors and for programs that write workflows. It says what a file
//! may look like, not what fits together: names, types of values and order are what loading checks.

use serde_json::{Map, Value, json};

use super::WORKFLOW;
use super::table::{Bounded, Fallback, Field, Form, Table};

/// What an expression in braces looks like.
const IN_BRACES: &str = r"^\s*\$\{\{[\s\S]*\}\}\s*$";

/// The JSON Schema of the workflow file.
#[must_use]
pub fn published() -> Value {
    let mut parts = Parts::default();
    let root = parts.mapping(&WORKFLOW);
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!("Baton workflow"));
    schema.extend(root);
    schema.insert("$defs".to_owned(), Value::Object(parts.defined));
    Value::Object(schema)
}

/// The mappings that others refer to, by their names.
#[derive(Default)]
struct Parts {
    defined: Map<String, Value>,
}

impl Parts {
    /// A mapping of known keys.
    fn mapping(&mut self, table: &Table) -> Map<String, Value> {
        let mut schema = object(json!({ "description": table.doc, "type": "object" }));
        let properties = table.fields.iter().map(|field| (field.name.to_owned(), self.field(field)));
        schema.insert("properties".to_owned(), properties.collect());
        let needed: Vec<&str> = table.fields.iter().filter(|field| field.needed).map(|field| field.name).collect();
        if !needed.is_empty() {
            schema.insert("required".to_owned(), json!(needed));
        }
        schema.insert("additionalProperties".to_owned(), json!(false));
        schema.extend(together(table));
        schema
    }

    /// What stands under a key, with what an editor shows.
    fn field(&mut self, field: &Field) -> Value {
        let mut schema = object(json!({ "description": described(field) }));
        schema.extend(self.form(&field.form));
        if let Some(default) = default(field) {
            schema.insert("default".to_owned(), default);
        }
        Value::Object(schema)
    }

    fn form(&mut self, form: &Form) -> Map<String, Value> {
        object(match form {
            Form::Name | Form::Path | Form::Condition => json!({ "type": "string", "minLength": 1 }),
            Form::Like(pattern) => json!({ "type": "string", "pattern": pattern }),
            Form::Expression => json!({ "type": "string", "pattern": IN_BRACES }),
            Form::Data | Form::Literal => json!({}),
            Form::Boolean => json!({ "type": "boolean" }),
            Form::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Form::Fraction { least, most } => json!({ "type": "number", "minimum": least, "maximum": most }),
            Form::Quantity(bounds) => quantity(*bounds),
            Form::Word(words) => json!({ "enum": words() }),
            Form::List { of, least, most } => self.list(of, *least, *most),
            Form::Map(table) => self.reference(table),
            Form::Named { key, of, least } => self.named(key, of, *least),
            Form::Either(forms) => {
                let forms: Vec<Map<String, Value>> = forms.iter().map(|form| self.form(form)).collect();
                json!({ "anyOf": forms })
            }
        })
    }

    fn list(&mut self, of: &Form, least: usize, most: usize) -> Value {
        let mut schema = object(json!({ "type": "array", "items": self.form(of) }));
        schema.extend((least > 0).then(|| ("minItems".to_owned(), json!(least))));
        schema.extend((most < usize::MAX).then(|| ("maxItems".to_owned(), json!(most))));
        Value::Object(schema)
    }

    fn named(&mut self, key: &str, of: &Form, least: usize) -> Value {
        let mut schema = object(json!({ "type": "object", "propertyNames": { "pattern": key } }));
        schema.insert("additionalProperties".to_owned(), Value::Object(self.form(of)));
        schema.extend((least > 0).then(|| ("minProperties".to_owned(), json!(least))));
        Value::Object(schema)
    }

    /// Refers to a mapping, and defines it if it is the first to do so.
    fn reference(&mut self, table: &Table) -> Value {
        if !self.defined.contains_key(table.name) {
            self.defined.insert(table.name.to_owned(), Value::Null);
            let mapping = self.mapping(table);
            self.defined.insert(table.name.to_owned(), Value::Object(mapping));
        }
        json!({ "$ref": format!("#/$defs/{}", table.name) })
    }
}

/// Which keys there may be beside each other.
fn together(table: &Table) -> Map<String, Value> {
    let required = |names: &[&str]| -> Value { names.iter().map(|name| json!({ "required": [name] })).collect() };
    let beside = table.fields.iter().filter_map(|field| Some((field.name.to_owned(), json!([field.beside?]))));
    let beside: Map<String, Value> = beside.collect();
    let mut schema = Map::new();
    if !table.one_of.is_empty() {
        schema.insert("oneOf".to_owned(), required(table.one_of));
    }
    if !table.any_of.is_empty() {
        schema.insert("anyOf".to_owned(), required(table.any_of));
    }
    if !table.apart.is_empty() {
        schema.insert("not".to_owned(), json!({ "required": table.apart }));
    }
    if !beside.is_empty() {
        schema.insert("dependentRequired".to_owned(), Value::Object(beside));
    }
    let meaningless = table.one_of.iter().filter_map(|one| Some(((*one).to_owned(), meaningless(table, one)?)));
    let meaningless: Map<String, Value> = meaningless.collect();
    if !meaningless.is_empty() {
        schema.insert("dependentSchemas".to_owned(), Value::Object(meaningless));
    }
    schema
}

/// Refuses what means nothing with a key; nothing if all means something.
fn meaningless(table: &Table, with: &str) -> Option<Value> {
    let fields = table.fields.iter().filter(|field| !field.with.is_empty() && !field.with.contains(&with));
    let refused: Map<String, Value> = fields.map(|field| (field.name.to_owned(), json!(false))).collect();
    if refused.is_empty() { None } else { Some(json!({ "properties": refused })) }
}

fn quantity(bounds: &dyn Bounded) -> Value {
    match bounds.bare() {
        None => json!({ "type": "string", "pattern": bounds.pattern(), "examples": bounds.examples() }),
        Some(number) => json!({
            "type": ["string", number],
            "pattern": bounds.pattern(),
            "minimum": 0,
            "examples": bounds.examples(),
        }),
    }
}

/// What a key is for, and how far its value may go where that is not said otherwise.
fn described(field: &Field) -> String {
    let Form::Quantity(bounds) = field.form else { return field.doc.to_owned() };
    let [least, most] = bounds.ends();
    format!("{} From {least} to {most}.", field.doc)
}

fn default(field: &Field) -> Option<Value> {
    Some(match (field.default?, field.form) {
        (Fallback::OfBounds, Form::Quantity(bounds)) => json!(bounds.default()),
        (Fallback::OfBounds, _) => return None,
        (Fallback::Word(word), _) => json!(word),
        (Fallback::Number(number), _) => json!(number),
        (Fallback::Fraction(number), _) => json!(number),
        (Fallback::Boolean(boolean), _) => json!(boolean),
    })
}

/// The keywords of a schema that is written as an object.
fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(keywords) => keywords,
        _ => Map::new(),
    }
}
