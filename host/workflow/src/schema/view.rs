//! What a part of a schema says for certain: the types it allows, its properties, its items. Where a schema is more
//! clever than this reading of it, the answer is "not known", never a guess. It does not validate.

use serde_json::{Map, Value};

use super::Kinds;

/// How many references in a row are followed.
const MAX_HOPS: usize = 16;

/// How many parts of a schema are looked at for one question: a schema can refer to itself many times over.
const MAX_PARTS: u32 = 256;

/// How many values count as a set that is worth comparing with: more than there are countries or currencies.
const MAX_CHOICES: usize = 512;

/// A part of a schema, within the document that its references point into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'s> {
    document: &'s Value,
    part: &'s Value,
}

/// What a schema says about one property.
pub(crate) enum Property<'s> {
    /// It has this schema.
    Declared(View<'s>),
    /// It may be there; nothing is known about it.
    Open,
    /// It cannot be there.
    Forbidden,
    /// It is not among the declared ones, and no rule says that others may be there.
    Undeclared,
}

impl<'s> View<'s> {
    /// The whole of a document.
    pub(crate) fn new(document: &'s Value) -> View<'s> {
        View { document, part: document }.resolved()
    }

    /// Another part of the same document.
    fn at(self, part: &'s Value) -> View<'s> {
        View { part, ..self }.resolved()
    }

    /// Follows references that stay in the document; anything else is taken as it is, and then says nothing.
    fn resolved(mut self) -> View<'s> {
        for _ in 0..MAX_HOPS {
            let Some(reference) = self.keyword("$ref").and_then(Value::as_str) else { return self };
            let Some(pointer) = reference.strip_prefix('#') else { return self };
            let Some(target) = self.document.pointer(pointer) else { return self };
            self.part = target;
        }
        self
    }

    fn keyword(self, name: &str) -> Option<&'s Value> {
        self.part.as_object()?.get(name)
    }

    fn properties(self) -> Option<&'s Map<String, Value>> {
        self.keyword("properties")?.as_object()
    }

    /// Whether the part has a keyword that this reading does not follow.
    fn is_clever(self) -> bool {
        const CLEVER: &[&str] =
            &["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "not", "dependentSchemas", "dependencies"];
        CLEVER.iter().any(|name| self.keyword(name).is_some())
    }

    /// The types it allows: at most these.
    pub(crate) fn kinds(self) -> Kinds {
        self.kinds_within(&mut MAX_PARTS.clone())
    }

    fn kinds_within(self, parts_left: &mut u32) -> Kinds {
        if self.part == &Value::Bool(false) {
            return Kinds::NONE;
        }
        let Some(less) = parts_left.checked_sub(1) else { return Kinds::ALL };
        *parts_left = less;
        let typed = match self.keyword("type") {
            Some(Value::String(name)) => Kinds::named(name).unwrap_or(Kinds::ALL),
            Some(Value::Array(names)) => {
                let named = names.iter().filter_map(Value::as_str).filter_map(Kinds::named);
                named.fold(Kinds::NONE, Kinds::or)
            }
            _ => Kinds::ALL,
        };
        let listed = match (self.keyword("const"), self.keyword("enum").and_then(Value::as_array)) {
            (Some(value), _) => Kinds::of(value),
            (None, Some(values)) => values.iter().map(Kinds::of).fold(Kinds::NONE, Kinds::or),
            (None, None) => Kinds::ALL,
        };
        let chosen = ["anyOf", "oneOf"].iter().filter_map(|name| self.keyword(name)?.as_array());
        let chosen = chosen.fold(Kinds::ALL, |kinds, parts| {
            let either = parts.iter().map(|part| self.at(part).kinds_within(parts_left)).fold(Kinds::NONE, Kinds::or);
            kinds.and(either)
        });
        typed.and(listed).and(chosen)
    }

    /// The values it lists, if it lists all that are allowed.
    pub(crate) fn values(self) -> Option<Vec<&'s Value>> {
        match (self.keyword("const"), self.keyword("enum")) {
            (Some(value), _) => Some(vec![value]),
            (None, Some(Value::Array(values))) => Some(values.iter().collect()),
            _ => None,
        }
    }

    /// The values it lists, also where it lists them as several parts of which one must fit; none if they are many.
    pub(crate) fn choices(self) -> Option<Vec<&'s Value>> {
        self.choices_within(&mut MAX_PARTS.clone()).filter(|values| values.len() <= MAX_CHOICES)
    }

    fn choices_within(self, parts_left: &mut u32) -> Option<Vec<&'s Value>> {
        *parts_left = parts_left.checked_sub(1)?;
        if let Some(values) = self.values() {
            return Some(values).filter(|values| values.len() <= MAX_CHOICES);
        }
        if self.kinds() == Kinds::NULL {
            return Some(vec![&Value::Null]);
        }
        let parts = ["anyOf", "oneOf"].iter().find_map(|name| self.keyword(name)?.as_array())?;
        let lists: Option<Vec<_>> = parts.iter().map(|part| self.at(part).choices_within(parts_left)).collect();
        lists.map(|lists| lists.concat())
    }

    /// What it says about a property of an object.
    pub(crate) fn property(self, name: &str) -> Property<'s> {
        if let Some(part) = self.properties().and_then(|properties| properties.get(name)) {
            return Property::Declared(self.at(part));
        }
        if self.is_clever() || self.keyword("patternProperties").is_some() {
            return Property::Open;
        }
        match (self.keyword("additionalProperties"), self.properties()) {
            (Some(Value::Bool(false)), _) => Property::Forbidden,
            (Some(Value::Object(_)), _) => match self.keyword("additionalProperties") {
                Some(part) => Property::Declared(self.at(part)),
                None => Property::Open,
            },
            (None, Some(properties)) if !properties.is_empty() => Property::Undeclared,
            _ => Property::Open,
        }
    }

    /// The names of the properties it declares.
    pub(crate) fn declared(self) -> Vec<&'s str> {
        self.properties().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }

    /// The properties that must be there.
    pub(crate) fn required(self) -> Vec<&'s str> {
        let names = self.keyword("required").and_then(Value::as_array);
        names.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// What it says about the elements of a list, if it says the same of all.
    pub(crate) fn items(self) -> Option<View<'s>> {
        if self.is_clever() || self.keyword("prefixItems").is_some() {
            return None;
        }
        self.keyword("items").filter(|items| items.is_object()).map(|items| self.at(items))
    }

    /// Whether every value fits.
    pub(crate) fn takes_anything(self) -> bool {
        match self.part {
            Value::Object(keywords) => keywords.is_empty(),
            other => other == &Value::Bool(true),
        }
    }
}
