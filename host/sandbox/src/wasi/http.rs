//! `wasi:http/outgoing-handler` for tools: the same requests as `baton:plugin/http`, by the same gate, to the same way out.
//! It does not send anything itself, and knows no policy.

use std::time::Duration;

use baton_egress::Limits;
use baton_journal::Failure;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use wasmtime::component::Linker;
use wasmtime_wasi_http::p2::add_only_http_to_linker_async;
use wasmtime_wasi_http::{
    Error, RequestOptions, Result, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

use crate::call_error::CallError;
use crate::capability::http::{Answer, Body, Fetch, UNSAID};
use crate::gate::{Errand, Gate, Kept, Sent};
use crate::guest::Guest;

/// What one set of fields may take in memory. A request has at most 16 KiB of headers; their form in memory takes up to
/// four times that.
const FIELDS: usize = 64 << 10;

/// What the library does of a request in the background after the response is there: nothing.
type Rest = Box<dyn Future<Output = Result<()>> + Send>;

pub(super) fn context() -> WasiHttpCtx {
    let mut context = WasiHttpCtx::new();
    context.set_field_size_limit(FIELDS);
    context
}

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    add_only_http_to_linker_async(linker)
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let made = self.wasi.made();
        WasiHttpCtxView { hooks: &mut self.gate, table: &mut made.table, ctx: &mut made.http }
    }
}

impl WasiHttpHooks for Gate {
    fn set_host_header(&mut self) -> bool {
        false // the way out derives it from the URL
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Rest,
    ) -> Box<dyn Future<Output = Result<(Response<WasiBody>, Rest)>> + Send> {
        let (head, body) = request.into_parts();
        let fetch = Fetch {
            method: head.method.to_string(),
            url: head.uri.to_string(),
            headers: head.headers.iter().filter_map(header).collect(),
            body: Body::default(),
            limits: options.map_or(UNSAID, limits),
        };
        let (sent, kept) = (self.send(&fetch), self.kept().clone());
        Box::new(async move {
            let answer = match sent.ok_or(Error::ConnectionTerminated)? {
                Sent::Answered(answer) => answer,
                Sent::Under(errand) => carry(errand, fetch, body).await?,
            };
            Ok((response(answer.map_err(error)?, &kept)?, Box::new(std::future::ready(Ok(()))) as Rest))
        })
    }
}

/// A header as the guest set it, without those that the library wants and the way out makes itself.
fn header((name, value): (&HeaderName, &HeaderValue)) -> Option<(String, String)> {
    let kept = *name != HOST && *name != CONTENT_LENGTH;
    kept.then(|| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
}

fn limits(options: RequestOptions) -> Limits {
    let or = |limit: Option<Duration>, unsaid: Duration| limit.unwrap_or(unsaid);
    Limits {
        connect: or(options.connect_timeout, UNSAID.connect),
        first_byte: or(options.first_byte_timeout, UNSAID.first_byte),
        idle: or(options.between_bytes_timeout, UNSAID.idle),
        ..UNSAID
    }
}

/// Waits for the body that the guest writes, then makes the request.
async fn carry(errand: Errand, fetch: Fetch, body: WasiBody) -> Result<std::result::Result<Answer, CallError>> {
    let _place = errand.place().await;
    let body = collect(&errand, body).await?;
    Ok(errand.run(Fetch { body: Body(body), ..fetch }).await)
}

async fn collect(errand: &Errand, mut body: WasiBody) -> Result<Vec<u8>> {
    let mut collected = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        errand.carries(data.len());
        if collected.len() + data.len() > errand.largest_body() {
            return Err(Error::HttpRequestBodySize(Some(errand.largest_body() as u64)));
        }
        collected.extend_from_slice(&data);
    }
    Ok(collected)
}

fn response(answer: Answer, kept: &Kept) -> Result<Response<WasiBody>> {
    let unreadable = |error: http::Error| Error::InternalError(Some(error.to_string()));
    let builder = Response::builder().status(answer.status);
    let builder = answer.headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value));
    let body = Full::new(Bytes::from_owner(kept.keep(answer.body.0))).map_err(Error::from).boxed_unsync();
    builder.body(body).map_err(unreadable)
}

/// The case says what the guest can do; the text, with the line that would allow it, is in the journal.
fn error(error: CallError) -> Error {
    match error {
        CallError::Denied(_) => Error::HttpRequestDenied,
        CallError::Invalid(_) => Error::HttpRequestUriInvalid,
        CallError::Failed(Failure::Transient(_)) => Error::DestinationUnavailable,
        CallError::Quota(text) => Error::InternalError(Some(text)),
        CallError::Failed(failure) => Error::InternalError(Some(failure.to_string())),
    }
}
