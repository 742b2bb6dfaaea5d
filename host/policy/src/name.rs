//! The names of plugins, rooms, tools and events. It does not know which of them exist.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::error::Error;

/// The longest name, in bytes: long enough for people, short enough for a column, a file name and a log line.
pub const MAX_NAME: usize = 64;

/// The longest name of an event, in bytes.
const MAX_EVENT_NAME: usize = 64;

/// The longest name of a tool: the plugin's, `/`, an interface, `.` and a function.
pub const MAX_TOOL_NAME: usize = 256;

/// The name of a plugin in a project, or of a shared room: `[a-z][a-z0-9-]*`, at most [`MAX_NAME`] bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(String);

crate::written_as!(Name, { "type": "string", "pattern": "^[a-z][a-z0-9-]{0,63}$" });

impl Name {
    /// Tells whether a text is a name, without keeping it.
    #[must_use]
    pub fn accepts(text: &str) -> bool {
        text.len() <= MAX_NAME
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if Name::accepts(text) { Ok(Name(text.to_owned())) } else { Err(Error::Name(shown(text))) }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|error: Error| error.to_serde())
    }
}

/// A tool's name taken apart: `plugin/interface.function`, or `plugin/function`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolName<'a> {
    /// The plugin, as the project names it.
    pub plugin: &'a str,
    /// The function as the plugin's manifest names it: `contacts.upsert`, or `upsert` for one exported at the top.
    pub function: &'a str,
}

impl<'a> ToolName<'a> {
    /// Takes a name apart; nothing if it is none.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (plugin, function) = text.split_once('/')?;
        let sound = text.len() <= MAX_TOOL_NAME && Name::accepts(plugin) && ToolName::is_function(function);
        sound.then_some(ToolName { plugin, function })
    }

    /// Tells whether a text names a function of a plugin: `interface.function` or `function`.
    #[must_use]
    pub fn is_function(text: &str) -> bool {
        let mut labels = text.split('.');
        let first = labels.next().is_some_and(is_label);
        first && labels.next().is_none_or(is_label) && labels.next().is_none()
    }
}

impl fmt::Display for ToolName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.plugin, self.function)
    }
}

/// Whether a text is a name for an event or a web hook: letters, digits, `.`, `-` and `_`, such as `order.paid`.
#[must_use]
pub fn is_event_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !text.is_empty() && text.len() <= MAX_EVENT_NAME && text.chars().all(allowed)
}

/// A label of the component model: words of letters and digits, joined by `-`.
fn is_label(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.split('-').all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Names that mean devices on some systems, in any folder: opening a file of such a name would open the device.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Whether a text is the name of a device on some system: `con`, `nul`, `com1`.
pub(crate) fn is_device(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let port = lower.strip_prefix("com").or_else(|| lower.strip_prefix("lpt"));
    DEVICES.contains(&lower.as_str()) || port.is_some_and(|number| number.len() == 1 && number != "-")
}

/// A foreign text fit for a message: without control characters, and not longer than a line.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_small_letters_digits_and_dashes() {
        for good in ["a", "crm", "letter-writer", "a1-", &"a".repeat(64)] {
            assert!(Name::accepts(good), "{good}");
        }
        for bad in ["", "Crm", "1a", "-a", "a_b", "a.b", "a/b", "ä", "a b", "a\n", "..", &"a".repeat(65)] {
            assert!(!Name::accepts(bad), "{bad}");
        }
    }

    #[test]
    fn a_tool_name_is_taken_apart() {
        let parse = |text| ToolName::parse(text).map(|name| (name.plugin, name.function));
        assert_eq!(parse("crm/contacts.upsert"), Some(("crm", "contacts.upsert")));
        assert_eq!(parse("hash/sha256"), Some(("hash", "sha256")));
        for bad in ["crm", "crm/", "/x", "crm/a.b.c", "crm/a.", "crm/.b", "crm/a/b", "crm/*", "*", "crm/a--b", "Crm/a"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(parse(&format!("crm/{}", "a".repeat(300))), None);
    }

    #[test]
    fn a_foreign_text_is_shown_without_control_characters_and_cut() {
        assert_eq!(shown("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(shown(&"x".repeat(81)), format!("{}…", "x".repeat(80)));
    }
}
