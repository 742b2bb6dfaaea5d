//! A host call whose kind is known by its name only: what a worker process asks for. It does not know the kinds.

use std::sync::Arc;
use std::time::Duration;

use baton_journal::{BoxFuture, Failure};
use baton_policy::repetition::Kind;
use baton_policy::{Amounts, Request, Share};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::operation::spent;
use super::{CallSite, Effect, Operation, Reply, Unknown, Written};
use crate::backends::Backends;
use crate::call_error::CallError;
use crate::error::SandboxError;

/// What is replied to a host call of any kind: the text that the journal keeps, be it an error or not. There is one copy of it.
pub(crate) struct AnyReply(Arc<str>);

impl AnyReply {
    /// The text of a reply; of an error where there is none.
    pub(crate) fn text(reply: Result<AnyReply, CallError>) -> Result<Arc<str>, SandboxError> {
        AnyReply::write(&reply.into())
    }
}

impl Written for AnyReply {
    fn write(reply: &Reply<Self>) -> Result<Arc<str>, SandboxError> {
        match reply {
            Reply::Ok(AnyReply(text)) => Ok(Arc::clone(text)),
            Reply::Err(error) => Written::write(&Reply::<()>::Err(error.clone())),
        }
    }

    fn read(text: &str) -> Result<Reply<Self>, SandboxError> {
        Ok(Reply::Ok(AnyReply(text.into())))
    }
}

/// A host call of any kind.
pub(crate) struct AnyOperation(Box<dyn Erased>);

impl AnyOperation {
    /// Reads a request of a known kind; nothing if it is none, or not one of that name.
    pub(crate) fn read<O: Operation + DeserializeOwned + Sync + 'static>(name: &str, request: &str) -> Option<Self> {
        let operation: O = serde_json::from_str(request).ok()?;
        (operation.name() == name).then(|| AnyOperation(Box::new(operation)))
    }
}

/// What the text of a reply says was spent; the others are not read.
fn any_spent<O: Operation>(reply: &Reply<AnyReply>) -> Amounts {
    match reply {
        Reply::Ok(AnyReply(text)) if O::SPENT.is_some() => {
            O::Reply::read(text).map(|reply| spent::<O>(&reply)).unwrap_or_default()
        }
        _ => Amounts::default(),
    }
}

fn any_instead<O: Operation>(text: &str, failure: Failure) -> Reply<AnyReply> {
    match Written::write(&O::INSTEAD(text, failure.clone())) {
        Ok(text) => Reply::Ok(AnyReply(text)),
        Err(_) => Reply::Err(CallError::Failed(failure)),
    }
}

type Performed = Result<Result<AnyReply, CallError>, SandboxError>;

/// An operation without its type.
trait Erased: Send + Sync {
    fn name(&self) -> &'static str;
    fn permission(&self, backends: &Backends) -> Option<Request<'_>>;
    fn effect(&self, backends: &Backends) -> Effect;
    fn kind(&self) -> Kind;
    fn turn(&self, site: &CallSite, backends: &Backends) -> Result<Duration, Failure>;
    fn unknown(&self, site: &CallSite, backends: &Backends) -> Unknown;
    fn share(&self) -> Option<Share>;
    fn spent(&self) -> fn(&Reply<AnyReply>) -> Amounts;
    fn instead(&self) -> fn(&str, Failure) -> Reply<AnyReply>;
    fn request(&self) -> serde_json::Result<Box<RawValue>>;
    fn leave(self: Box<Self>, site: CallSite, backends: &Backends, failure: Failure) -> BoxFuture<'_, Performed>;
    fn perform(self: Box<Self>, site: CallSite, backends: &Backends) -> BoxFuture<'_, Performed>;
}

impl<O: Operation + Sync + 'static> Erased for O {
    fn name(&self) -> &'static str {
        Operation::name(self)
    }

    fn permission(&self, backends: &Backends) -> Option<Request<'_>> {
        Operation::permission(self, backends)
    }

    fn effect(&self, backends: &Backends) -> Effect {
        Operation::effect(self, backends)
    }

    fn kind(&self) -> Kind {
        Operation::kind(self)
    }

    fn turn(&self, site: &CallSite, backends: &Backends) -> Result<Duration, Failure> {
        Operation::turn(self, site, backends)
    }

    fn unknown(&self, site: &CallSite, backends: &Backends) -> Unknown {
        Operation::unknown(self, site, backends)
    }

    fn share(&self) -> Option<Share> {
        Operation::share(self)
    }

    fn spent(&self) -> fn(&Reply<AnyReply>) -> Amounts {
        any_spent::<O>
    }

    fn instead(&self) -> fn(&str, Failure) -> Reply<AnyReply> {
        any_instead::<O>
    }

    fn request(&self) -> serde_json::Result<Box<RawValue>> {
        to_raw_value(self)
    }

    fn leave(self: Box<Self>, site: CallSite, backends: &Backends, failure: Failure) -> BoxFuture<'_, Performed> {
        Box::pin(async move {
            let reply = Operation::leave(*self, site, backends, failure).await?;
            Ok(Ok(AnyReply(Written::write(&reply.into())?)))
        })
    }

    fn perform(self: Box<Self>, site: CallSite, backends: &Backends) -> BoxFuture<'_, Performed> {
        Box::pin(async move {
            let reply = Operation::perform(*self, site, backends).await?;
            Ok(Ok(AnyReply(Written::write(&reply.into())?)))
        })
    }
}

impl Serialize for AnyOperation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.request().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl Operation for AnyOperation {
    type Reply = AnyReply;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn permission(&self, backends: &Backends) -> Option<Request<'_>> {
        self.0.permission(backends)
    }

    fn effect(&self, backends: &Backends) -> Effect {
        self.0.effect(backends)
    }

    fn kind(&self) -> Kind {
        self.0.kind()
    }

    fn turn(&self, site: &CallSite, backends: &Backends) -> Result<Duration, Failure> {
        self.0.turn(site, backends)
    }

    fn share(&self) -> Option<Share> {
        self.0.share()
    }

    fn spent(&self) -> fn(&Reply<AnyReply>) -> Amounts {
        self.0.spent()
    }

    fn instead(&self) -> fn(&str, Failure) -> Reply<AnyReply> {
        self.0.instead()
    }

    fn unknown(&self, site: &CallSite, backends: &Backends) -> Unknown {
        self.0.unknown(site, backends)
    }

    async fn leave(self, site: CallSite, backends: &Backends, failure: Failure) -> Performed {
        self.0.leave(site, backends, failure).await
    }

    async fn perform(self, site: CallSite, backends: &Backends) -> Performed {
        self.0.perform(site, backends).await
    }
}
