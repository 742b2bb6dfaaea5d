//! `wasi:config/store` over the environment that was granted: the same names and values as `wasi:cli/environment` has,
//! for an agent those of its journal. So there is nothing to decide, and nothing to record. It does not know grants.

use wasmtime::component::{HasSelf, Linker};

use crate::guest::Guest;

use bindings::wasi::config::store::{self, Error};

mod bindings {
    wasmtime::component::bindgen!({
        path: "wit/config",
        world: "imports",
        imports: { default: trappable },
    });
}

/// Links the interface.
pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    store::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)
}

type Answer<T> = wasmtime::Result<Result<T, Error>>;

impl store::Host for Guest {
    fn get(&mut self, key: String) -> Answer<Option<String>> {
        let value = self.gate.invocation().environment.get(&key).cloned();
        self.gate.ambient((key.len() + value.as_ref().map_or(0, String::len)) as u64)?;
        Ok(Ok(value))
    }

    fn get_all(&mut self) -> Answer<Vec<(String, String)>> {
        let all: Vec<(String, String)> = self.gate.invocation().environment.iter().map(owned).collect();
        self.gate.ambient(all.iter().map(|(name, value)| (name.len() + value.len()) as u64).sum())?;
        Ok(Ok(all))
    }
}

fn owned((name, value): (&String, &String)) -> (String, String) {
    (name.clone(), value.clone())
}
