//! People: questions that agents ask from their own code. Grants asking, by role; meters calls and bytes; records each question
//! before it is asked and the answer with which the agent goes on. While it is open there is no agent: the invocation is suspended.

mod backend;
mod host;

pub(crate) use backend::Ask;
pub use backend::{Answer, People, Question, Silence};
