//! A server that answers in HTTP/2: a preface, then frames without end. The way out speaks HTTP/1.1 alone: what is not read
//! cannot flood.

use std::io::{self, Write as _};
use std::net::TcpStream;

use super::attack_39_hostile_replies::given_up;
use crate::Server;
use crate::attacks::source::host_never_says;
use crate::attacks::{Arena, Attack, Verdict};
use crate::server::free;

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 40, name: "abuse of HTTP/2 by a server", run };

/// A frame of settings, as a server begins.
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];

/// What a server sends again and again: length, kind, flags, stream, payload.
const FLOODS: [&[u8]; 6] = [
    b"\x00\x00\x01\x09\x00\x00\x00\x00\x01x",                // CONTINUATION
    b"\x00\x00\x00\x00\x00\x00\x00\x00\x01",                 // empty DATA
    b"\x00\x00\x04\x03\x00\x00\x00\x00\x01\x00\x00\x00\x08", // RST_STREAM
    b"\x00\x00\x08\x06\x00\x00\x00\x00\x00pingpong",         // PING
    &SETTINGS,
    b"\x00\x00\x04\x08\x00\x00\x00\x00\x00\x7f\xff\xff\xff", // WINDOW_UPDATE
];

const UPGRADE: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n";

fn run(arena: &Arena) -> Verdict {
    host_never_says(&["conn::http2", "b\"h2\"", "http2_only"]);
    let floods = FLOODS.map(|frame| given_up(arena, &flooding(&SETTINGS, frame), "cannot be read"));
    let upgraded = given_up(arena, &flooding(UPGRADE, FLOODS[0]), "changes the protocol");
    let preface = given_up(arena, &flooding(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", FLOODS[0]), "cannot be read");
    Verdict::of(floods).and(upgraded).and(preface)
}

fn flooding(begin: &'static [u8], frame: &'static [u8]) -> Server {
    let frames = frame.repeat(1_000);
    Server::serving(free(), move |mut stream, heard| {
        heard.request(&mut stream);
        stream.write_all(begin)?;
        flood(stream, &frames)
    })
}

fn flood(mut stream: TcpStream, frames: &[u8]) -> io::Result<()> {
    loop {
        stream.write_all(frames)?;
    }
}
