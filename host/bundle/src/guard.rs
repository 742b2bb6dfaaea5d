//! What an operator says of a plugin's functions that fail again and again, and of how often they may be called. It does
//! not know which functions there are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use baton_policy::{CircuitTerms, Effect, Rate};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::manifest::FunctionName;

/// `circuit = "off"`, or `circuit = { failures = 3, open = "10s" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitEntry {
    /// Whatever fails is called again.
    Off,
    /// What fails again and again is left alone for a while.
    On(CircuitTerms),
}

/// `[plugins.crm.tools."contacts.upsert"]`: what goes for one function before what goes for the plugin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ToolEntry {
    /// When it is left alone.
    pub circuit: Option<CircuitEntry>,
    /// How often it may be called. Its calls are not counted with those of the plugin's other functions then.
    pub rate: Option<Rate>,
}

/// What is said of all functions of a plugin, and of some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guarding {
    /// When each function is left alone.
    pub circuit: Option<CircuitEntry>,
    /// How often they may be called, all together.
    pub rate: Option<Rate>,
    /// What goes for one of them.
    pub tools: BTreeMap<FunctionName, ToolEntry>,
}

impl Guarding {
    /// When a function is left alone that changes so much; nothing if never. What only computes has nothing outside that
    /// could come back, so it is left alone only where that is said.
    #[must_use]
    pub fn circuit(&self, function: &str, effect: Effect) -> Option<CircuitTerms> {
        let own = self.tools.get(function).and_then(|tool| tool.circuit);
        match own.or(self.circuit) {
            Some(CircuitEntry::Off) => None,
            Some(CircuitEntry::On(terms)) => Some(terms),
            None => (effect != Effect::None).then(CircuitTerms::default),
        }
    }

    /// How often a function may be called if that is said of it alone.
    #[must_use]
    pub fn own_rate(&self, function: &str) -> Option<Rate> {
        self.tools.get(function).and_then(|tool| tool.rate)
    }
}

impl JsonSchema for CircuitEntry {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "CircuitEntry".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "const": "off" }, generator.subschema_for::<CircuitTerms>()] })
    }
}

impl<'de> Deserialize<'de> for CircuitEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// One of the two forms.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = CircuitEntry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`off`, or a table such as { failures = 5, within = \"1m\", open = \"30s\" }")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<CircuitEntry, E> {
        if word == "off" {
            Ok(CircuitEntry::Off)
        } else {
            Err(E::invalid_value(serde::de::Unexpected::Str(word), &self))
        }
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<CircuitEntry, M::Error> {
        let terms = CircuitTerms::deserialize(MapAccessDeserializer::new(map))?;
        match terms.wrong() {
            None => Ok(CircuitEntry::On(terms)),
            Some("failures") => Err(M::Error::custom("`failures` is a number from 1 to 1000")),
            Some(key) => {
                Err(M::Error::custom(format_args!("`{key}` must be more than zero: leave it out for the default")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use baton_policy::Wall;

    use super::*;

    #[derive(Deserialize)]
    struct Entry {
        circuit: Option<CircuitEntry>,
        rate: Option<Rate>,
        #[serde(default)]
        tools: BTreeMap<FunctionName, ToolEntry>,
    }

    fn read(text: &str) -> Result<Guarding, String> {
        let read = toml::from_str::<Entry>(text).map_err(|error| error.message().to_owned());
        read.map(|Entry { circuit, rate, tools }| Guarding { circuit, rate, tools })
    }

    fn failures(guarding: &Guarding, function: &str, effect: Effect) -> Option<u32> {
        guarding.circuit(function, effect).map(|terms| terms.failures)
    }

    #[test]
    fn what_reaches_out_is_left_alone_unless_it_is_said_otherwise() {
        let silent = Guarding::default();
        let each = [Effect::None, Effect::Read, Effect::Write].map(|effect| failures(&silent, "get", effect));
        assert_eq!(each, [None, Some(5), Some(5)]);
        let off = read("circuit = 'off'\ntools.get.circuit = { failures = 2 }").unwrap();
        assert_eq!(failures(&off, "get", Effect::Read), Some(2));
        assert_eq!(failures(&off, "set", Effect::Write), None);
        let on = read("circuit = { open = '5s' }\ntools.get.circuit = 'off'").unwrap();
        assert_eq!(on.circuit("run", Effect::None).unwrap().open, Wall(5_000));
        assert_eq!(on.circuit("get", Effect::Write), None);
    }

    #[test]
    fn a_function_has_its_own_rate_or_a_share_of_the_plugins() {
        let said = read("rate = '10/s'\ntools.\"contacts.upsert\".rate = '1/s burst 5'").unwrap();
        assert_eq!(said.own_rate("contacts.upsert").unwrap().to_string(), "1/s burst 5");
        assert_eq!((said.own_rate("contacts.get"), said.rate.unwrap().to_string()), (None, "10/s".to_owned()));
    }

    #[test]
    fn other_entries_are_refused_with_what_would_be_right() {
        let wrong = [
            "circuit = 'on'",
            "circuit = 5",
            "circuit = { failures = 0 }",
            "circuit = { open = '0s' }",
            "circuit = { opens = '1s' }",
            "rate = '10 per second'",
            "tools.get = { limit = 1 }",
            "tools.\"no name\" = {}",
        ];
        let told: Vec<String> = wrong.iter().map(|text| format!("{text}: {}", read(text).unwrap_err())).collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}
