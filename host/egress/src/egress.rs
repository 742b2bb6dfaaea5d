//! One exchange from beginning to end. It does not know who asks, nor what becomes of the response.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use baton_policy::{Capability as _, Host, HttpGrant, HttpTarget};
use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderValue};
use http_body_util::Full;
use tokio::time::timeout;

use crate::address::{Refused, vet};
use crate::connect::{Connector, Dial, Roots, Tcp};
use crate::decode::decode;
use crate::error::{EgressError, Stage};
use crate::exchange::exchange;
use crate::limits::Limits;
use crate::message::{Request, Response};
use crate::places::Places;
use crate::resolve::{Resolve, SystemResolver};
use crate::scrub::Scrubber;
use crate::secret::Secrets;
use crate::{BoxFuture, header};

/// Addresses of one host. Names of large services have about ten; all are judged before one is used.
const MAX_ADDRESSES: usize = 32;

/// How an egress is made.
#[derive(Clone)]
pub struct Options {
    /// What looks up names; the system's by default.
    pub resolver: Arc<dyn Resolve>,
    /// Whom servers' certificates must be signed by.
    pub roots: Roots,
}

impl Default for Options {
    fn default() -> Self {
        Options { resolver: Arc::new(SystemResolver::default()), roots: Roots::default() }
    }
}

/// A request with all that decides about it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The request.
    pub request: &'a Request,
    /// What its caller may request, and at which addresses.
    pub grant: &'a HttpGrant,
    /// The secrets that its caller was granted; those of other origins than the request's are not sent.
    pub secrets: &'a Secrets,
    /// Whose exchanges are counted together.
    pub caller: &'a str,
    /// What the exchange may take; lowered to [`Limits::MAX`].
    pub limits: Limits,
    /// How long the caller may still take.
    pub left: Duration,
}

/// What makes requests: an [`Egress`], or what a test puts in its place.
pub trait Fetch: Send + Sync {
    /// Makes a request.
    fn fetch<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Response, EgressError>>;
}

/// The way out. Its exchanges share a number of places; each has a connection of its own, which ends with it.
pub struct Egress {
    resolver: Arc<dyn Resolve>,
    connector: Connector,
    places: Places,
}

impl Egress {
    /// Makes a way out.
    ///
    /// # Errors
    /// One of the further roots is not a certificate.
    pub fn new(options: &Options) -> Result<Self, EgressError> {
        Egress::with_dial(options, Arc::new(Tcp))
    }

    pub(crate) fn with_dial(options: &Options, dial: Arc<dyn Dial>) -> Result<Self, EgressError> {
        let connector = Connector::new(dial, &options.roots);
        let connector = connector.map_err(|error| EgressError::Untrusted(error.to_string()))?;
        Ok(Egress { resolver: Arc::clone(&options.resolver), connector, places: Places::default() })
    }

    /// Makes a request and reads the response, whole. A redirect is a response: it is not followed.
    ///
    /// # Errors
    /// [`EgressError`], by what the caller can do about it. No text holds a secret.
    pub async fn fetch(&self, call: Call<'_>) -> Result<Response, EgressError> {
        let scrubber = Scrubber::new(call.secrets);
        let limits = call.limits.within(Limits { total: call.left, ..Limits::MAX }).within(Limits::MAX);
        let whole = timeout(limits.total, Box::pin(self.exchange(call, limits))).await;
        let late = EgressError::TimedOut { stage: Stage::Exchange, limit: limits.total };
        match whole.unwrap_or(Err(late)) {
            Ok(response) => Ok(scrubber.response(response)),
            Err(error) => Err(scrubber.error(error)),
        }
    }

    async fn exchange(&self, call: Call<'_>, limits: Limits) -> Result<Response, EgressError> {
        let target = judge(&call)?;
        let request = outgoing(&call, &target, &limits)?;
        let _place = self.places.take(call.caller).await;
        let addresses = self.vetted(&target, call.grant, &limits).await?;
        let tcp = self.connector.tcp(&addresses, target.port());
        let stream = within(limits.connect, Stage::Connect, tcp).await?;
        let connection = within(limits.connect, Stage::Tls, self.connector.protect(&target, stream)).await?;
        let mut raw = exchange(connection, request, &limits).await?;
        let body = decode(&mut raw.headers, raw.body, &limits).await?;
        Ok(Response { status: raw.status, headers: header::of_response(&raw.headers), body })
    }

