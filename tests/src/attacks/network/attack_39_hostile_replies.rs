//! Servers that never end, stall, flood or pack a bomb. What is too large is given up at its limit, what is too slow at the
//! invocation's deadline; nothing more is kept than the limit.

use std::io::{self, Write as _};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use baton_journal::{Limit, Outcome};
use baton_policy::{Bytes, Limits, Wall};
use serde_json::json;

use super::world::{get, http};
use crate::attacks::{Arena, Attack, Verdict, overshoot};
use crate::server::free;
use crate::{Call, Server};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 39, name: "endless, slow and compressed replies", run };

/// The most that a slow server may hold an invocation beyond its deadline on a busy machine.
const LATE: Duration = Duration::from_millis(100);

/// What a server does once it has read a request.
type Serve = fn(TcpStream) -> io::Result<()>;

/// Too much, and what the guest is told of it.
const FLOODS: [(Serve, &str); 5] = [
    (|stream| flood(stream, "HTTP/1.1 200 OK\r\n\r\n", &[b'x'; 65_536]), "the response's body is larger than"),
    (
        |stream| flood(stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", &chunk()),
        "the response's body is larger than",
    ),
    (|stream| flood(stream, "HTTP/1.1 200 OK\r\nx: ", &[b'x'; 65_536]), "the response's headers"),
    (|stream| flood(stream, "HTTP/1.1 200 OK\r\n", &b"x: y\r\n".repeat(1_000)), "the response's headers"),
    (|stream| say(stream, &super::bomb::reply(1024)), "the response's body, unpacked, is larger than"),
];

/// Too slow.
const STALLS: [Serve; 6] = [
    |_stream| hold(),
    |stream| drip(stream, "HTTP/1.1 200 OK\r\nx: ", "y"),
    |stream| drip(stream, "HTTP/1.1 100 Continue\r\n\r\n", ""),
    |stream| drip(stream, "", "HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n"),
    |stream| drip(stream, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n", "data: x\n\n"),
    |stream| drip(stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
];

fn run(arena: &Arena) -> Verdict {
    let floods = Verdict::of(FLOODS.map(|(serve, words)| given_up(arena, &server(serve), words)));
    let floods = floods.and(as_large_as_may_be(arena)).and(kept_unread(arena));
    floods.and(Verdict::of(STALLS.map(|serve| ended(arena, &server(serve)))))
}

fn server(serve: Serve) -> Server {
    Server::serving(free(), move |mut stream, heard| {
        heard.request(&mut stream);
        serve(stream)
    })
}

fn asking(server: &Server) -> Call {
    Call {
        grants: http(&[format!("* {}", server.url("/*"))]),
        input: json!([get(&server.url("/"))]).to_string(),
        ..Call::default()
    }
}

/// The guest is told, long before its time is over.
pub(super) fn given_up(arena: &Arena, server: &Server, words: &str) -> Verdict {
    let trial = arena.guest("fetches", asking(server));
    let told = trial.completed();
    let error = told[0]["err"].as_str().unwrap_or_default();
    assert!(error.contains(words), "{words}: {told}");
    assert!(trial.took < Duration::from_secs(5), "{words}: after {:?}", trial.took);
    Verdict::contained("given up", error)
}

/// The invocation is over at its deadline, or the guest is told in the last moment that there is no more time.
fn ended(arena: &Arena, server: &Server) -> Verdict {
    let limits = Limits { wall: Wall(150), ..Limits::default() };
    let trial = arena.guest("fetches", Call { limits, ..asking(server) });
    assert!(overshoot(&trial) < LATE, "{} after {:?}", trial.outcome(), trial.took);
    if matches!(trial.outcome(), Outcome::TimedOut { .. }) {
        return trial.timed_out();
    }
    let told = trial.completed();
    assert!(told[0]["err"].as_str().is_some_and(|error| error.contains("longer than")), "{told}");
    Verdict::contained("given up", &told[0]["err"])
}

/// An answer as large as one may be, of what is longest where it is written down.
fn as_large_as_may_be(arena: &Arena) -> Verdict {
    let server = Server::telling(&"\"".repeat(2 << 20));
    for (function, times) in [("keep-answers", 1), ("keep-answers-at-once", 4)] {
        let input = json!({ "url": server.url("/"), "times": times }).to_string();
        let call = Call { function: Some(function), input, ..asking(&server) };
        assert_eq!(arena.guest("fetches_wasi", call).completed(), times);
    }
    let told = arena.guest("fetches", asking(&server)).exhausted(Limit::Bytes);
    Verdict { outcomes: vec!["kept within limits".to_owned()], ..told }
}

/// Answers that the guest lets the host keep: they are its memory.
fn kept_unread(arena: &Arena) -> Verdict {
    let server = Server::telling(&"x".repeat(1 << 20));
    let limits = Limits { bytes: Bytes(1 << 30), ..Limits::default() };
    let input = json!({ "url": server.url("/"), "times": 200 }).to_string();
    let call = Call { function: Some("keep-answers"), input, limits, ..asking(&server) };
    arena.guest("fetches_wasi", call).exhausted(Limit::Memory)
}

fn say(mut stream: TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)
}

/// Says something, and then the same without end.
fn flood(mut stream: TcpStream, head: &str, part: &[u8]) -> io::Result<()> {
    stream.write_all(head.as_bytes())?;
    loop {
        stream.write_all(part)?;
    }
}

/// The same, with pauses.
fn drip(mut stream: TcpStream, head: &str, part: &str) -> io::Result<()> {
    stream.write_all(head.as_bytes())?;
    loop {
        stream.write_all(part.as_bytes())?;
        sleep(Duration::from_millis(10));
    }
}

fn hold() -> io::Result<()> {
    sleep(Duration::from_secs(60));
    Ok(())
}

fn chunk() -> Vec<u8> {
    [b"10000\r\n".as_slice(), &[b'x'; 65_536], b"\r\n"].concat()
}
