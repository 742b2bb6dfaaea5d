//! Rows whose capability is still being built. A row leaves this list when its attack enters the other.

/// A row that cannot be tried yet.
pub struct Pending {
    /// The row.
    pub row: u8,
    /// What will be tried.
    pub name: &'static str,
    /// What must be there first.
    pub needs: &'static str,
}

const fn pending(row: u8, name: &'static str, needs: &'static str) -> Pending {
    Pending { row, name, needs }
}

/// The rows that cannot be tried yet, in their order.
pub const PENDING: &[Pending] = &[pending(23, "compile bombs", "compiling in a child process")];
