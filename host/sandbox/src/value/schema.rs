//! WIT types as JSON Schemas (draft 2020-12), so that a workflow can be checked against a function before it is called.

use serde_json::{Map, Value, json};
use wasmtime::component::types::{ComponentFunc, Type};

use super::{EXACT, json_name};

/// The schema of a function's arguments: an object with a property for each parameter.
#[must_use]
pub fn parameters_schema(function: &ComponentFunc) -> Value {
    let fields: Vec<(String, Type)> = function.params().map(|(name, ty)| (name.to_owned(), ty)).collect();
    object(&fields)
}

/// The schema of a type's values.
#[must_use]
pub fn schema(ty: &Type) -> Value {
    match ty {
        Type::Bool => json!({ "type": "boolean" }),
        Type::S8 => integer(i8::MIN, i8::MAX),
        Type::U8 => integer(u8::MIN, u8::MAX),
        Type::S16 => integer(i16::MIN, i16::MAX),
        Type::U16 => integer(u16::MIN, u16::MAX),
        Type::S32 => integer(i32::MIN, i32::MAX),
        Type::U32 => integer(u32::MIN, u32::MAX),
        Type::S64 => wide_integer(json!(-(EXACT as i64)), "^-?[0-9]+$"),
        Type::U64 => wide_integer(json!(0), "^[0-9]+$"),
        Type::Float32 | Type::Float64 => json!({ "type": "number" }),
        Type::Char => json!({ "type": "string", "minLength": 1, "maxLength": 1 }),
        Type::String => json!({ "type": "string" }),
        Type::List(list) => json!({ "type": "array", "items": schema(&list.ty()) }),
        Type::Tuple(tuple) => tuple_schema(&tuple.types().map(|ty| schema(&ty)).collect::<Vec<_>>()),
        Type::Record(record) => {
            object(&record.fields().map(|field| (field.name.to_owned(), field.ty)).collect::<Vec<_>>())
        }
        Type::Enum(cases) => json!({ "enum": cases.names().collect::<Vec<_>>() }),
        Type::Flags(flags) => {
            json!({ "type": "array", "items": { "enum": flags.names().collect::<Vec<_>>() }, "uniqueItems": true })
        }
        Type::Variant(variant) => {
            any_of(variant.cases().map(|case| case_schema(case.name, case.ty.as_ref())).collect())
        }
        Type::Option(option) => any_of(vec![schema(&option.ty()), json!({ "type": "null" })]),
        Type::Result(result) => any_of(vec![side("ok", result.ok()), side("err", result.err())]),
        _ => json!(false),
    }
}

fn integer<T: Into<i64>>(minimum: T, maximum: T) -> Value {
    json!({ "type": "integer", "minimum": minimum.into(), "maximum": maximum.into() })
}

fn wide_integer(minimum: Value, digits: &str) -> Value {
    any_of(vec![
        json!({ "type": "integer", "minimum": minimum, "maximum": EXACT }),
        json!({ "type": "string", "pattern": digits }),
    ])
}

fn tuple_schema(items: &[Value]) -> Value {
    json!({ "type": "array", "prefixItems": items, "items": false, "minItems": items.len() })
}

fn object(fields: &[(String, Type)]) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|(name, ty)| (json_name(name), schema(ty))).collect();
    let required: Vec<String> =
        fields.iter().filter(|(_, ty)| !matches!(ty, Type::Option(_))).map(|(name, _)| json_name(name)).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn case_schema(name: &str, payload: Option<&Type>) -> Value {
    match payload {
        Some(ty) => single(name, schema(ty)),
        None => json!({ "const": name }),
    }
}

fn side(name: &str, payload: Option<Type>) -> Value {
    single(name, payload.map_or(json!({ "type": "null" }), |ty| schema(&ty)))
}

fn single(name: &str, payload: Value) -> Value {
    json!({ "type": "object", "properties": { name: payload }, "required": [name], "additionalProperties": false })
}

fn any_of(schemas: Vec<Value>) -> Value {
    json!({ "anyOf": schemas })
}
