use super::backend::{Emission, Emit, Field, Filter, Wait};
use crate::bindings::baton::plugin::events::{self, Host};
use crate::bindings::baton::plugin::types::Error;
use crate::guest::Guest;

impl Host for Guest {
    async fn emit(&mut self, name: String, data: String) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.gate.call(Emit(Emission { name, data })).await?.map_err(Error::from))
    }

    async fn wait(
        &mut self,
        filter: events::Filter,
        within_ms: u64,
    ) -> wasmtime::Result<Result<Option<String>, Error>> {
        let events::Filter { name, having } = filter;
        let having = having.into_iter().map(|events::Field { pointer, equals }| Field { pointer, equals }).collect();
        Ok(self.gate.call(Wait(Filter { name, having, within_ms })).await?.map_err(Error::from))
    }
}
