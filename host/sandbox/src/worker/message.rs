//! What a host and its workers say to each other, as JSON. It does not know how it is carried.

use serde::{Deserialize, Serialize};

use super::confine::Confines;

/// What a worker is started for: the first frame that it gets. The second holds the bytes that it works on.
#[derive(Serialize, Deserialize)]
pub(crate) enum Task {
    /// The bytes are a component: it is to be compiled. The worker answers with [`Compiled`], and then with the code.
    Compile(Confines),
}

/// What became of a component; the reason where it cannot be compiled.
pub(crate) type Compiled = Result<(), String>;
