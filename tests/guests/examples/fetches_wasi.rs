//! A tool that makes requests by `wasi:http`, as a stranger's component would.

#![cfg_attr(not(target_family = "wasm"), allow(dead_code, reason = "only a component exports what calls it"))]

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
        send(Fields::new(), method, &url, &body).and_then(answer).map_err(shown)
    }

    fn fetch_with(url: String, name: String, value: String) -> Result<String, String> {
        let fields = Fields::new();
        fields.append(&name, value.as_bytes()).map_err(shown)?;
        send(fields, "POST".to_owned(), &url, "body").and_then(answer).map_err(shown)
    }

    fn keep_fields(sets: u32, fields: u32, bytes: u32) {
        let value = vec![b'x'; bytes as usize];
        let kept: Vec<Fields> = (0..sets).map(|_| filled(fields, &value)).collect();
        std::mem::forget(kept);
    }

    fn keep_answers(url: String, times: u32) -> Result<u32, String> {
        let sent = |_| send(Fields::new(), "GET".to_owned(), &url, "").and_then(answered).map_err(shown);
        let kept: Vec<IncomingResponse> = (0..times).map(sent).collect::<Result<_, _>>()?;
        Ok(kept.len() as u32)
    }

    fn keep_answers_at_once(url: String, times: u32) -> Result<u32, String> {
        let sent: Vec<_> = (0..times).map(|_| send(Fields::new(), "GET".to_owned(), &url, "")).collect();
        let kept: Vec<IncomingResponse> =
            sent.into_iter().map(|sent| sent.and_then(answered).map_err(shown)).collect::<Result<_, _>>()?;
        Ok(kept.len() as u32)
    }

    fn forget(url: String, times: u32) {
        let sent: Vec<_> = (0..times).map(|_| send(Fields::new(), "POST".to_owned(), &url, "")).collect();
        std::mem::forget(sent);
    }
}

fn shown(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

fn filled(fields: u32, value: &[u8]) -> Fields {
    let set = Fields::new();
    for number in 0..fields {
        let _ = set.append(&format!("x-{number}"), value);
    }
    set
}

fn send(fields: Fields, method: String, url: &str, body: &str) -> Result<FutureIncomingResponse, ErrorCode> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let request = OutgoingRequest::new(fields);
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
    answered(sent).map(|response| read(&response))
}

fn answered(sent: FutureIncomingResponse) -> Result<IncomingResponse, ErrorCode> {
    sent.subscribe().block();
    match sent.get() {
        Some(Ok(response)) => response,
        _ => Err(ErrorCode::HttpProtocolError),
    }
}

fn read(response: &IncomingResponse) -> String {
    let mut text = Vec::new();
    if let Ok(body) = response.consume()
        && let Ok(stream) = body.stream()
    {
        while let Ok(part) = stream.blocking_read(4096) {
            text.extend(part);
        }
    }
    format!("{} {}", response.status(), String::from_utf8_lossy(&text))
}

baton_sdk::export!(FetchesWasi, bindings);
