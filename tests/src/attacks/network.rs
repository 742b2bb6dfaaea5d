//! D. The network.

mod addresses;
mod authority;
mod bomb;
mod inside;
mod names;
mod world;

pub(super) mod attack_33_private_addresses;
pub(super) mod attack_34_disguised_addresses;
pub(super) mod attack_35_rebinding;
pub(super) mod attack_36_redirects;
pub(super) mod attack_37_two_hosts;
pub(super) mod attack_38_headers;
pub(super) mod attack_39_hostile_replies;
pub(super) mod attack_40_http_2;
pub(super) mod attack_41_tls;
pub(super) mod attack_42_exfiltration;

pub(in crate::attacks) use bomb::reply as bomb;
pub(in crate::attacks) use world::{get, http};
