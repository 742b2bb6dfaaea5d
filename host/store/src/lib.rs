//! The journal and the state in SQLite: one writer, group commit.
