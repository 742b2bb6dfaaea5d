//! B. Exhausting memory, handles, disk.

pub(super) mod attack_11_memory_growth;
pub(super) mod attack_12_tables;
pub(super) mod attack_13_handles;
pub(super) mod attack_14_huge_values;
pub(super) mod attack_15_random_bytes;
pub(super) mod attack_16_header_fields;
pub(super) mod attack_17_recursion;
pub(super) mod attack_18_deep_documents;
pub(super) mod attack_19_flood_of_lines;
pub(super) mod attack_20_growth_of_state;
pub(super) mod attack_21_disk_full;
pub(super) mod attack_22_fan_out;

pub(super) use attack_13_handles::STREAMS as KEEPS_HANDLES;
pub(super) use attack_19_flood_of_lines::FLOODS as FLOODS_STDOUT;
