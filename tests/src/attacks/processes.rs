//! The memory of this process, as the kernel counts it. It does not know what takes it.

use std::fs;

/// What the process holds now, in bytes.
#[must_use]
pub fn memory_now() -> u64 {
    status("VmRSS:")
}

/// The most that it held since [`reset_memory_peak`], in bytes.
#[must_use]
pub fn memory_peak() -> u64 {
    status("VmHWM:")
}

/// The part of [`memory_now`] that is pages of files: the program's own code, as far as it has run. It is not taken by
/// anybody, and a system short of memory drops it.
#[must_use]
pub fn memory_of_files() -> u64 {
    status("RssFile:")
}

/// Forgets the peak.
pub fn reset_memory_peak() {
    fs::write("/proc/self/clear_refs", "5").unwrap();
}

fn status(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() << 10
}
