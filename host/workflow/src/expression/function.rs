//! The functions that expressions may call, by their names. It does not know operators or macros, nor what a function does.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::evaluate::Result;
use super::limits::Limits;
use super::meter::Meter;
use super::pattern::Patterns;
use super::value::Value;
use super::{EvaluationError, convert, encode, format, list, math, optional, text, time};
use crate::schema::Kinds;

/// A function.
#[derive(Debug)]
pub(crate) struct Function {
    /// Its name, with its namespace: `size`, `math.abs`.
    pub(crate) name: &'static str,
    /// How it is written.
    pub(crate) style: Style,
    /// The fewest and the most arguments, what a method is called on included.
    pub(crate) arguments: (usize, usize),
    /// The JSON types that its value can have.
    pub(crate) gives: Kinds,
    /// Computes it. It is called with as many arguments as it takes.
    call: Call,
}

type Call = for<'a> fn(&[Value<'a>], &mut Tools) -> Result<Value<'a>>;

/// How a function is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `int(x)`.
    Global,
    /// `x.trim()`.
    Method,
    /// `size(x)` and `x.size()`.
    Either,
}

/// What functions work with.
pub(crate) struct Tools {
    pub(crate) meter: Meter,
    pub(crate) patterns: Patterns,
}

impl Tools {
    /// Tools with a full allowance.
    pub(crate) fn new(limits: &Limits) -> Tools {
        Tools { meter: Meter::new(limits), patterns: Patterns::default() }
    }
}

/// The first parts of names that have two.
pub(crate) const NAMESPACES: &[&str] = &["base64", "cel", "lists", "math", "optional", "strings"];

const TABLES: [&[Function]; 8] = [
    list::FUNCTIONS,
    text::FUNCTIONS,
    convert::FUNCTIONS,
    time::FUNCTIONS,
    optional::FUNCTIONS,
    math::FUNCTIONS,
    format::FUNCTIONS,
    encode::FUNCTIONS,
];

static BY_NAME: LazyLock<HashMap<&str, &Function>> =
    LazyLock::new(|| TABLES.into_iter().flatten().map(|function| (function.name, function)).collect());

impl Function {
    pub(super) const fn global(name: &'static str, arguments: (usize, usize), gives: Kinds, call: Call) -> Function {
        Function { name, style: Style::Global, arguments, gives, call }
    }

    pub(super) const fn method(name: &'static str, arguments: (usize, usize), gives: Kinds, call: Call) -> Function {
        Function { name, style: Style::Method, arguments, gives, call }
    }

    pub(super) const fn either(name: &'static str, arguments: (usize, usize), gives: Kinds, call: Call) -> Function {
        Function { name, style: Style::Either, arguments, gives, call }
    }

    /// The function of a name.
    pub(crate) fn named(name: &str) -> Option<&'static Function> {
        BY_NAME.get(name).copied()
    }

    /// The names of all.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        TABLES.into_iter().flatten().map(|function| function.name)
    }

    /// Whether it can be called with so many arguments.
    pub(crate) fn takes(&self, arguments: usize) -> bool {
        (self.arguments.0..=self.arguments.1).contains(&arguments)
    }

    /// Calls it; what a method is called on is its first argument.
    ///
    /// # Errors
    ///
    /// If it has no value for these arguments.
    pub(crate) fn call<'a>(&self, arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
        for argument in arguments {
            match argument {
                Value::String(text) => tools.meter.pay_bytes(text.len())?,
                Value::Bytes(bytes) => tools.meter.pay_bytes(bytes.len())?,
                _ => {}
            }
        }
        let called = if self.takes(arguments.len()) { (self.call)(arguments, tools) } else { no_overload() };
        called.map_err(|error| match error {
            EvaluationError::NoOverload => EvaluationError::NoValue(self.misuse(arguments)),
            other => other,
        })
    }

    fn misuse(&self, arguments: &[Value<'_>]) -> String {
        let kinds: Vec<&str> = arguments.iter().map(Value::kind).collect();
        format!("`{}` does not take {}", self.name, kinds.join(" and "))
    }
}

/// The arguments are of kinds that the function does not take.
pub(super) fn no_overload<T>() -> Result<T> {
    Err(EvaluationError::NoOverload)
}
