//! E. State, secrets, tenancy, and what is shown.

pub(super) mod attack_43_paths;
pub(super) mod attack_44_state_keys;
pub(super) mod attack_45_stored_code;
pub(super) mod attack_46_tenants;
pub(super) mod attack_47_secrets;
pub(super) mod attack_48_left_behind;
pub(super) mod attack_49_terminal;
pub(super) mod attack_50_web_page;
