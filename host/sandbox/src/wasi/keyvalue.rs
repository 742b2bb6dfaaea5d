//! `wasi:keyvalue` over the rooms of state, for components that know the standard and not our contract. Each call is one
//! of state (`state.get` and so on), so it is granted, metered, recorded and replayed as such. It does not know how.
//!
//! A bucket is a scope in its written form: `run`, `agent` (also the empty name and `default`), `shared:NAME`. Bytes are
//! kept as JSON that `baton:plugin/state` reads: see [`bytes`].

mod bytes;
mod host;

use baton_journal::{StateOp, StateReply};
use baton_policy::{Name, StateScope};
use wasmtime::component::{HasSelf, Linker, Resource};

use crate::call_error::CallError;
use crate::capability::state::{Room, StateCall};
use crate::guest::Guest;

use bindings::wasi::keyvalue::store::Error;
use bindings::wasi::keyvalue::{atomics, batch, store};

mod bindings {
    wasmtime::component::bindgen!({
        path: "wit/keyvalue",
        world: "imports",
        imports: { default: async | trappable },
        with: { "wasi:keyvalue/store.bucket": super::Bucket },
    });
}

/// Links the three interfaces.
pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    store::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    atomics::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    batch::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)
}

type Answer<T> = wasmtime::Result<Result<T, Error>>;

/// A room that a guest has opened. To have one allows nothing: each call is decided.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Bucket {
    room: Room,
    /// The last keys of the pages that were listed; a cursor counts them.
    pages: Vec<String>,
}

impl Bucket {
    /// The bucket of a name, if it can be one of a room.
    fn named(identifier: &str) -> Option<Self> {
        let room = match identifier {
            "" | "default" => Room::Agent,
            _ => match StateScope::parse(identifier)? {
                StateScope::Run => Room::Run,
                StateScope::Agent => Room::Agent,
                StateScope::Shared(name) => Room::Shared(Name::accepts(name).then(|| name.to_owned())?),
            },
        };
        Some(Bucket { room, pages: Vec::new() })
    }

    /// After which key the page of a cursor begins.
    fn after(&self, cursor: Option<u64>) -> Result<Option<String>, Error> {
        let Some(cursor) = cursor else { return Ok(None) };
        let last = usize::try_from(cursor).ok().and_then(|cursor| self.pages.get(cursor));
        last.map(|last| Some(last.clone())).ok_or_else(|| Error::Other(format!("{cursor} is no cursor of this bucket")))
    }

    /// The cursor that leads on after a key.
    fn cursor(&mut self, last: String) -> u64 {
        let known = self.pages.iter().position(|page| *page == last).unwrap_or_else(|| {
            self.pages.push(last);
            self.pages.len() - 1
        });
        known as u64
    }
}

impl Guest {
    fn bucket(&mut self, bucket: &Resource<Bucket>) -> wasmtime::Result<&mut Bucket> {
        Ok(self.wasi.made().table.get_mut(bucket)?)
    }

    /// One operation on a bucket.
    async fn keyvalue(&mut self, bucket: &Resource<Bucket>, op: StateOp) -> Answer<StateReply> {
        let room = self.bucket(bucket)?.room.clone();
        Ok(self.gate.call(StateCall { room, op }).await?.map_err(Error::from))
    }

    /// Operations on a bucket, at the same time.
    async fn keyvalues(&mut self, bucket: &Resource<Bucket>, ops: Vec<StateOp>) -> Answer<Vec<StateReply>> {
        let room = self.bucket(bucket)?.room.clone();
        let calls = ops.into_iter().map(|op| StateCall { room: room.clone(), op }).collect();
        let replies: Result<Vec<StateReply>, CallError> = self.gate.call_all(calls).await?.into_iter().collect();
        Ok(replies.map_err(Error::from))
    }
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Denied(_) => Error::AccessDenied,
            CallError::Invalid(text) | CallError::Quota(text) => Error::Other(text),
            CallError::Failed(failure) => Error::Other(failure.to_string()),
        }
    }
}
