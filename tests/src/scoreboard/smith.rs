//! `scoreboard smith`: many random components, one after the other in one host. It does not know how they are made.

use super::{print, tell};
use crate::attacks::{Arena, Mode, memory_now};
use crate::smith::{Tally, attempt};

/// The most that the host's memory may be higher in the end than it was after the first tenth, in bytes.
const LEFT: u64 = 64 << 20;

/// Tries them; whether none did harm.
pub(super) fn run(count: u64, seed: u64) -> bool {
    let arena = Arena::new(Mode::Shared);
    let (mut tally, mut harms, mut early) = (Tally::default(), 0_u64, None);
    for number in 0..count {
        if let Err(harm) = attempt(&arena, seed.wrapping_add(number), &mut tally) {
            harms += 1;
            print(&harm);
        }
        if number == count / 10 {
            early = Some(memory_now());
        }
        if number % 1_000 == 999 {
            tell(&format!("{} of {count}", number + 1));
        }
    }
    let left = memory_now().saturating_sub(early.unwrap_or_default());
    let Tally { unmade, refused, called, idle, longest } = tally;
    print(&format!(
        "smith: {count} components from seed {seed}: {called} called, {idle} with nothing to call, {refused} refused, {unmade} not made, \
         the longest {longest:.1?}, {} MiB more memory in the end; {harms} did harm",
        left >> 20
    ));
    harms == 0 && left <= LEFT
}
