//! A tool that never heard of our contract: it counts in a bucket of `wasi:keyvalue`.

#![cfg_attr(not(target_family = "wasm"), allow(dead_code, reason = "only a component exports what calls it"))]

use bindings::Guest;
use bindings::wasi::keyvalue::store::Error;
use bindings::wasi::keyvalue::{atomics, store};

mod bindings {
    baton_sdk::wit_bindgen::generate!({
        inline: "
            package tests:counts;
            world counts {
                import wasi:keyvalue/store@0.2.0-draft;
                import wasi:keyvalue/atomics@0.2.0-draft;
                export count: func(bucket: string, key: string, delta: u64) -> result<u64, string>;
            }
        ",
        path: "../../host/sandbox/wit/keyvalue",
        world: "tests:counts/counts",
        generate_all,
        runtime_path: "::baton_sdk::wit_bindgen::rt",
    });
}

struct Counts;

impl Guest for Counts {
    fn count(bucket: String, key: String, delta: u64) -> Result<u64, String> {
        let sum = store::open(&bucket).and_then(|bucket| atomics::increment(&bucket, &key, delta));
        sum.map_err(|error| match error {
            Error::NoSuchStore => "no-such-store".to_owned(),
            Error::AccessDenied => "access-denied".to_owned(),
            Error::Other(text) => text,
        })
    }
}

#[cfg(target_family = "wasm")]
bindings::export!(Counts with_types_in bindings);
