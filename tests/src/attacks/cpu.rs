//! A. Burning CPU, never returning.

pub(super) mod attack_01_endless_loop;
pub(super) mod attack_02_loop_in_start;
pub(super) mod attack_03_loop_around_the_call;
pub(super) mod attack_04_cheap_calls_forever;
pub(super) mod attack_05_calls_in_a_circle;
pub(super) mod attack_06_bulk_operations;
pub(super) mod attack_07_sleep_forever;
pub(super) mod attack_08_poll_storm;
pub(super) mod attack_09_async_flood;
pub(super) mod attack_10_pattern_bombs;

pub(super) use attack_07_sleep_forever::SLEEPS as SLEEPS_FOREVER;
pub(super) use attack_08_poll_storm::asks_forever;
