//! C. Compiling and loading.

pub(super) mod attack_23_compile_bombs;
pub(super) mod attack_24_malformed_components;
pub(super) mod attack_25_poisoned_cache;
pub(super) mod attack_26_unknown_imports;
pub(super) mod attack_27_archives;
pub(super) mod attack_28_decompression;
pub(super) mod attack_29_swapped_component;
pub(super) mod attack_30_signatures;
pub(super) mod attack_31_rug_pull;
pub(super) mod attack_32_confused_sources;
