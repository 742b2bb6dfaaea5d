//! What of a plugin differs from what was accepted, and whether a person must say so first. Pure: two sides are compared,
//! and it does not know where either comes from.

use baton_policy::{Effect, Grants};

use super::Accepted;
use crate::digest::Digest;
use crate::manifest::FunctionName;
use crate::version::Version;

/// One difference between what was accepted and what there is now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// It has another version.
    Version {
        /// The accepted one.
        before: Version,
        /// The one that it has.
        after: Version,
        /// Whether the component is shipped: then an older version may have faults that were mended since.
        shipped: bool,
    },
    /// It asks for more.
    AsksMore(Grants),
    /// It asks for less.
    AsksLess(Grants),
    /// A function is said to change the world more or less than before.
    Effect {
        /// The function.
        tool: FunctionName,
        /// The accepted effect.
        before: Effect,
        /// The effect that it has.
        after: Effect,
    },
    /// A function is said, or not said any more, to change nothing when it is called again.
    Idempotent {
        /// The function.
        tool: FunctionName,
        /// Whether it is said.
        after: bool,
    },
    /// A function is described otherwise.
    Description {
        /// The function.
        tool: FunctionName,
        /// The digest of the accepted text.
        before: Digest,
        /// The digest of the text that it has.
        after: Digest,
    },
    /// A schema of the agent is another one.
    Schema {
        /// Which: `input` or `output`.
        which: &'static str,
        /// The digest of the accepted one.
        before: Option<Digest>,
        /// The digest of the one that it has.
        after: Option<Digest>,
    },
    /// It is built by another command, or is shipped instead, or the other way round.
    Build {
        /// The digest of the accepted command.
        before: Option<Digest>,
        /// The digest of the command that it has.
        after: Option<Digest>,
    },
    /// The shipped component is another one.
    Component {
        /// The digest of the accepted one.
        before: Option<Digest>,
        /// The digest of the one that lies there.
        after: Digest,
    },
}

impl Change {
    /// Tells whether the plugin must not run before a person has accepted this.
    #[must_use]
    pub fn must_be_accepted(&self) -> bool {
        match self {
            Change::Version { before, after, shipped } => *shipped && after.is_older_than(before),
            Change::AsksLess(_) => false,
            Change::Effect { before, after, .. } => after < before,
            Change::Idempotent { after, .. } => *after,
            // Text that is gone can mislead nobody.
            Change::Description { after, .. } => *after != Digest::of(b""),
            Change::AsksMore(_) | Change::Schema { .. } | Change::Build { .. } | Change::Component { .. } => true,
        }
    }
}

/// All differences, in the order in which people should read them. Where `after` has no component it was not looked at.
#[must_use]
pub fn compare(before: &Accepted, after: &Accepted) -> Vec<Change> {
    let mut changes: Vec<Change> = version(before, after).into_iter().collect();
    changes.extend(asks(before, after));
    let mut tools: Vec<&FunctionName> = before.tools.keys().chain(after.tools.keys()).collect();
    tools.sort();
    tools.dedup();
    changes.extend(tools.into_iter().flat_map(|name| tool(name, before, after)));
    changes.extend(schemas(before, after));
    changes.extend(code(before, after));
    changes
}

fn version(before: &Accepted, after: &Accepted) -> Option<Change> {
    let shipped = after.build.is_none();
    let (before, after) = (before.version.clone(), after.version.clone());
    (before != after).then_some(Change::Version { before, after, shipped })
}

fn asks(before: &Accepted, after: &Accepted) -> impl Iterator<Item = Change> {
    let (more, less) = (after.asks.except(&before.asks), before.asks.except(&after.asks));
    let more = (!more.is_empty()).then_some(Change::AsksMore(more));
    more.into_iter().chain((!less.is_empty()).then_some(Change::AsksLess(less)))
}

fn tool(name: &FunctionName, before: &Accepted, after: &Accepted) -> Vec<Change> {
    let (before, after) = (before.tool(name), after.tool(name));
    let mut changes = Vec::new();
    if before.effect != after.effect {
        changes.push(Change::Effect { tool: name.clone(), before: before.effect, after: after.effect });
    }
    if before.idempotent != after.idempotent {
        changes.push(Change::Idempotent { tool: name.clone(), after: after.idempotent });
    }
    if before.description != after.description {
        let (before, after) = (before.description, after.description);
        changes.push(Change::Description { tool: name.clone(), before, after });
    }
    changes
}

fn schemas(before: &Accepted, after: &Accepted) -> impl Iterator<Item = Change> {
    let (before, after) = (before.schemas, after.schemas);
    let both = [("input", before.input, after.input), ("output", before.output, after.output)];
    let changed = both.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(which, before, after)| Change::Schema { which, before, after })
}

/// What makes the code, or the code itself.
fn code(before: &Accepted, after: &Accepted) -> impl Iterator<Item = Change> {
    let build = (before.build != after.build).then_some(Change::Build { before: before.build, after: after.build });
    let other = after.component.filter(|component| before.component != Some(*component));
    let component = other.map(|after| Change::Component { before: before.component, after });
    build.into_iter().chain(component)
}
