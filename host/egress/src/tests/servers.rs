//! Rows 39 and 40 of the attacks: a server that never ends, floods, stalls or speaks another language is given up.

use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::world::{World, answering, ok, quick, serving};
use crate::{EgressError, Limits, Request, Stage};

/// How far beyond its limit an exchange may end, on a busy machine.
const SLACK: Duration = Duration::from_millis(400);

#[expect(clippy::disallowed_methods, reason = "the test measures how long a server can hold an exchange")]
async fn check(serve: super::world::Serve, limit: Duration, expect: fn(&EgressError) -> bool) {
    let world = World::new(serve).await;
    let started = Instant::now();
    let error = world.get("http://good.example/").await.unwrap_err();
    assert!(expect(&error), "{error:?}");
    assert!(started.elapsed() < limit + SLACK, "{error:?} after {:?}", started.elapsed());
}

fn timed_out(at: Stage) -> fn(&EgressError) -> bool {
    match at {
        Stage::Head => |error| matches!(error, EgressError::TimedOut { stage: Stage::Head, .. }),
        Stage::Body => |error| matches!(error, EgressError::TimedOut { stage: Stage::Body, .. }),
        _ => |error| matches!(error, EgressError::TimedOut { stage: Stage::Exchange, .. }),
    }
}

async fn stall(_stream: TcpStream) -> std::io::Result<()> {
    std::future::pending().await
}

/// Writes the same again and again, with a pause.
async fn drip(mut stream: TcpStream, head: &'static str, part: &'static str, pause: Duration) -> std::io::Result<()> {
    stream.write_all(head.as_bytes()).await?;
    loop {
        stream.write_all(part.as_bytes()).await?;
        tokio::time::sleep(pause).await;
    }
}

const PAUSE: Duration = Duration::from_millis(20);

#[tokio::test]
async fn a_server_that_says_nothing() {
    check(serving(stall), quick().first_byte, timed_out(Stage::Head)).await;
}

#[tokio::test]
async fn headers_byte_by_byte() {
    let serve = serving(|stream| drip(stream, "HTTP/1.1 200 OK\r\nx: ", "y", PAUSE));
    check(serve, quick().first_byte, timed_out(Stage::Head)).await;
}

#[tokio::test]
async fn a_stall_at_100_continue() {
    let serve = serving(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        stall(stream).await
    });
    check(serve, quick().first_byte, timed_out(Stage::Head)).await;
}

#[tokio::test]
async fn interim_answers_without_end() {
    let serve = serving(|stream| drip(stream, "", "HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n", PAUSE));
    check(serve, quick().first_byte, timed_out(Stage::Head)).await;
}

#[tokio::test]
async fn a_stall_within_the_body() {
    let serve = serving(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc").await?;
        stall(stream).await
    });
    check(serve, quick().idle, timed_out(Stage::Body)).await;
}

#[tokio::test]
async fn a_body_that_drips_for_ever() {
    let serve =
        serving(|stream| drip(stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\nx\r\n", PAUSE));
    check(serve, quick().total, timed_out(Stage::Exchange)).await;
}

#[tokio::test]
async fn events_without_end() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
    let serve = serving(move |stream| drip(stream, head, "data: x\n\n", PAUSE));
    check(serve, quick().total, timed_out(Stage::Exchange)).await;
}

#[tokio::test]
async fn a_body_without_end() {
    let serve = serving(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        loop {
            stream.write_all(&[b'x'; 65_536]).await?;
        }
    });
    check(serve, quick().total, |error| matches!(error, EgressError::TooLarge { what: "the response's body", .. }))
        .await;
}

fn headers_too_large(error: &EgressError) -> bool {
    matches!(error, EgressError::TooLarge { what: "the response's headers", .. })
}

#[tokio::test]
async fn headers_without_end() {
    let serve = serving(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        loop {
            stream.write_all("x: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(50).as_bytes()).await?;
        }
    });
    check(serve, quick().total, headers_too_large).await;
}

#[tokio::test]
async fn one_header_without_end() {
    let serve = serving(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nx: ").await?;
        loop {
            stream.write_all(&[b'x'; 65_536]).await?;
        }
    });
    check(serve, quick().total, headers_too_large).await;
}

#[tokio::test]
async fn too_many_headers() {
    let answer = format!("HTTP/1.1 200 OK\r\n{}content-length: 0\r\n\r\n", "x: y\r\n".repeat(200));
    check(answering(answer), quick().total, headers_too_large).await;
}

