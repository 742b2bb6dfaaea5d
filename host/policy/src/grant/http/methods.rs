//! Methods of requests, and sets of them. It does not know what a server does on them.

use std::collections::BTreeSet;
use std::fmt;

use super::Problem;

/// Stands for all methods.
const ALL: &str = "*";

/// The longest method: no registered one has more than 17 letters.
const MAX_METHOD: usize = 20;

/// Methods that nobody may use: one asks a server for a tunnel, the other to send a request back with what the host put in.
const NEVER: [&str; 2] = ["CONNECT", "TRACE"];

/// Checks a method: capital letters, with `-` inside.
pub(super) fn check(method: &str) -> Result<(), Problem> {
    let letters = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
    if method.len() > MAX_METHOD || !method.split('-').all(letters) {
        return Err("its method is not a word of capital letters such as `GET`");
    }
    if NEVER.contains(&method) { Err("its method is not for plugins") } else { Ok(()) }
}

/// Methods that a grant covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Methods {
    /// These.
    Only(BTreeSet<String>),
    /// All.
    All,
}

impl Methods {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        if text == ALL {
            return Ok(Methods::All);
        }
        let methods = text.split(',').map(|method| check(method).map(|()| method.to_owned()));
        methods.collect::<Result<_, _>>().map(Methods::Only)
    }

    pub(super) fn one(method: &str) -> Self {
        Methods::Only(BTreeSet::from([method.to_owned()]))
    }

    pub(super) fn covers(&self, method: &str) -> bool {
        match self {
            Methods::All => true,
            Methods::Only(methods) => methods.contains(method),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Methods::Only(methods) if methods.is_empty())
    }

    pub(super) fn intersect(&self, other: &Self) -> Self {
        match (self, other) {
            (Methods::All, methods) | (methods, Methods::All) => methods.clone(),
            (Methods::Only(ours), Methods::Only(others)) => Methods::Only(ours & others),
        }
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Methods::All, _) | (_, Methods::All) => Methods::All,
            (Methods::Only(ours), Methods::Only(others)) => Methods::Only(ours | others),
        }
    }

    /// What the other does not cover. Of all methods, all are left but if the other covers all.
    pub(super) fn except(&self, other: &Self) -> Self {
        match (self, other) {
            (_, Methods::All) => Methods::Only(BTreeSet::new()),
            (Methods::All, Methods::Only(_)) => Methods::All,
            (Methods::Only(ours), Methods::Only(others)) => Methods::Only(ours - others),
        }
    }

    /// Each method alone; all of them as one.
    pub(super) fn apart(&self) -> Vec<Self> {
        match self {
            Methods::All => vec![Methods::All],
            Methods::Only(methods) => methods.iter().map(|method| Methods::one(method)).collect(),
        }
    }
}

impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Methods::All => f.write_str(ALL),
            Methods::Only(methods) => f.write_str(&methods.iter().map(String::as_str).collect::<Vec<_>>().join(",")),
        }
    }
}
