use baton_journal::{StateOp, StateReply};
use wasmtime::component::Resource;

use super::bindings::wasi::keyvalue::store::{Error, KeyResponse};
use super::bindings::wasi::keyvalue::{atomics, batch, store};
use super::{Answer, Bucket, bytes};
use crate::capability::state::PAGE;
use crate::guest::Guest;

impl store::Host for Guest {
    async fn open(&mut self, identifier: String) -> Answer<Resource<Bucket>> {
        self.gate.ambient(identifier.len() as u64)?;
        let Some(bucket) = Bucket::named(&identifier) else { return Ok(Err(Error::NoSuchStore)) };
        Ok(Ok(self.wasi.made().table.push(bucket)?))
    }
}

impl store::HostBucket for Guest {
    async fn get(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<Option<Vec<u8>>> {
        Ok(self.keyvalue(&bucket, StateOp::Get { key }).await?.map(value))
    }

    async fn set(&mut self, bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Answer<()> {
        Ok(self.keyvalue(&bucket, set(key, &value)).await?.map(drop))
    }

    async fn delete(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<()> {
        Ok(self.keyvalue(&bucket, StateOp::Delete { key }).await?.map(drop))
    }

    async fn exists(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<bool> {
        Ok(self.keyvalue(&bucket, StateOp::Get { key }).await?.map(|reply| value(reply).is_some()))
    }

    async fn list_keys(&mut self, bucket: Resource<Bucket>, cursor: Option<u64>) -> Answer<KeyResponse> {
        let after = match self.bucket(&bucket)?.after(cursor) {
            Ok(after) => after,
            Err(error) => return Ok(Err(error)),
        };
        let op = StateOp::Keys { prefix: String::new(), after, limit: PAGE };
        let keys = match self.keyvalue(&bucket, op).await? {
            Ok(StateReply::Keys(keys)) => keys,
            Ok(_) => Vec::new(),
            Err(error) => return Ok(Err(error)),
        };
        let last = keys.last().filter(|_| keys.len() >= PAGE as usize).cloned();
        let cursor = match last {
            Some(last) => Some(self.bucket(&bucket)?.cursor(last)),
            None => None,
        };
        Ok(Ok(KeyResponse { keys, cursor }))
    }

    async fn drop(&mut self, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        self.wasi.made().table.delete(bucket)?;
        Ok(())
    }
}

impl atomics::Host for Guest {
    async fn increment(&mut self, bucket: Resource<Bucket>, key: String, delta: u64) -> Answer<u64> {
        let Ok(by) = i64::try_from(delta) else {
            return Ok(Err(Error::Other(format!("{delta} is too much to add"))));
        };
        Ok(self.keyvalue(&bucket, StateOp::Increment { key, by }).await?.and_then(|reply| match reply {
            StateReply::Number(number) => {
                u64::try_from(number).map_err(|_| Error::Other(format!("the sum {number} is below 0")))
            }
            _ => Ok(0),
        }))
    }
}

impl batch::Host for Guest {
    async fn get_many(
        &mut self,
        bucket: Resource<Bucket>,
        keys: Vec<String>,
    ) -> Answer<Vec<Option<(String, Vec<u8>)>>> {
        let gets = keys.iter().map(|key| StateOp::Get { key: key.clone() }).collect();
        let replies = self.keyvalues(&bucket, gets).await?;
        let with_keys = |replies: Vec<StateReply>| {
            let pairs = keys.into_iter().zip(replies);
            pairs.map(|(key, reply)| value(reply).map(|value| (key, value))).collect()
        };
        Ok(replies.map(with_keys))
    }

    async fn set_many(&mut self, bucket: Resource<Bucket>, key_values: Vec<(String, Vec<u8>)>) -> Answer<()> {
        let sets = key_values.into_iter().map(|(key, value)| set(key, &value)).collect();
        Ok(self.keyvalues(&bucket, sets).await?.map(drop))
    }

    async fn delete_many(&mut self, bucket: Resource<Bucket>, keys: Vec<String>) -> Answer<()> {
        let deletes = keys.into_iter().map(|key| StateOp::Delete { key }).collect();
        Ok(self.keyvalues(&bucket, deletes).await?.map(drop))
    }
}

fn set(key: String, value: &[u8]) -> StateOp {
    StateOp::Set { key, value: bytes::to_json(value), ttl_ms: None }
}

fn value(reply: StateReply) -> Option<Vec<u8>> {
    match reply {
        StateReply::Value(value) => value.map(bytes::from_json),
        _ => None,
    }
}
