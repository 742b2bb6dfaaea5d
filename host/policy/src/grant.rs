//! What a plugin may be granted: one file per capability, and their sum. It does not know who asks or grants.
//!
//! A new capability is one file here with a type that is a [`Capability`], and one line in [`Grants`].

mod agents;
mod environment;
mod events;
mod files;
mod http;
mod people;
mod secrets;
mod state;
mod tools;

#[cfg(test)]
mod tests;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use agents::{AgentCall, AgentsGrant};
pub use environment::EnvironmentGrant;
pub use events::{EventAct, EventWanted, EventsGrant};
pub use files::{Access, FilesGrant, Mount, MountName, WantedMount};
pub use http::{Authority, Host, HttpGrant, HttpTarget, MAX_URL, Scheme};
pub use people::{Asked, PeopleGrant};
pub use secrets::SecretsGrant;
pub use state::{DEFAULT_QUOTA, StateAccess, StateGrant, StateKeys, StateScope, StateWanted};
pub use tools::{ToolCall, ToolsGrant};

use crate::error::Error;

/// One kind of authority: sets of permissions that can be written down, combined and asked.
/// The default is the empty set.
pub trait Capability: Clone + fmt::Debug + Default + PartialEq {
    /// What a plugin wants to do when it asks.
    type Wanted<'a>: Copy;

    /// What is well-formed in this capability, for people.
    const FORM: &'static str;

    /// How people write a call of this capability, by examples.
    const CALL: &'static str;

    /// Reads a call as people write it; nothing if it is one of another capability. What is malformed is read all the
    /// same, if it can be meant for this one: then it is known why nothing allows it.
    fn read_call(text: &str) -> Option<Self::Wanted<'_>>;

    /// What is wrong with a text that is meant as a call of this capability and is none, and what would be right; nothing
    /// if it may be meant otherwise.
    fn fault(_text: &str) -> Option<String> {
        None
    }

