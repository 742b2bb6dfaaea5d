//! What is done about a call that was in flight when its host died, so that nobody knows whether it took effect. It does
//! not know which calls those are.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What stands in an entry of a grant before the word.
const ON_UNKNOWN: &str = " on unknown ";

/// What is done about a call whose outcome nobody knows. Each is more careful than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnUnknown {
    /// It is made again, with the same idempotency key.
    Retry,
    /// A person is asked, and the run waits.
    Ask,
    /// It is not made again: its caller is told that it was declined.
    Fail,
}

/// What a person said of calls whose outcome nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// They are made again.
    Repeat,
    /// They are not, and this is why.
    Leave(String),
}

impl OnUnknown {
    /// All of them.
    pub const ALL: [OnUnknown; 3] = [OnUnknown::Retry, OnUnknown::Ask, OnUnknown::Fail];

    /// Where nobody says anything else: what may be made twice is made again, for the rest a person is asked.
    #[must_use]
    pub fn usual(is_idempotent: bool) -> Self {
        if is_idempotent { OnUnknown::Retry } else { OnUnknown::Ask }
    }

    /// Why a call is not made again, given what a person said if one was asked; nothing if it is.
    #[must_use]
    pub fn refusal(self, said: Option<&Resolution>) -> Option<String> {
        match (self, said) {
            (OnUnknown::Retry, _) | (OnUnknown::Ask, Some(Resolution::Repeat)) => None,
            (OnUnknown::Ask, Some(Resolution::Leave(why))) => Some(why.clone()),
            (OnUnknown::Ask, None) => Some("nobody was asked whether to make it again".to_owned()),
            (OnUnknown::Fail, _) => Some("it is not made again: `on unknown fail`".to_owned()),
        }
    }

    /// The word for it, as manifests write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            OnUnknown::Retry => "retry",
            OnUnknown::Ask => "ask",
            OnUnknown::Fail => "fail",
        }
    }

    /// Takes ` on unknown WORD` off the end of an entry of a grant; nothing if the word is none of these.
    pub(crate) fn split_off(entry: &str) -> Option<(&str, Option<Self>)> {
        let Some((rest, word)) = entry.split_once(ON_UNKNOWN) else { return Some((entry, None)) };
        let known = OnUnknown::ALL.into_iter().find(|known| known.as_str() == word)?;
        Some((rest, Some(known)))
    }

    /// What stands at the end of an entry.
    pub(crate) fn suffix(said: Option<Self>) -> String {
        said.map(|said| format!("{ON_UNKNOWN}{said}")).unwrap_or_default()
    }
}

/// What is known of a call that was in flight when its host died, for people.
#[must_use]
pub fn in_flight(call: &str) -> String {
    format!("the host died while {call} was in flight: nobody knows whether it took effect")
}

impl fmt::Display for OnUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_written_as_it_is_read() {
        for said in OnUnknown::ALL.map(Some).into_iter().chain([None]) {
            let entry = format!("crm/*{}", OnUnknown::suffix(said));
            assert_eq!(OnUnknown::split_off(&entry), Some(("crm/*", said)), "{entry}");
        }
        assert_eq!(OnUnknown::split_off("crm/* on unknown hope"), None);
        assert_eq!(OnUnknown::split_off("crm/* on unknown "), None);
    }

    #[test]
    fn only_a_yes_lets_what_is_asked_about_be_made_again() {
        let (yes, no) = (Resolution::Repeat, Resolution::Leave("rejected by Ada".to_owned()));
        let is_made = |on: OnUnknown| [None, Some(&yes), Some(&no)].map(|said| on.refusal(said).is_none());
        assert_eq!(is_made(OnUnknown::Retry), [true, true, true]);
        assert_eq!(is_made(OnUnknown::Ask), [false, true, false]);
        assert_eq!(is_made(OnUnknown::Fail), [false, false, false]);
    }

    #[test]
    fn asking_is_more_careful_than_doing_and_leaving_more_than_asking() {
        assert!(OnUnknown::Retry < OnUnknown::Ask && OnUnknown::Ask < OnUnknown::Fail);
    }
}
