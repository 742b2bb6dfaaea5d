//! A tool that makes requests by `wasi:http`, as a stranger's component would.

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code; wit/fetcher.wit is its documentation")]
mod bindings {
    baton_sdk::tool!({ world: "tests:acting/fetcher", path: ["../../wit/v0.1", "wit"] });
}

use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme,
};

struct FetchesWasi;

impl bindings::Guest for FetchesWasi {
    fn fetch(method: String, url: String, body: String) -> Result<String, String> {
        send(method, &url, &body).and_then(answer).map_err(|error| format!("{error:?}"))
    }

    fn forget(url: String, times: u32) {
        let sent: Vec<_> = (0..times).map(|_| send("POST".to_owned(), &url, "")).collect();
        std::mem::forget(sent);
    }
}

fn send(method: String, url: &str, body: &str) -> Result<FutureIncomingResponse, ErrorCode> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let request = OutgoingRequest::new(Fields::new());
    let refused = |()| ErrorCode::HttpRequestUriInvalid;
    request.set_method(&Method::Other(method)).map_err(refused)?;
    request.set_scheme(Some(&if scheme == "https" { Scheme::Https } else { Scheme::Http })).map_err(refused)?;
    request.set_authority(Some(authority)).map_err(refused)?;
    request.set_path_with_query(Some(path)).map_err(refused)?;
    let outgoing = request.body().map_err(refused)?;
    let sent = handle(request, None)?;
    write(outgoing, body)?;
    Ok(sent)
}

fn write(outgoing: OutgoingBody, body: &str) -> Result<(), ErrorCode> {
    if let Ok(stream) = outgoing.write() {
        for part in body.as_bytes().chunks(4096) {
            let _ = stream.blocking_write_and_flush(part);
        }
    }
    OutgoingBody::finish(outgoing, None)
}

fn answer(sent: FutureIncomingResponse) -> Result<String, ErrorCode> {
    sent.subscribe().block();
    match sent.get() {
        Some(Ok(response)) => Ok(read(&response?)),
        _ => Err(ErrorCode::HttpProtocolError),
    }
}

fn read(response: &IncomingResponse) -> String {
    let mut text = Vec::new();
    if let Ok(body) = response.consume() {
        if let Ok(stream) = body.stream() {
            while let Ok(part) = stream.blocking_read(4096) {
                text.extend(part);
            }
        }
    }
    format!("{} {}", response.status(), String::from_utf8_lossy(&text))
}

baton_sdk::export!(FetchesWasi, bindings);