    /// Decides: tells whether this set covers what is wanted. It allocates nothing.
    fn allows(&self, wanted: Self::Wanted<'_>) -> bool;

    /// The smallest set that covers what is wanted; nothing if it is malformed, so that no set does.
    fn needed(wanted: Self::Wanted<'_>) -> Option<Self>;

    /// What is wanted, for people: ``state of scope `agent` ``.
    fn describe(wanted: Self::Wanted<'_>) -> String;

    /// What both sets cover.
    #[must_use]
    fn intersect(&self, other: &Self) -> Self;

    /// What either set covers.
    #[must_use]
    fn union(&self, other: &Self) -> Self;

    /// The entries of this set that the other does not cover wholly.
    #[must_use]
    fn except(&self, other: &Self) -> Self;

    /// The set as what an operator grants: what its entries leave open takes the safe default. As what a plugin asks for,
    /// what is left open is anything.
    #[must_use]
    fn settled(&self) -> Self {
        self.clone()
    }

    /// What is left of a set that was granted before, when this other one is what is granted today: what both cover.
    #[must_use]
    fn still(&self, today: &Self) -> Self {
        self.intersect(today)
    }

    /// The set as it is written in a manifest: a TOML value.
    fn written(&self) -> String;

    /// The set as an author means it: what an ask cannot say is left to the operator.
    #[must_use]
    fn as_ask(&self) -> Self {
        self.clone()
    }

    /// Checks that nothing is left open that an operator must say.
    ///
    /// # Errors
    /// The first entry that leaves something open.
    fn is_complete(&self) -> Result<(), Error> {
        Ok(())
    }

    /// The set with an example in the place of what is left open, so that an operator can write it.
    #[must_use]
    fn completed(&self) -> Self {
        self.clone()
    }

    /// What is the plugin's own, so that nobody's authority bounds it who calls the plugin.
    #[must_use]
    fn own(&self) -> Self {
        Self::default()
    }

    /// Tells whether the set is empty.
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

macro_rules! capabilities {
    ($($(#[$doc:meta])* $key:ident: $grant:ident, $request:ident { $wanted:ident };)+) => {
        /// What a plugin asks for, what it is granted, or what it effectively may do: a set for each capability.
        /// The written form of `[asks]` in `plugin.toml` and of `grants` in `baton.toml`; unknown keys are errors.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct Grants {
            $($(#[$doc])* #[serde(skip_serializing_if = "Capability::is_empty")] #[schemars(with = "Vec<String>")]
            pub $key: $grant,)+
        }

        /// What a plugin wants to do and needs a grant for. Clock, random, budget, context and log need none.
        #[derive(Clone, Copy, Debug)]
        pub enum Request<'a> {
            $($(#[$doc])* $request {
                /// What is wanted of it.
                $wanted: <$grant as Capability>::Wanted<'a>,
            },)+
        }

        impl Grants {
            /// What a plugin may do: what it asked for and was granted.
            #[must_use]
            pub fn effective(asked: &Grants, granted: &Grants) -> Grants {
                Grants { $($key: asked.$key.as_ask().intersect(&granted.$key.settled()),)+ }
            }

            /// What a plugin may do for a caller: what both may, and what is the plugin's own.
            #[must_use]
            pub fn within(&self, caller: &Grants) -> Grants {
                Grants { $($key: self.$key.intersect(&caller.$key).union(&self.$key.own()),)+ }
            }

            /// What is left of what was granted before, when this is what the operator grants today: nothing that is
            /// revoked, and nothing that is new.
            #[must_use]
            pub fn still(&self, today: &Grants) -> Grants {
                Grants { $($key: self.$key.settled().still(&today.$key.settled()),)+ }
            }

            /// The set with an example in the place of what is left open, so that an operator can write it.
            #[must_use]
            pub fn completed(&self) -> Grants {
                Grants { $($key: self.$key.completed(),)+ }
            }

            /// Checks that nothing is left open that an operator must say.
            ///
            /// # Errors
            /// The first entry that leaves something open.
            pub fn is_complete(&self) -> Result<(), Error> {
                $(self.$key.is_complete()?;)+
                Ok(())
            }

            /// These, as what an operator grants: what they leave open takes the safe default.
            #[must_use]
            pub fn settled(&self) -> Grants {
                Grants { $($key: self.$key.settled(),)+ }
            }

            /// What either covers.
            #[must_use]
            pub fn union(&self, other: &Grants) -> Grants {
                Grants { $($key: self.$key.union(&other.$key),)+ }
            }

            /// The entries of this set that the other does not cover wholly.
            #[must_use]
            pub fn except(&self, other: &Grants) -> Grants {
                Grants { $($key: self.$key.except(&other.$key),)+ }
            }

            /// Decides: tells whether this set covers a request. It allocates nothing.
            #[must_use]
            pub fn allows(&self, request: &Request<'_>) -> bool {
                match request {
                    $(Request::$request { $wanted } => self.$key.allows(*$wanted),)+
                }
            }

            /// Each capability of which the set has some, by its key, with the TOML value that it is written as.
            #[must_use]
            pub fn written(&self) -> Vec<(&'static str, String)> {
                let mut entries = Vec::new();
                $(if !self.$key.is_empty() {
                    entries.push((stringify!($key), self.$key.written()));
                })+
                entries
            }
        }

        impl<'a> Request<'a> {
            /// How people write a call, by examples, a line for each capability.
            pub const CALLS: &'static [&'static str] = &[$($grant::CALL),+];

            /// What is wrong with a text that is meant as a call and is none, where one capability can tell.
            #[must_use]
            pub fn fault(text: &str) -> Option<String> {
                None$(.or_else(|| $grant::fault(text)))+
            }

            /// Reads a call as people write it: `crm/contacts.upsert`, `agent`. Nothing if no capability knows it.
            #[must_use]
            pub fn read_call(text: &'a str) -> Option<Self> {
                $(if let Some($wanted) = $grant::read_call(text) {
                    return Some(Request::$request { $wanted });
                })+
                None
            }
        }

        impl Request<'_> {
            /// The smallest set that covers the request; nothing if it is malformed, so that no set does.
            #[must_use]
            pub fn needed(&self) -> Option<Grants> {
                match self {
                    $(Request::$request { $wanted } =>
                        Some(Grants { $key: $grant::needed(*$wanted)?, ..Grants::default() }),)+
                }
            }

            /// What is wanted, for people.
            #[must_use]
            pub fn describe(&self) -> String {
                match self {
                    $(Request::$request { $wanted } => $grant::describe(*$wanted),)+
                }
            }

            /// How a well-formed request of this capability looks, for people.
            #[must_use]
            pub fn form(&self) -> &'static str {
                match self {
                    $(Request::$request { .. } => $grant::FORM,)+
                }
            }
        }
    };
}

capabilities! {
    /// Values kept by the host, by scope and key: `state = ["agent", "read shared:clients/eu-*"]`.
    state: StateGrant, State { wanted };
    /// Exported functions of other plugins: `tools = ["crm/contacts.upsert", "read billing/*"]`.
    tools: ToolsGrant, Tool { call };
    /// Other agents that work for the plugin, on its budget: `agents = ["researcher", "writer up to 25%"]`.
    agents: AgentsGrant, Agent { call };
    /// Questions to people, from the plugin's own code: `people = ["ask", "ask partner"]`.
    people: PeopleGrant, People { asked };
    /// Events that go from run to run, emitted or waited for: `events = ["emit order.paid", "wait order.*"]`.
    events: EventsGrant, Event { wanted };
    /// Folders that the guest sees as `/NAME`: `files = ["read rates at data/rates"]`.
    files: FilesGrant, Files { mount };
    /// Variables of the guest's environment: `environment = ["REGION=eu-west"]`.
    environment: EnvironmentGrant, Environment { name };
    /// Secrets that the host puts into requests to their own origins: `secrets = ["crm-token"]`.
    secrets: SecretsGrant, Secret { name };
    /// Requests to servers: `http = ["GET,POST https://api.example.com/v1/*"]`.
    http: HttpGrant, Http { target };
}

impl Grants {
    /// Tells whether nothing is covered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Grants::default()
    }
}

/// As it is written in `baton.toml`: `{ state = ["agent"], tools = ["crm/*"] }`.
impl fmt::Display for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries: Vec<String> = self.written().iter().map(|(key, value)| format!("{key} = {value}")).collect();
        if entries.is_empty() { f.write_str("{}") } else { write!(f, "{{ {} }}", entries.join(", ")) }
    }
}

/// A TOML array of texts without control characters.
fn toml_array<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let quoted = |item: T| format!("\"{}\"", item.to_string().replace('\\', "\\\\").replace('"', "\\\""));
    format!("[{}]", items.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}
