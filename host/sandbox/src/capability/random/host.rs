use rand_chacha::rand_core::Rng as _;

use baton_policy::ceiling;

use crate::bindings::baton::plugin::random::Host;
use crate::guest::Guest;
use crate::wasi;

impl Host for Guest {
    fn bytes(&mut self, length: u32) -> wasmtime::Result<Vec<u8>> {
        let length = u64::from(length).min(ceiling::RANDOM.0);
        self.gate.ambient(length)?;
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        let random = self.random.get_or_insert_with(|| Box::new(wasi::random(self.gate.invocation())));
        random.fill_bytes(&mut bytes);
        Ok(bytes)
    }
}
