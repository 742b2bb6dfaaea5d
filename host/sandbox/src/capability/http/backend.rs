//! A request through the way out, for the guest that makes it.

use std::time::Duration;

use baton_egress::{Call, EgressError, Header, Limits, Secrets};
use baton_journal::{Digest, Failure};
use baton_policy::repetition::Kind;
use baton_policy::{HttpTarget, OnUnknown, Request};
use serde::{Deserialize, Serialize};

use super::Body;
use crate::backends::Backends;
use crate::call_error::CallError;
use crate::error::SandboxError;
use crate::gate::{CallSite, Effect, Operation, Unknown};

/// What a service that knows such keys does the same request by only once.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// A response's body has at most this part of a payload: as the journal writes it, it may be half as long again, and it is
/// held some six times on its way from the server to the guest and the journal.
const BODY: usize = 2;

/// `http.fetch`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Fetch {
    pub(crate) method: String,
    pub(crate) url: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Body::is_empty")]
    pub(crate) body: Body,
    /// What the guest allows it less than the host would.
    #[serde(skip, default = "unsaid")]
    pub(crate) limits: Limits,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Body::is_empty")]
    pub(crate) body: Body,
}

impl Operation for Fetch {
    type Reply = Answer;

    fn name(&self) -> &'static str {
        "http.fetch"
    }

    /// What is malformed needs no grant: it reaches nobody, and is answered with what is wrong.
    fn permission(&self, _: &Backends) -> Option<Request<'_>> {
        self.target().map(|target| Request::Http { target })
    }

    fn effect(&self, _: &Backends) -> Effect {
        if self.target().is_none_or(|target| target.only_reads()) { Effect::Inside } else { Effect::Outside }
    }

    fn kind(&self) -> Kind {
        Kind::Asks
    }

    /// As the grant says; else it is made again if HTTP lets it be. A request of a tool is part of a call that is made again
    /// as a whole, which was decided where the tool was called.
    fn unknown(&self, site: &CallSite, _: &Backends) -> Unknown {
        let Some(target) = self.target() else { return Unknown::of(self.name()) };
        let is_tool = !site.invocation.target.is_replayed();
        let usual = OnUnknown::usual(is_tool || target.is_idempotent());
        let said = site.invocation.policy.effective().http.on_unknown(target);
        let key = if is_tool { None } else { self.own_key().map(str::to_owned).or_else(|| self.key(site)) };
        Unknown { on: said.unwrap_or(usual), call: target.to_string(), key }
    }

    async fn perform(self, site: CallSite, backends: &Backends) -> Result<Result<Answer, CallError>, SandboxError> {
        let (limits, secrets) = (self.within(&site), granted(&site, &backends.secrets));
        let request = self.into_request(&site);
        let call = Call {
            request: &request,
            grant: &site.invocation.policy.effective().http,
            secrets: &secrets,
            caller: &site.invocation.plugin,
            limits,
            left: site.left(),
        };
        match backends.egress.fetch(call).await {
            Ok(response) => Ok(Ok(response.into())),
            Err(error) => Ok(Err(told(error, &site.invocation.plugin))),
        }
    }
}

impl Fetch {
    fn target(&self) -> Option<HttpTarget<'_>> {
        HttpTarget::parse(&self.method, &self.url).ok()
    }

    /// What the guest allows, no body that its payload has no room for, and nothing longer than the guest has time.
    fn within(&self, site: &CallSite) -> Limits {
        let payload = usize::try_from(site.invocation.limits.payload.0).unwrap_or(usize::MAX);
        let body = payload / BODY;
        let own = Limits { request_body: payload, body, decoded: body, first_byte: site.left(), ..Limits::MAX };
        self.limits.within(own)
    }

    fn into_request(self, site: &CallSite) -> baton_egress::Request {
        let key = if self.own_key().is_none() { self.key(site) } else { None };
        let mut headers: Vec<Header> = self.headers.into_iter().map(|(name, value)| Header::new(name, value)).collect();
        headers.extend(key.map(|key| Header::new(IDEMPOTENCY_KEY, key)));
        baton_egress::Request { method: self.method, url: self.url, headers, body: self.body.0 }
    }

    /// The key that the guest sends itself.
    fn own_key(&self) -> Option<&str> {
        let own = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(IDEMPOTENCY_KEY));
        own.map(|(_, value)| value.as_str())
    }

    /// The same for each attempt of this call; none for a request that only reads.
    fn key(&self, site: &CallSite) -> Option<String> {
        let writes = self.target().is_some_and(|target| !target.only_reads());
        let parts = || {
            let (key, sequence) = (site.invocation.idempotency_key.as_bytes(), site.sequence.to_le_bytes());
            Digest::of_parts([key, &sequence, self.method.as_bytes(), self.url.as_bytes(), &self.body.0])
        };
        writes.then(|| parts().to_string())
    }
}

fn unsaid() -> Limits {
    UNSAID
}

/// The secrets that the caller was granted.
fn granted(site: &CallSite, secrets: &Secrets) -> Secrets {
    secrets.granted(|name| site.is_granted(&Request::Secret { name }))
}

/// What the guest is told, and in the text of a denial the operator.
fn told(error: EgressError, plugin: &str) -> CallError {
    match error {
        EgressError::Denied { what, entry } => CallError::Denied(format!(
            "{what} (to allow it, in baton.toml, under [plugins.{plugin}]: add \"{entry}\" to http in its grants)"
        )),
        EgressError::Invalid(text) => CallError::Invalid(text),
        error if error.is_transient() => CallError::Failed(Failure::Transient(error.to_string())),
        error => CallError::Failed(Failure::Permanent(error.to_string())),
    }
}

impl From<baton_egress::Response> for Answer {
    fn from(response: baton_egress::Response) -> Self {
        let headers = response.headers.into_iter().map(|header| (header.name, header.value)).collect();
        Answer { status: response.status, headers, body: Body(response.body) }
    }
}

/// What a fetch may take whose guest says nothing: as long as the guest has, which is bounded by its `wall`.
pub(crate) const UNSAID: Limits = Limits {
    request_body: Limits::MAX.request_body,
    body: Limits::MAX.body,
    decoded: Limits::MAX.decoded,
    first_byte: Duration::MAX,
    total: Duration::MAX,
    ..Limits::DEFAULT
};
