//! What an operator says of a plugin's calls whose outcome nobody knows: one word for all its functions, or one for each
//! of some. It does not know which functions there are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use baton_policy::OnUnknown;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::manifest::FunctionName;

/// `on_unknown = "fail"`, or `on_unknown = { "contacts.upsert" = "retry" }`. The default says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unknowns {
    all: Option<OnUnknown>,
    each: BTreeMap<FunctionName, OnUnknown>,
}

impl Unknowns {
    /// What is done about a call of a function; nothing if that is not said.
    #[must_use]
    pub fn of(&self, function: &str) -> Option<OnUnknown> {
        self.each.get(function).copied().or(self.all)
    }

    /// The functions that are named.
    pub fn functions(&self) -> impl Iterator<Item = &FunctionName> {
        self.each.keys()
    }
}

impl Serialize for Unknowns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.all {
            Some(word) => word.serialize(serializer),
            None => self.each.serialize(serializer),
        }
    }
}

impl JsonSchema for Unknowns {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Unknowns".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let each = generator.subschema_for::<BTreeMap<FunctionName, OnUnknown>>();
        json_schema!({ "anyOf": [generator.subschema_for::<OnUnknown>(), each] })
    }
}

impl<'de> Deserialize<'de> for Unknowns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// One of the two forms.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Unknowns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`retry`, `ask` or `fail`, or a table with one of them for each function")
    }

    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Unknowns, E> {
        let all = Some(OnUnknown::deserialize(StrDeserializer::new(word))?);
        Ok(Unknowns { all, each: BTreeMap::new() })
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Unknowns, M::Error> {
        let each = BTreeMap::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Unknowns { all: None, each })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Entry {
        on_unknown: Unknowns,
    }

    #[test]
    fn one_word_is_of_all_functions_and_a_table_of_those_that_it_names() {
        let check = |text: &str, expect: [Option<OnUnknown>; 2]| {
            let Entry { on_unknown } = toml::from_str(&format!("on_unknown = {text}")).unwrap();
            assert_eq!(["contacts.upsert", "total"].map(|function| on_unknown.of(function)), expect, "{text}");
        };
        check("\"fail\"", [Some(OnUnknown::Fail); 2]);
        check("{ \"contacts.upsert\" = \"retry\" }", [Some(OnUnknown::Retry), None]);
        check("{}", [None, None]);
    }

    #[test]
    fn other_words_are_refused_with_those_that_there_are() {
        for text in ["\"hope\"", "{ total = \"hope\" }", "1", "{ \"no function\" = \"ask\" }"] {
            let error = toml::from_str::<Entry>(&format!("on_unknown = {text}")).err().unwrap().to_string();
            assert!(error.contains("`retry`") || error.contains("name of a function"), "{error}");
        }
    }
}
