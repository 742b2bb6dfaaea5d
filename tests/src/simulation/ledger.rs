//! A server that counts the requests that reach it, in place of the network. It does not know who makes them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_egress::{BoxFuture, Call, EgressError, Fetch, Response};

#[derive(Default)]
pub(super) struct Ledger(Mutex<Book>);

#[derive(Default)]
struct Book {
    /// The idempotency keys of the requests to each URL.
    keys: BTreeMap<String, Vec<String>>,
    /// URLs of which the journal has the answer.
    answered: BTreeSet<String>,
    broken: Option<String>,
}

impl Ledger {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A host died; of these requests the next one finds the answers.
    pub(super) fn host_died(&self, answered: &BTreeSet<String>) {
        self.book().answered.clone_from(answered);
    }

    /// What was broken.
    pub(super) fn check(&self) -> Result<(), String> {
        self.book().broken.clone().map_or(Ok(()), Err)
    }

    pub(super) fn requests(&self) -> u64 {
        self.book().keys.values().map(|keys| keys.len() as u64).sum()
    }

    pub(super) fn again(&self) -> u64 {
        self.book().keys.values().map(|keys| keys.len() as u64 - 1).sum()
    }

    fn note(&self, url: &str, key: &str) {
        let mut book = self.book();
        if book.answered.contains(url) {
            book.broken = Some(format!("{url} was asked again, although its answer is in the journal"));
        }
        let keys = book.keys.entry(url.to_owned()).or_default();
        let other = keys.iter().find(|known| *known != key).cloned();
        keys.push(key.to_owned());
        if let Some(other) = other {
            book.broken = Some(format!("{url} was asked with the keys {other} and {key}"));
        }
    }
}

impl Fetch for Ledger {
    fn fetch<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Response, EgressError>> {
        let key = call.request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("idempotency-key"));
        let key = key.map(|header| header.value.clone()).unwrap_or_default();
        let url = call.request.url.clone();
        Box::pin(async move {
            self.note(&url, &key);
            for _ in 0..url.len() % 3 {
                tokio::task::yield_now().await; // others go on meanwhile
            }
            Ok(Response { status: 200, headers: Vec::new(), body: format!("done {url}").into_bytes() })
        })
    }
}
