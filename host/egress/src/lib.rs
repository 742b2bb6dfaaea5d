//! The only way out to the network, for guests and for the host alike. It knows grants, but not who was given them, and
//! neither journal nor engine.
//!
//! A request is judged and sent by the same reading of its URL. Its host is looked up once; if one of its addresses may
//! not be reached, none is; the connection goes to an address that was judged. Every part of the exchange is bounded in
//! bytes and in time. No redirect is followed: it is an answer, and what the caller makes of it is a new request.
//!
//! HTTP/1.1 only, on purpose: what is not there cannot be attacked by a server (floods of frames and resets), and a bounded
//! exchange gains nothing from multiplexing. Whole messages only, on purpose: what is bounded and whole can be recorded,
//! replayed, and searched for secrets; a stream cannot.
//!
//! | module | does |
//! |---|---|
//! | [`egress`](Egress) | one exchange from beginning to end |
//! | [`message`] | requests and responses |
//! | `header` | which headers a caller may set |
//! | [`address`] | which addresses are public |
//! | [`resolve`] | names to addresses |
//! | `connect` | an address to a connection, with TLS |
//! | `exchange` | a request over a connection, within limits |
//! | `decode` | compressed bodies, without bombs |
//! | [`secret`] | secrets, put into requests to the origin they belong to |
//! | `scrub` | secrets, taken out of what comes back |
//! | `places` | how many exchanges there are at once |
//! | [`limits`] | what one exchange may take |

pub mod address;
pub mod limits;
pub mod message;
pub mod resolve;
pub mod secret;

mod connect;
mod decode;
mod egress;
mod error;
mod exchange;
mod header;
mod places;
mod scrub;

#[cfg(test)]
mod tests;

pub use connect::Roots;
pub use egress::{Call, Egress, Fetch, Options};
pub use error::{EgressError, Stage};
pub use limits::Limits;
pub use message::{Header, Request, Response};
pub use resolve::{Resolve, SystemResolver};
pub use secret::{Origin, Secret, SecretError, Secrets};

use std::future::Future;
use std::pin::Pin;

/// A future that a trait's method returns, so that the trait is object-safe.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
