//! Grants, decisions, limits and meters: whether a host call may happen, and what it costs.
//! Pure: no I/O, no clock, no async; it knows neither the engine nor the journal nor where its numbers were written.
//!
//! | module | holds |
//! |---|---|
//! | [`name`] | the names of plugins and rooms |
//! | [`grant`] | one file per capability: what can be asked for, granted and decided |
//! | [`decision`] | a plugin's policy: asked, granted, effective, bounded by a caller, and its answers |
//! | [`effect`] | what a tool may do to the world |
//! | [`unknown`] | what is done about a call whose outcome nobody knows |
//! | [`isolation`] | whether a plugin has processes of its own |
//! | [`published`] | how what has its own written form is told in a JSON Schema |
//! | [`quantity`] | fuel, bytes and wall time as people write them |
//! | [`amounts`] | what invocations share, and what is left of it |
//! | [`money`] | money as people write it |
//! | [`period`] | days and months for which a budget is given |
//! | [`limits`] | what one invocation may use, with defaults and maxima |
//! | [`ceiling`] | the engine's bounds that nobody sets |
//! | [`share`] | what an invocation hands on of what it has left |
//! | [`meter`] | what one invocation has used |
//! | [`purse`] | what invocations share and count as they take it |
//! | [`circuit`] | whether what fails again and again is left alone for a while |
//! | [`rate`] | how often something may be called |
//! | [`repetition`] | whether a guest makes the same call again and again |

pub mod amounts;
pub mod ceiling;
pub mod circuit;
pub mod decision;
pub mod effect;
pub mod grant;
pub mod isolation;
pub mod limits;
pub mod meter;
pub mod money;
pub mod name;
pub mod period;
pub mod published;
pub mod purse;
pub mod quantity;
pub mod rate;
pub mod repetition;
pub mod share;
pub mod unknown;

mod error;

pub use amounts::{Amounts, Spendable};
pub use circuit::{Circuit, CircuitTerms, Health};
pub use decision::{Call, Decision, Policy};
pub use effect::Effect;
pub use error::Error;
pub use grant::{
    Access, AgentCall, AgentsGrant, Asked, Authority, Capability, EnvironmentGrant, EventAct, EventWanted, EventsGrant,
    FilesGrant, Grants, Host, HttpGrant, HttpTarget, MAX_URL, Mount, MountName, PeopleGrant, Request, Scheme,
    SecretsGrant, StateAccess, StateGrant, StateKeys, StateScope, StateWanted, ToolCall, ToolsGrant, WantedMount,
};
pub use isolation::Isolation;
pub use limits::{Beyond, Limits, LimitsOverride};
pub use meter::{Exhausted, HostUse, Meter, Resource, surcharge};
pub use money::MicroUsd;
pub use name::{Name, ToolName};
pub use period::Period;
pub use purse::{Account, Bound, Empty, Purse};
pub use quantity::{Bytes, Fuel, Wall};
pub use rate::{Bucket, Rate};
pub use repetition::Repetition;
pub use share::{Lender, Share};
pub use unknown::{OnUnknown, Resolution};
