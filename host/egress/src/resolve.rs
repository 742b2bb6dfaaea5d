//! Names to addresses. It does not judge what it finds.

use std::io;
use std::net::{IpAddr, ToSocketAddrs as _};
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::BoxFuture;

/// Look-ups at once. Each takes a thread for as long as the system's resolver does, which no timeout ends.
const LOOK_UPS: usize = 32;

/// Looks up names.
pub trait Resolve: Send + Sync {
    /// The addresses of a name, in the order in which they should be tried.
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The resolver of the operating system.
#[derive(Clone, Debug)]
pub struct SystemResolver {
    places: Arc<Semaphore>,
}

impl Default for SystemResolver {
    fn default() -> Self {
        SystemResolver { places: Arc::new(Semaphore::new(LOOK_UPS)) }
    }
}

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let (name, places) = (name.to_owned(), Arc::clone(&self.places));
        Box::pin(async move {
            let place = places.acquire_owned().await.map_err(io::Error::other)?;
            let found = tokio::task::spawn_blocking(move || {
                let _place = place; // kept until the system answers, even if nobody waits any more
                (name.as_str(), 0).to_socket_addrs().map(|found| found.map(|address| address.ip()).collect())
            });
            found.await.map_err(io::Error::other)?
        })
    }
}
