//! The system calls that are left. Any other fails with `EPERM`: a library that asks the kernel for a convenience goes on
//! without it, and who was let out of a guest finds no door.

use std::collections::BTreeMap;
use std::io;

use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

/// Memory, time, waiting, signals that the engine handles, the pipes, random numbers for tools, and the end.
const LEFT: [i64; 28] = [
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rseq, // libc ends a process whose thread cannot register, and one may be about to start
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    libc::SYS_write,
    libc::SYS_writev,
];

pub(super) fn confine() -> io::Result<()> {
    // Others of the same user cannot look into it, nor it into itself by /proc.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    let Ok(machine) = TargetArch::try_from(std::env::consts::ARCH) else { return Ok(()) };
    let filter: BpfProgram = filter(machine).and_then(TryInto::try_into).map_err(io::Error::other)?;
    // The threads that are there already are held too. It also sets `no_new_privs`.
    seccompiler::apply_filter_all_threads(&filter).map_err(io::Error::other)
}

fn filter(machine: TargetArch) -> Result<SeccompFilter, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = LEFT.iter().map(|call| (*call, Vec::new())).collect();
    // Memory may be taken, but none that can be executed: the code is there already.
    let not_executable = vec![rule(2, SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64), 0)?];
    rules.insert(libc::SYS_mmap, not_executable.clone());
    rules.insert(libc::SYS_mprotect, not_executable);
    // A process may end itself by a signal, as it does when its memory is used up.
    rules.insert(libc::SYS_tgkill, vec![rule(0, SeccompCmpOp::Eq, u64::from(std::process::id()))?]);
    SeccompFilter::new(rules, SeccompAction::Errno(libc::EPERM as u32), SeccompAction::Allow, machine)
}

fn rule(argument: u8, compare: SeccompCmpOp, value: u64) -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Dword, compare, value)?])
}
