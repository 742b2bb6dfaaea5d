//! Keeps values as `wasi:keyvalue` has it, one act after the other, and tells what came of each.

use baton_sdk::{Agent, Failure, Task};
use serde::Deserialize;
use serde_json::{Value, json};

use bindings::wasi::keyvalue::store::{self, Bucket, Error};
use bindings::wasi::keyvalue::{atomics, batch};

mod bindings {
    baton_sdk::wit_bindgen::generate!({
        path: "../../host/sandbox/wit/keyvalue",
        world: "wasi:keyvalue/imports",
        runtime_path: "::baton_sdk::wit_bindgen::rt",
    });
}

#[derive(Deserialize)]
struct Input {
    bucket: String,
    acts: Vec<Act>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", tag = "act")]
enum Act {
    Get { key: String },
    Set { key: String, value: Vec<u8> },
    Delete { key: String },
    Exists { key: String },
    Keys,
    Page { cursor: u64 },
    Increment { key: String, delta: u64 },
    GetMany { keys: Vec<String> },
    SetMany { values: Vec<(String, Vec<u8>)> },
    DeleteMany { keys: Vec<String> },
}

struct Stores;

impl Agent for Stores {
    type Input = Input;
    type Output = Vec<Value>;

    fn run(task: Task<Input>) -> Result<Vec<Value>, Failure> {
        let bucket = match store::open(&task.input.bucket) {
            Ok(bucket) => bucket,
            Err(error) => return Ok(vec![told::<()>(Err(error))]),
        };
        Ok(task.input.acts.into_iter().map(|act| done(&bucket, act)).collect())
    }
}

fn done(bucket: &Bucket, act: Act) -> Value {
    match act {
        Act::Get { key } => told(bucket.get(&key)),
        Act::Set { key, value } => told(bucket.set(&key, &value)),
        Act::Delete { key } => told(bucket.delete(&key)),
        Act::Exists { key } => told(bucket.exists(&key)),
        Act::Keys => told(all_keys(bucket)),
        Act::Page { cursor } => told(bucket.list_keys(Some(cursor)).map(|page| page.keys)),
        Act::Increment { key, delta } => told(atomics::increment(bucket, &key, delta)),
        Act::GetMany { keys } => told(batch::get_many(bucket, &keys)),
        Act::SetMany { values } => told(batch::set_many(bucket, &values)),
        Act::DeleteMany { keys } => told(batch::delete_many(bucket, &keys)),
    }
}

fn all_keys(bucket: &Bucket) -> Result<Vec<String>, Error> {
    let mut page = bucket.list_keys(None)?;
    let mut keys = page.keys;
    while let Some(cursor) = page.cursor {
        page = bucket.list_keys(Some(cursor))?;
        keys.append(&mut page.keys);
    }
    Ok(keys)
}

fn told<T: serde::Serialize>(result: Result<T, Error>) -> Value {
    match result {
        Ok(value) => json!({ "ok": value }),
        Err(Error::NoSuchStore) => json!({ "err": "no-such-store" }),
        Err(Error::AccessDenied) => json!({ "err": "access-denied" }),
        Err(Error::Other(text)) => json!({ "err": text }),
    }
}

baton_sdk::agent!(Stores);
