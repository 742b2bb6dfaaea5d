//! The header fields that a guest holds, weighed. It does not know how much is too much.

use wasmtime::component::ResourceTable;
use wasmtime_wasi_http::FieldMap;

/// Host calls between two looks, each of which goes through all fields: a set grows by `FIELDS` of [`super::http`] in
/// one call at most, so what is not yet seen is 4 MiB.
const LOOKS: u32 = 64;

/// What one field takes beside its text.
const FIELD: usize = 32;

/// What one set takes beside its fields.
const SET: usize = 128;

/// See the module.
#[derive(Default)]
pub(super) struct Fields {
    calls: u32,
    bytes: usize,
}

impl Fields {
    /// The weight of all fields in bytes, as it was when they were last looked at.
    pub(super) fn weight(&mut self, table: &mut ResourceTable) -> usize {
        if self.calls.is_multiple_of(LOOKS) {
            self.bytes = table.iter_mut().filter_map(|held| held.downcast_ref()).map(weight).sum();
        }
        self.calls = self.calls.wrapping_add(1);
        self.bytes
    }
}

fn weight(set: &FieldMap) -> usize {
    SET + set.iter().map(|(name, value)| FIELD + name.as_str().len() + value.len()).sum::<usize>()
}
