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
pub const PENDING: &[Pending] = &[
    pending(16, "too many or too large header fields", "wasi:http"),
    pending(23, "compile bombs", "compiling in a child process"),
    pending(31, "an update that asks for more", "baton.lock"),
    pending(33, "private, loopback and metadata addresses", "egress"),
    pending(34, "disguised addresses", "egress"),
    pending(35, "names that resolve to another address later", "egress"),
    pending(36, "redirects", "egress"),
    pending(37, "URLs that read as two hosts", "egress"),
    pending(38, "forbidden headers and line breaks in them", "egress"),
    pending(39, "endless, slow and compressed replies", "egress"),
    pending(40, "abuse of HTTP/2 by a server", "egress"),
    pending(41, "weak or false TLS", "egress"),
    pending(42, "exfiltration through an allowed host", "egress"),
    pending(43, "paths out of a granted folder", "files"),
    pending(47, "secrets in what is written down", "secrets"),
    pending(51, "a confused deputy", "authority of callers"),
    pending(52, "poisoned descriptions of tools", "baton.lock"),
];
