//! The attacks of the threat model, one file for each row: each is performed against the real host, and what the
//! operator reads of it is told. It does not know who runs them: the tests and the scoreboard do.
//!
//! A new row is a file with an [`Attack`], and a line in [`each_attack`](crate::each_attack).

mod agents;
mod arena;
mod caller;
mod cpu;
mod data;
pub(crate) mod documents;
pub(crate) mod hostile;
mod loading;
mod memory;
mod network;
mod processes;
mod release;
mod source;
mod trial;
mod verdict;

pub(crate) use arena::timed;
pub use arena::{Arena, Mode};
pub use processes::{memory_now, memory_of_files, memory_peak, reset_memory_peak};
pub use trial::{STOP, Trial, overshoot};
pub use verdict::{Stop, Verdict};

/// The rows of the threat model that are about guests; the others are about the control plane and durability.
pub const ROWS: u8 = 60;

/// One row of the threat model.
pub struct Attack {
    /// The row.
    pub row: u8,
    /// What is tried, in a few words.
    pub name: &'static str,
    /// Tries it; panics if it succeeds.
    pub run: fn(&Arena) -> Verdict,
}

/// Hands the list of all attacks, `section::file` each, to another macro.
#[macro_export]
macro_rules! each_attack {
    ($make:ident) => {
        $make! {
            cpu::attack_01_endless_loop,
            cpu::attack_02_loop_in_start,
            cpu::attack_03_loop_around_the_call,
            cpu::attack_04_cheap_calls_forever,
            cpu::attack_05_calls_in_a_circle,
            cpu::attack_06_bulk_operations,
            cpu::attack_07_sleep_forever,
            cpu::attack_08_poll_storm,
            cpu::attack_09_async_flood,
            cpu::attack_10_pattern_bombs,
            memory::attack_11_memory_growth,
            memory::attack_12_tables,
            memory::attack_13_handles,
            memory::attack_14_huge_values,
            memory::attack_15_random_bytes,
            memory::attack_16_header_fields,
            memory::attack_17_recursion,
            memory::attack_18_deep_documents,
            memory::attack_19_flood_of_lines,
            memory::attack_20_growth_of_state,
            memory::attack_21_disk_full,
            memory::attack_22_fan_out,
            loading::attack_23_compile_bombs,
            loading::attack_24_malformed_components,
            loading::attack_25_poisoned_cache,
            loading::attack_26_unknown_imports,
            loading::attack_27_archives,
            loading::attack_28_decompression,
            loading::attack_29_swapped_component,
            loading::attack_30_signatures,
            loading::attack_31_rug_pull,
            loading::attack_32_confused_sources,
            network::attack_33_private_addresses,
            network::attack_34_disguised_addresses,
            network::attack_35_rebinding,
            network::attack_36_redirects,
            network::attack_37_two_hosts,
            network::attack_38_headers,
            network::attack_39_hostile_replies,
            network::attack_40_http_2,
            network::attack_41_tls,
            network::attack_42_exfiltration,
            data::attack_43_paths,
            data::attack_44_state_keys,
            data::attack_45_stored_code,
            data::attack_46_tenants,
            data::attack_47_secrets,
            data::attack_48_left_behind,
            data::attack_49_terminal,
            data::attack_50_web_page,
            agents::attack_51_confused_deputy,
            agents::attack_52_poisoned_descriptions,
            agents::attack_53_shadowed_names,
            agents::attack_54_talked_into_rights,
            agents::attack_55_forged_approvals,
            agents::attack_56_schema_bombs,
            agents::attack_57_yaml_bombs,
            agents::attack_58_expression_bombs,
            agents::attack_59_json,
            agents::attack_60_model,
        }
    };
}

macro_rules! registry {
    ($($section:ident::$file:ident),+ $(,)?) => {
        /// All attacks that are tried, with the names of their files, in the order of their rows.
        pub const ATTACKS: &[(&str, Attack)] = &[$((stringify!($file), $section::$file::ATTACK)),+];
    };
}

each_attack!(registry);

/// The attack of a row, if it is tried.
#[must_use]
pub fn attack(row: u8) -> Option<&'static Attack> {
    ATTACKS.iter().map(|(_, attack)| attack).find(|attack| attack.row == row)
}
