use baton_journal::{StateOp, StateReply};

use super::PAGE;
use super::backend::{Room, StateCall};
use crate::bindings::baton::plugin::state::{Host, Scope};
use crate::bindings::baton::plugin::types::Error;
use crate::guest::Guest;

type Answer<T> = wasmtime::Result<Result<T, Error>>;

impl Guest {
    async fn state(&mut self, scope: Scope, op: StateOp) -> Answer<StateReply> {
        let room = match scope {
            Scope::Run => Room::Run,
            Scope::Agent => Room::Agent,
            Scope::Shared(name) => Room::Shared(name),
        };
        Ok(self.gate.call(StateCall { room, op }).await?.map_err(Error::from))
    }

    async fn state_changed(&mut self, scope: Scope, op: StateOp) -> Answer<bool> {
        Ok(self.state(scope, op).await?.map(|reply| reply == StateReply::Changed(true)))
    }
}

impl Host for Guest {
    async fn get(&mut self, scope: Scope, key: String) -> Answer<Option<String>> {
        let reply = self.state(scope, StateOp::Get { key }).await?;
        Ok(reply.map(|reply| if let StateReply::Value(value) = reply { value } else { None }))
    }

    async fn set(&mut self, scope: Scope, key: String, value: String, ttl_ms: Option<u64>) -> Answer<()> {
        Ok(self.state(scope, StateOp::Set { key, value, ttl_ms }).await?.map(drop))
    }

    async fn delete(&mut self, scope: Scope, key: String) -> Answer<bool> {
        self.state_changed(scope, StateOp::Delete { key }).await
    }

    async fn keys(&mut self, scope: Scope, prefix: String, after: Option<String>) -> Answer<Vec<String>> {
        let reply = self.state(scope, StateOp::Keys { prefix, after, limit: PAGE }).await?;
        Ok(reply.map(|reply| if let StateReply::Keys(keys) = reply { keys } else { Vec::new() }))
    }

    async fn compare_and_swap(
        &mut self,
        scope: Scope,
        key: String,
        expected: Option<String>,
        value: Option<String>,
        ttl_ms: Option<u64>,
    ) -> Answer<bool> {
        self.state_changed(scope, StateOp::CompareAndSwap { key, expected, value, ttl_ms }).await
    }

    async fn increment(&mut self, scope: Scope, key: String, by: i64) -> Answer<i64> {
        let reply = self.state(scope, StateOp::Increment { key, by }).await?;
        Ok(reply.map(|reply| if let StateReply::Number(number) = reply { number } else { 0 }))
    }
}
