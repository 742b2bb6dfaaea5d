//! JSON to WIT values, led by the type. Every refusal names the place.

use std::fmt;

use serde_json::Value;
use wasmtime::component::Val;
use wasmtime::component::types::{self, Type};

use super::{MAX_DEPTH, MAX_VALUES, NAME, json_name};

/// JSON that does not fit a WIT type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The place, as in `client.emails[2]`; empty for the value itself.
    pub path: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.problem) } else { write!(f, "{}: {}", self.path, self.problem) }
    }
}

impl std::error::Error for Mismatch {}

/// Makes the parameters of a function from an object with a property for each.
///
/// # Errors
/// Where a property is missing (and its type is no option), unknown, or does not fit.
pub fn arguments(function: &types::ComponentFunc, json: &Value) -> Result<Vec<Val>, Mismatch> {
    let fields: Vec<(&str, Type)> = function.params().collect();
    Decoder::default().fields(&fields, json).map(|values| values.into_iter().map(|(_, value)| value).collect())
}

/// Makes a value of a type.
///
/// # Errors
/// Where the JSON does not fit the type.
pub fn decode(ty: &Type, json: &Value) -> Result<Val, Mismatch> {
    Decoder::default().value(ty, json)
}

struct Decoder {
    path: Vec<String>,
    /// How many values may still be made.
    left: usize,
}

impl Default for Decoder {
    fn default() -> Self {
        Decoder { path: Vec::new(), left: MAX_VALUES }
    }
}

impl Decoder {
    fn refuse<T>(&self, problem: impl Into<String>) -> Result<T, Mismatch> {
        Err(Mismatch { path: self.path.concat().trim_start_matches('.').to_owned(), problem: problem.into() })
    }

    fn mismatch<T>(&self, expected: &str, json: &Value) -> Result<T, Mismatch> {
        self.refuse(format!("expected {expected}, found {}", kind(json)))
    }

    fn at<T>(&mut self, place: String, inner: impl FnOnce(&mut Self) -> Result<T, Mismatch>) -> Result<T, Mismatch> {
        if self.path.len() >= MAX_DEPTH {
            return self.refuse("nested too deeply");
        }
        self.path.push(place);
        let result = inner(self);
        self.path.pop();
        result
    }

    fn spend(&mut self, values: usize) -> Result<(), Mismatch> {
        match self.left.checked_sub(values) {
            Some(left) => self.left = left,
            None => return self.refuse(format!("more than {MAX_VALUES} values, with those that are missing")),
        }
        Ok(())
    }

    fn value(&mut self, ty: &Type, json: &Value) -> Result<Val, Mismatch> {
        self.spend(1)?;
        match ty {
            Type::Bool => json.as_bool().map_or_else(|| self.mismatch("true or false", json), |b| Ok(Val::Bool(b))),
            Type::S8 => self.integer(json).map(Val::S8),
            Type::U8 => self.integer(json).map(Val::U8),
            Type::S16 => self.integer(json).map(Val::S16),
            Type::U16 => self.integer(json).map(Val::U16),
            Type::S32 => self.integer(json).map(Val::S32),
            Type::U32 => self.integer(json).map(Val::U32),
            Type::S64 => self.integer(json).map(Val::S64),
            Type::U64 => self.integer(json).map(Val::U64),
            Type::Float32 => self.single(json).map(Val::Float32),
            Type::Float64 => self.float(json).map(Val::Float64),
            Type::Char => self.character(json),
            Type::String => self.text(json).map(|text| Val::String(text.to_owned())),
            Type::List(list) => self.list(&list.ty(), json).map(Val::List),
            Type::Tuple(tuple) => self.tuple(&tuple.types().collect::<Vec<_>>(), json),
            Type::Record(record) => {
                let fields: Vec<(&str, Type)> = record.fields().map(|field| (field.name, field.ty)).collect();
                self.fields(&fields, json).map(Val::Record)
            }
            Type::Enum(cases) => self.one_of(cases.names().collect(), json).map(Val::Enum),
            Type::Flags(flags) => self.flags(flags.names().collect(), json),
            Type::Variant(variant) => self.variant(variant, json),
            Type::Option(_) if json.is_null() => Ok(Val::Option(None)),
            Type::Option(option) => self.value(&option.ty(), json).map(|value| Val::Option(Some(Box::new(value)))),
            Type::Result(result) => self.result(result, json),
            _ => self.refuse("a value of this type cannot be written as JSON"),
        }
    }

