//! A change of a plugin in lines for people: what goes with `-`, what comes with `+`. It does not know colours.

use std::fmt;

use baton_policy::Grants;

use super::Change;
use crate::digest::Digest;
use crate::plugin::Plugin;

/// How many digits of a digest are shown: enough to tell two apart at a glance.
const DIGITS: usize = 12;

/// A call that was cut off may be repeated only where that does no harm.
const REPEATED: &str = "; a call of it that was cut off would then be made again";

/// Whether something comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It comes.
    Plus,
    /// It goes.
    Minus,
    /// It is said of the rest.
    Note,
}

/// A line of a diff. Texts of the author stand in it quoted and escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whether it comes or goes.
    pub sign: Sign,
    /// What.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.sign {
            Sign::Plus => "+",
            Sign::Minus => "-",
            Sign::Note => " ",
        };
        write!(f, "{sign} {}", self.text)
    }
}

/// The lines of a change. The plugin is the one of now: of what was before, only digests are known.
#[must_use]
pub fn lines(change: &Change, plugin: &Plugin) -> Vec<Line> {
    match change {
        Change::Version { before, after, shipped } => {
            let older = if after.is_older_than(before) && *shipped { ", an older version" } else { "" };
            vec![minus(format!("version {before}")), plus(format!("version {after}{older}"))]
        }
        Change::AsksMore(more) => asks(more).map(plus).collect(),
        Change::AsksLess(less) => asks(less).map(minus).collect(),
        Change::Effect { tool, before, after } => {
            let then = if after < before { REPEATED } else { "" };
            let line = |effect: &str| format!("tool {tool}: effect = \"{effect}\"");
            vec![minus(line(before.as_str())), plus(line(after.as_str()) + then)]
        }
        Change::Idempotent { tool, after: true } => {
            vec![plus(format!("tool {tool}: idempotent = true{REPEATED}"))]
        }
        Change::Idempotent { tool, after: false } => vec![minus(format!("tool {tool}: idempotent = true"))],
        Change::Description { tool, before, .. } => {
            let now = plugin.tool(tool.as_str()).description;
            both(&format!("tool {tool}: description"), said(*before), Some(now).filter(|text| !text.is_empty()), quoted)
        }
        Change::Schema { which, before, after } => {
            both(&format!("schema of the {which}"), *before, *after, |digest| short(&digest))
        }
        Change::Build { before, .. } => {
            let now = plugin.build().map(|build| build.argv.join(" "));
            let from =
                before.map_or("the component is shipped".to_owned(), |before| format!("built by {}", short(&before)));
            let to = now.map_or("the component is shipped".to_owned(), |now| {
                format!("built on this machine, outside the sandbox, by {now:?}")
            });
            vec![minus(from), plus(to)]
        }
        Change::Component { before, after } => both("component", *before, Some(*after), |digest| short(&digest)),
    }
}

fn asks(grants: &Grants) -> impl Iterator<Item = String> {
    grants.written().into_iter().map(|(key, value)| format!("asks {key} = {value}"))
}

/// Nothing for the digest of no text.
fn said(digest: Digest) -> Option<Digest> {
    (digest != Digest::of(b"")).then_some(digest)
}

fn quoted(text: String) -> String {
    format!("{text:?}")
}

fn both<T>(what: &str, before: Option<Digest>, after: Option<T>, shown: impl Fn(T) -> String) -> Vec<Line> {
    let before = before.map(|before| minus(format!("{what} {}", short(&before))));
    let after = after.map(|after| plus(format!("{what} {}", shown(after))));
    before.into_iter().chain(after).collect()
}

fn short(digest: &Digest) -> String {
    let mut text = digest.to_string();
    text.truncate("sha256:".len() + DIGITS);
    text
}

fn plus(text: String) -> Line {
    Line { sign: Sign::Plus, text }
}

fn minus(text: String) -> Line {
    Line { sign: Sign::Minus, text }
}
