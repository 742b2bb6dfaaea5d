//! How the process gives memory back. It does not know who takes it.

/// Has large buffers given back to the system as soon as they are dropped.
///
/// The allocator of most Linux systems otherwise learns from the first large buffer to keep the next, for each thread:
/// answers of 2 MiB through one worker left the host 26 MiB larger for good, and 6 MiB with this. A process sets it for
/// itself, so a library does not.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator has no other switch; see the SAFETY comment")]
pub fn give_back_large_buffers() {
    /// What is larger is a mapping of its own. It is the value that the allocator begins with.
    const LARGE: i32 = 128 << 10;
    // SAFETY: `mallopt` takes two numbers, no pointer, and may be called at any time.
    let _ = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) }; // refused, everything is as before
}

/// Other allocators do so by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back_large_buffers() {}
