//! F. Agents, and the documents around them.

pub(super) mod attack_51_confused_deputy;
pub(super) mod attack_52_poisoned_descriptions;
pub(super) mod attack_53_shadowed_names;
pub(super) mod attack_54_talked_into_rights;
pub(super) mod attack_55_forged_approvals;
pub(super) mod attack_56_schema_bombs;
pub(super) mod attack_57_yaml_bombs;
pub(super) mod attack_58_expression_bombs;
pub(super) mod attack_59_json;
pub(super) mod attack_60_model;