#[tokio::test]
async fn another_protocol() {
    let malformed: fn(&EgressError) -> bool = |error| matches!(error, EgressError::Malformed(_));
    // Settings, then CONTINUATION frames, as a server of HTTP/2 begins.
    let frames =
        [b"\x00\x00\x00\x04\x00\x00\x00\x00\x00".as_slice(), &b"\x00\x00\x01\x09\x00\x00\x00\x00\x01x".repeat(1_000)]
            .concat();
    check(answering(frames), quick().total, malformed).await;
    check(answering("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), quick().total, malformed).await;
    check(answering("SSH-2.0-OpenSSH_9.9\r\n\r\n"), quick().total, malformed).await;
    let upgraded = "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n";
    check(answering(upgraded), quick().total, malformed).await;
}

#[tokio::test]
async fn an_answer_that_breaks_off() {
    let cut = |error: &EgressError| error.is_transient();
    check(answering(""), quick().total, cut).await;
    check(answering("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"), quick().total, cut).await;
}

#[tokio::test]
async fn lengths_that_contradict_each_other() {
    for head in ["content-length: 3\r\ncontent-length: 4\r\n", "content-length: x\r\n", "content-length: -1\r\n"] {
        let world = World::new(answering(format!("HTTP/1.1 200 OK\r\n{head}\r\nabcd"))).await;
        assert!(world.get("http://good.example/").await.is_err(), "{head}");
    }
}

fn packed(encoding: &str, body: &[u8]) -> Vec<u8> {
    let best = Compression::best();
    let body = match encoding {
        "gzip" => with(GzEncoder::new(Vec::new(), best), body, GzEncoder::finish),
        "raw" => with(DeflateEncoder::new(Vec::new(), best), body, DeflateEncoder::finish),
        _ => with(ZlibEncoder::new(Vec::new(), best), body, ZlibEncoder::finish),
    };
    let encoding = if encoding == "gzip" { "gzip" } else { "deflate" };
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), &body].concat()
}

fn with<W: std::io::Write>(mut writer: W, body: &[u8], finish: fn(W) -> std::io::Result<Vec<u8>>) -> Vec<u8> {
    writer.write_all(body).unwrap();
    finish(writer).unwrap()
}

#[tokio::test]
async fn a_compressed_body_is_unpacked() {
    for encoding in ["gzip", "zlib", "raw"] {
        let world = World::new(answering(packed(encoding, b"some text"))).await;
        let response = world.get("http://good.example/").await.unwrap();
        assert_eq!((response.body.as_slice(), response.header("content-encoding")), (b"some text".as_slice(), None));
    }
}

#[tokio::test]
async fn bombs() {
    let bomb = packed("gzip", &vec![0; 64 << 20]);
    let too_large: fn(&EgressError) -> bool = |error| matches!(error, EgressError::TooLarge { .. });
    check(answering(bomb.clone()), quick().total, too_large).await;
    check(answering(packed("zlib", &vec![0; 2 << 20])), quick().total, too_large).await;
    // Within the limit of bytes, the ratio still tells a bomb.
    let mut world = World::new(answering(packed("gzip", &vec![0; 8 << 20]))).await;
    world.limits = Limits { decoded: 16 << 20, total: Duration::from_secs(5), ..quick() };
    let error = world.get("http://good.example/").await.unwrap_err();
    assert!(matches!(error, EgressError::TooLarge { unit: "times what came", .. }), "{error:?}");
}

#[tokio::test]
async fn what_is_not_packed_as_it_says() {
    let malformed: fn(&EgressError) -> bool = |error| matches!(error, EgressError::Malformed(_));
    check(
        answering("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc"),
        quick().total,
        malformed,
    )
    .await;
    check(
        answering("HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: 3\r\n\r\nabc"),
        quick().total,
        malformed,
    )
    .await;
    let twice = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip, gzip\r\ncontent-length: 3\r\n\r\nabc";
    check(answering(twice), quick().total, malformed).await;
}

#[tokio::test]
async fn a_large_request_is_not_sent() {
    let mut world = World::new(answering(ok(""))).await;
    world.limits.request_body = 10;
    let request = Request { body: vec![0; 11], ..Request::new("POST", "http://good.example/") };
    assert!(matches!(world.fetch(&request).await, Err(EgressError::TooLarge { what: "the request's body", .. })));
    world.assert_untouched("a large request");
}

#[tokio::test]
async fn more_exchanges_of_one_caller_than_there_are_places_wait() {
    let world = World::new(serving(stall)).await;
    let all = (0..=crate::places::PER_CALLER).map(|_| world.get("http://good.example/"));
    let ended = futures_util::future::join_all(all).await;
    assert!(ended.iter().all(Result::is_err));
    // One was begun only after another had ended, and found its time over sooner.
    assert_eq!(world.dialled().len(), crate::places::PER_CALLER + 1);
    let late = ended.iter().filter(|end| timed_out(Stage::Exchange)(end.as_ref().unwrap_err())).count();
    assert!(late <= 1, "{ended:?}");
}
