//! What stands between a plugin and the host beside its sandbox. It does not know how a process is made.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a plugin's invocations run. Each has a sandbox of its own in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// In the host's process, beside other guests. Default: it costs next to nothing.
    #[default]
    Shared,
    /// Each in a process of its own, which may do nothing but compute and talk to its host: a bug of the engine does not
    /// let a guest into the host, nor end it. It costs the start of a process for each invocation.
    Process,
}