    /// The addresses of the target's host, if each of them may be reached. They are looked up once: what is judged is what is
    /// connected to.
    async fn vetted(
        &self,
        target: &HttpTarget<'_>,
        grant: &HttpGrant,
        limits: &Limits,
    ) -> Result<Vec<IpAddr>, EgressError> {
        let addresses = match target.host() {
            Host::Address(address) => vec![address],
            Host::Name(name) => within(limits.connect, Stage::Resolve, self.look_up(name)).await?,
        };
        let is_named = |address| grant.names(*target, address);
        let vetted = addresses.into_iter().map(|address| vet(address, &is_named));
        vetted.collect::<Result<_, _>>().map_err(|refused| not_public(target, refused))
    }

    async fn look_up(&self, name: &str) -> Result<Vec<IpAddr>, EgressError> {
        let failed = |detail: String| EgressError::Unreachable { stage: Stage::Resolve, detail };
        let found = self.resolver.resolve(name).await.map_err(|error| failed(format!("{name}: {error}")))?;
        match found.len() {
            0 => Err(failed(format!("{name} has no address"))),
            1..=MAX_ADDRESSES => Ok(found),
            _ => Err(EgressError::TooLarge {
                what: "what the host's name stands for",
                limit: MAX_ADDRESSES,
                unit: "addresses",
            }),
        }
    }
}

impl Fetch for Egress {
    fn fetch<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Response, EgressError>> {
        Box::pin(Egress::fetch(self, call))
    }
}

/// Whether the request is one, and granted. Who calls has asked before; this is the border, so it asks again.
fn judge<'a>(call: &Call<'a>) -> Result<HttpTarget<'a>, EgressError> {
    let Request { method, url, .. } = call.request;
    let target =
        HttpTarget::parse(method, url).map_err(|error| EgressError::Invalid(format!("{error}: {}", error.hint())))?;
    if call.grant.allows(target) {
        return Ok(target);
    }
    Err(EgressError::Denied { what: format!("`{target}` is not granted"), entry: target.to_string() })
}

fn not_public(target: &HttpTarget<'_>, Refused { address, why }: Refused) -> EgressError {
    EgressError::Denied {
        what: format!("`{}` is at {address}, {why}, which is not granted", target.host()),
        entry: format!("{target} at {address}"),
    }
}

/// The request as it is sent: its own headers, the host's, and the secrets of its origin.
fn outgoing(
    call: &Call<'_>,
    target: &HttpTarget<'_>,
    limits: &Limits,
) -> Result<http::Request<Full<Bytes>>, EgressError> {
    let body = &call.request.body;
    if body.len() > limits.request_body {
        return Err(EgressError::TooLarge { what: "the request's body", limit: limits.request_body, unit: "bytes" });
    }
    let mut headers = header::of_request(&call.request.headers)?;
    headers.insert(HOST, host_header(target)?);
    call.secrets.inject(target, &mut headers);
    build(target, headers, Bytes::copy_from_slice(body))
}

fn host_header(target: &HttpTarget<'_>) -> Result<HeaderValue, EgressError> {
    HeaderValue::from_str(&target.authority().to_string()).map_err(|error| EgressError::Invalid(error.to_string()))
}

fn build(target: &HttpTarget<'_>, headers: HeaderMap, body: Bytes) -> Result<http::Request<Full<Bytes>>, EgressError> {
    let query = target.query().map(|query| format!("?{query}")).unwrap_or_default();
    let built = http::Request::builder().method(target.method()).uri(format!("{}{query}", target.path()));
    let mut request = built.body(Full::new(body)).map_err(|error| EgressError::Invalid(error.to_string()))?;
    *request.headers_mut() = headers;
    Ok(request)
}

async fn within<T>(
    limit: Duration,
    stage: Stage,
    work: impl Future<Output = Result<T, EgressError>>,
) -> Result<T, EgressError> {
    timeout(limit, work).await.unwrap_or(Err(EgressError::TimedOut { stage, limit }))
}
