//! A request over a connection, within limits. It does not know to whom the connection is. When it is dropped, the
//! connection is: nothing goes on in the background.

use std::future::pending;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use crate::connect::Connection;
use crate::error::{EgressError, Stage};
use crate::limits::Limits;

/// The smallest buffer that the library takes.
const SMALLEST_BUFFER: usize = 8 << 10;

/// How the library says that the headers do not fit; its client has no other way to say so.
const HEAD_TOO_LARGE: &str = "too large";

/// What came back, as it came.
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Sends a request and reads the response.
pub(crate) async fn exchange(
    connection: Box<dyn Connection>,
    request: http::Request<Full<Bytes>>,
    limits: &Limits,
) -> Result<Raw, EgressError> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(limits.header_bytes.max(SMALLEST_BUFFER)).max_headers(limits.headers);
    let (mut sender, connection) =
        builder.handshake(TokioIo::new(connection)).await.map_err(|error| failed(Stage::Head, &error, limits))?;
    let driving = async {
        let _ = connection.await; // what went wrong is told to who waits for the response
        pending().await
    };
    let reading = async {
        let head = timeout(limits.first_byte, sender.send_request(request)).await;
        let head = head.map_err(|_| EgressError::TimedOut { stage: Stage::Head, limit: limits.first_byte })?;
        read(head.map_err(|error| failed(Stage::Head, &error, limits))?, limits).await
    };
    tokio::select! { response = reading => response, never = driving => never }
}

async fn read(response: http::Response<Incoming>, limits: &Limits) -> Result<Raw, EgressError> {
    let (head, body) = response.into_parts();
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(EgressError::Malformed("it changes the protocol, which nobody asked for".to_owned()));
    }
    check_header_bytes(&head.headers, limits)?;
    Ok(Raw { status: head.status.as_u16(), headers: head.headers, body: collect(body, limits).await? })
}

/// The library's buffer can hold more than the limit: it has a smallest size.
fn check_header_bytes(headers: &HeaderMap, limits: &Limits) -> Result<(), EgressError> {
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if bytes > limits.header_bytes { Err(headers_too_large(limits)) } else { Ok(()) }
}

async fn collect(mut body: Incoming, limits: &Limits) -> Result<Bytes, EgressError> {
    let mut collected = BytesMut::new();
    loop {
        let frame = timeout(limits.idle, body.frame()).await;
        let frame = frame.map_err(|_| EgressError::TimedOut { stage: Stage::Body, limit: limits.idle })?;
        let Some(frame) = frame else { return Ok(collected.freeze()) };
        let Ok(data) = frame.map_err(|error| failed(Stage::Body, &error, limits))?.into_data() else { continue };
        if collected.len() + data.len() > limits.body {
            return Err(EgressError::TooLarge { what: "the response's body", limit: limits.body, unit: "bytes" });
        }
        collected.extend_from_slice(&data);
    }
}

fn headers_too_large(limits: &Limits) -> EgressError {
    EgressError::TooLarge { what: "the response's headers", limit: limits.header_bytes, unit: "bytes" }
}

fn failed(stage: Stage, error: &hyper::Error, limits: &Limits) -> EgressError {
    if error.is_parse() && error.to_string().contains(HEAD_TOO_LARGE) {
        return headers_too_large(limits);
    }
    if error.is_parse() {
        return EgressError::Malformed(error.to_string());
    }
    let source = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    EgressError::Unreachable { stage, detail: format!("{error}{source}") }
}
