//! What is left to spend. Grants nothing, meters its own calls, records nothing: the answer follows from the journal.

mod host;