    fn integer<T: TryFrom<i128>>(&self, json: &Value) -> Result<T, Mismatch> {
        let number = match json {
            Value::Number(number) => number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from)),
            Value::String(digits) => digits.parse::<i128>().ok(),
            _ => None,
        };
        let Some(number) = number else { return self.mismatch("an integer", json) };
        T::try_from(number).or_else(|_| self.refuse(format!("{number} is outside the range of the parameter's type")))
    }

    fn float(&self, json: &Value) -> Result<f64, Mismatch> {
        json.as_f64().map_or_else(|| self.mismatch("a number", json), Ok)
    }

    fn single(&self, json: &Value) -> Result<f32, Mismatch> {
        let number = self.float(json)?;
        let single = number as f32;
        if single.is_finite() {
            Ok(single)
        } else {
            self.refuse(format!("{number:e} is outside the range of a float32"))
        }
    }

    fn text<'a>(&self, json: &'a Value) -> Result<&'a str, Mismatch> {
        json.as_str().map_or_else(|| self.mismatch("a string", json), Ok)
    }

    fn character(&self, json: &Value) -> Result<Val, Mismatch> {
        let mut characters = self.text(json)?.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(Val::Char(character)),
            _ => self.mismatch("a string of one character", json),
        }
    }

    fn array<'a>(&self, json: &'a Value) -> Result<&'a [Value], Mismatch> {
        json.as_array().map_or_else(|| self.mismatch("an array", json), |items| Ok(items.as_slice()))
    }

    fn list(&mut self, ty: &Type, json: &Value) -> Result<Vec<Val>, Mismatch> {
        let items = self.array(json)?.iter().enumerate();
        items.map(|(index, item)| self.at(format!("[{index}]"), |this| this.value(ty, item))).collect()
    }

    fn tuple(&mut self, types: &[Type], json: &Value) -> Result<Val, Mismatch> {
        let items = self.array(json)?;
        if items.len() != types.len() {
            return self.refuse(format!("expected an array of {}, found one of {}", types.len(), items.len()));
        }
        let pairs = types.iter().zip(items).enumerate();
        let values = pairs.map(|(index, (ty, item))| self.at(format!("[{index}]"), |this| this.value(ty, item)));
        values.collect::<Result<_, _>>().map(Val::Tuple)
    }

    fn fields(&mut self, fields: &[(&str, Type)], json: &Value) -> Result<Vec<(String, Val)>, Mismatch> {
        let Some(object) = json.as_object() else { return self.mismatch("an object", json) };
        self.spend(fields.iter().map(|(name, _)| 1 + name.len() / NAME).sum())?;
        let names: Vec<String> = fields.iter().map(|(name, _)| json_name(name)).collect();
        if let Some(unknown) = object.keys().find(|key| !names.contains(key)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            return self.refuse(format!("there is no `{unknown}`; there is {}", listed(&names)));
        }
        let values = fields
            .iter()
            .zip(&names)
            .map(|((wit, ty), name)| Ok(((*wit).to_owned(), self.field(name, ty, object.get(name))?)));
        values.collect()
    }

    fn field(&mut self, name: &str, ty: &Type, json: Option<&Value>) -> Result<Val, Mismatch> {
        match (json, ty) {
            (Some(json), _) => self.at(format!(".{name}"), |this| this.value(ty, json)),
            (None, Type::Option(_)) => Ok(Val::Option(None)),
            (None, _) => self.refuse(format!("`{name}` is missing")),
        }
    }

    fn one_of(&self, names: Vec<&str>, json: &Value) -> Result<String, Mismatch> {
        let text = self.text(json)?;
        if names.contains(&text) {
            return Ok(text.to_owned());
        }
        self.refuse(format!("`{text}` is none of {}", listed(&names)))
    }

    fn flags(&self, names: Vec<&str>, json: &Value) -> Result<Val, Mismatch> {
        let set = self.array(json)?.iter().map(|flag| self.one_of(names.clone(), flag));
        set.collect::<Result<_, _>>().map(Val::Flags)
    }

    fn variant(&mut self, variant: &types::Variant, json: &Value) -> Result<Val, Mismatch> {
        let (name, payload) = match json {
            Value::String(name) => (name, None),
            Value::Object(object) if object.len() == 1 => {
                object.iter().next().map(|(name, payload)| (name, Some(payload))).expect("it has one property")
            }
            _ => return self.mismatch("the name of a case, or an object with the case as its one property", json),
        };
        let Some(case) = variant.cases().find(|case| case.name == name) else {
            let names: Vec<&str> = variant.cases().map(|case| case.name).collect();
            return self.refuse(format!("`{name}` is none of {}", listed(&names)));
        };
        let value = match (&case.ty, payload) {
            (Some(ty), Some(payload)) => Some(Box::new(self.at(format!(".{name}"), |this| this.value(ty, payload))?)),
            (None, None | Some(Value::Null)) => None,
            (Some(_), None) => return self.refuse(format!("case `{name}` needs a value: {{\"{name}\": …}}")),
            (None, Some(_)) => return self.refuse(format!("case `{name}` has no value: write \"{name}\"")),
        };
        Ok(Val::Variant(name.clone(), value))
    }

    fn result(&mut self, result: &types::ResultType, json: &Value) -> Result<Val, Mismatch> {
        let object = json.as_object().filter(|object| object.len() == 1);
        let mut side = |name: &str, ty: Option<Type>| {
            let payload = object?.get(name)?;
            Some(ty.map(|ty| self.at(format!(".{name}"), |this| this.value(&ty, payload)).map(Box::new)).transpose())
        };
        if let Some(ok) = side("ok", result.ok()) {
            return ok.map(|value| Val::Result(Ok(value)));
        }
        if let Some(err) = side("err", result.err()) {
            return err.map(|value| Val::Result(Err(value)));
        }
        self.mismatch("an object with `ok` or `err` as its one property", json)
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

fn kind(json: &Value) -> &'static str {
    match json {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
