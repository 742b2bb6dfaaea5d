//! A plugin against what was accepted of it: how it changed, and whether it may run. It reads nothing.

use baton_policy::{Grants, Name, Policy};

use crate::digest::Digest;
use crate::lock::{self, Accepted, Change, Line};
use crate::plugin::Plugin;

/// A plugin against what was accepted of it.
#[derive(Clone, Debug)]
pub struct Review {
    plugin: Plugin,
    accepted: Option<Accepted>,
    now: Accepted,
    changes: Vec<Change>,
    gains: Grants,
}

/// How a plugin stands to the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was never accepted: it is, the first time it is used.
    New,
    /// It is what was accepted.
    Accepted,
    /// It differs in nothing that anybody must accept.
    Harmless,
    /// It does not run before a person has accepted how it changed.
    Refused,
}

impl Standing {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::New => "new",
            Standing::Accepted => "accepted",
            Standing::Harmless => "harmless",
            Standing::Refused => "refused",
        }
    }
}

impl Review {
    pub(crate) fn new(plugin: &Plugin, accepted: Option<Accepted>, component: Option<Digest>) -> Self {
        let now = Accepted::now(plugin, component);
        let changes = accepted.as_ref().map(|accepted| lock::compare(accepted, &now)).unwrap_or_default();
        let gains = accepted.as_ref().map(|accepted| gains(plugin.policy(), &accepted.asks)).unwrap_or_default();
        Review { plugin: plugin.clone(), accepted, now, changes, gains }
    }

    /// What is accepted if a person says yes to this, under the plugin's name.
    pub(crate) fn into_accepted(self) -> (Name, Accepted) {
        (self.plugin.name().clone(), self.now)
    }

    /// The plugin.
    #[must_use]
    pub fn plugin(&self) -> &Plugin {
        &self.plugin
    }

    /// What was accepted of it; nothing if it is new.
    #[must_use]
    pub fn accepted(&self) -> Option<&Accepted> {
        self.accepted.as_ref()
    }

    /// How it changed since.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What it could do now and could not before, with the grants of today. Empty also for a plugin that is new.
    #[must_use]
    pub fn gains(&self) -> &Grants {
        &self.gains
    }

    /// Whether it asks for more than was accepted.
    #[must_use]
    pub fn asks_more(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::AsksMore(_)))
    }

    /// How it stands to the lock.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match &self.accepted {
            None => Standing::New,
            Some(accepted) if *accepted == self.now => Standing::Accepted,
            Some(_) if self.changes.iter().any(Change::must_be_accepted) => Standing::Refused,
            Some(_) => Standing::Harmless,
        }
    }

    /// The changes in lines for people.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.changes.iter().flat_map(|change| lock::lines(change, &self.plugin)).collect()
    }
}

/// What the policy allows and would not with these asks.
fn gains(policy: &Policy, asks: &Grants) -> Grants {
    let before = Policy::new(policy.plugin().clone(), asks.clone(), policy.granted().clone());
    policy.effective().except(before.effective())
}
