//! The engine's bounds that nobody sets: what any component may be made of. It does not know the engine that holds them.
//! They are what the hungriest known guest toolchains need, with room to spare, and no more.

use crate::quantity::Bytes;

/// The largest linear memory that the pool of sandboxes has room for; no plugin's `memory` limit goes beyond it.
/// Each slot of the pool reserves that much address space, and the hungriest guests measured (Python, StarlingMonkey)
/// need 13 MiB to start, so 256 MiB leaves room for work and keeps a thousand slots within what a process can reserve.
pub const POOL_MEMORY: Bytes = Bytes(256 << 20);

/// Core instances in one component. A Python component is linked from 38 of them; a bomb has thousands.
pub const CORE_INSTANCES: u32 = 64;

/// Linear memories in one component: a QuickJS component with stubs has three.
pub const MEMORIES: u32 = 4;

/// Tables in one component: a QuickJS component with stubs has three.
pub const TABLES: u32 = 8;

/// Elements of one table. StarlingMonkey fills 7,725; an empty table of nine million elements costs the host 72 MB.
pub const TABLE_ELEMENTS: u32 = 20_000;

/// Bytes of the guest's call stack. It is the engine's default: deep recursion ends in a trap long before the stack of
/// the host's thread does.
pub const STACK: Bytes = Bytes(512 << 10);

/// Handles that a component may hold, and resources that the host keeps for it. The engine's own defaults are 100,000
/// and a million: 200,000 pollables took 64 ms to stop at the first, 0.6 ms at a thousand.
pub const HANDLES: u32 = 4_096;

/// Random bytes in one call: what the contract promises (`baton:plugin/random`).
pub const RANDOM: Bytes = Bytes(64 << 10);

/// Bytes that one invocation may write into files, over all folders. A tool writes documents and reports, not disk
/// images: a disk has room for hundreds of such invocations, and what they write counts against `bytes` too.
pub const WRITTEN: Bytes = Bytes(256 << 20);

/// What a file, folder or link takes of [`WRITTEN`] when it is made: a block of most file systems, so that millions of
/// empty files do not use up the disk's nodes.
pub const NODE: Bytes = Bytes(4 << 10);

/// Files, folders and their streams that a guest may have open. The system lets a process have some thousand, and the
/// journal needs some of them: a tool that opens whatever there is must not take them all.
pub const OPEN_FILES: u32 = 64;

/// Listings of folders that a guest may have open: each holds the names of a whole folder in the host's memory.
pub const LISTINGS: u32 = 8;

/// Tool calls in one `call-all`: more of them at once only wait for each other, while each waiting one costs the host
/// a task and a copy of its arguments.
pub const CALLS_AT_ONCE: u32 = 64;

/// Nested invocations of one run that are at work at the same time, for each depth: the others wait for their turn. A
/// tree of tools that call tools grows with the power of its depth, and without a bound one run would take every sandbox
/// of the pool. A bound for each depth, and not for all together, because who waits for a place below holds one above. A
/// full tree, eight deep, of twelve each takes the host 13 MiB.
pub const NESTED_AT_ONCE: u32 = 12;
