//! Servers that cannot prove who they are: another name, an old certificate, an authority that nobody knows, an older
//! protocol, none at all. They are told nothing, and no guest can have it otherwise.

use std::io::Write as _;
use std::sync::Arc;

use baton_egress::{Egress, Options, Roots};
use serde_json::{Value, json};

use super::authority::{Authority, self_signed};
use super::names::Names;
use super::world::http;
use crate::attacks::source::host_never_says;
use crate::attacks::{Arena, Attack, Verdict};
use crate::server::free;
use crate::{Bench, Call, Server, guest};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 41, name: "weak or false TLS", run };

fn run(arena: &Arena) -> Verdict {
    host_never_says(&["dangerous()", "ServerCertVerifier", "SSLKEYLOGFILE", "enable_sni"]);
    let (authority, other) = (Authority::new(), Authority::new());
    let bench = bench(arena, &authority);
    assert_believed(arena, &bench, &authority.server("good.example"));
    let false_ones = [
        (authority.server("evil.example"), "not to be trusted"),
        (authority.server("*.good.example"), "not to be trusted"),
        (authority.server("127.0.0.1"), "not to be trusted"),
        (authority.expired("good.example"), "not to be trusted"),
        (other.server("good.example"), "not to be trusted"),
        (self_signed("good.example"), "not to be trusted"),
        (without_tls(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), "cannot be read"),
        (without_tls(&old_hello()), "cannot be read"),
    ];
    Verdict::of(false_ones.iter().map(|(server, words)| told_nothing(arena, &bench, server, words)))
}

/// A way out that believes one authority of ours, and finds the host on this machine.
fn bench(arena: &Arena, authority: &Authority) -> Bench {
    let names = Arc::new(Names::default());
    names.lead("good.example", &["127.0.0.1"]);
    let roots = Roots::Also(vec![authority.certificate.clone()]);
    let egress = Egress::new(&Options { resolver: names, roots }).unwrap();
    arena.bench().with(|backends| backends.egress = Arc::new(egress))
}

/// What a guest is told that asks a server for something, with a header that is nobody else's business.
fn asked(arena: &Arena, bench: &Bench, server: &Server) -> Value {
    let url = format!("https://good.example:{}/", server.port());
    let grants = http(&[format!("* {url}* at 127.0.0.1")]);
    let input = json!([{ "method": "GET", "url": url, "headers": [["x-token", "private"]] }]).to_string();
    arena.call_on(bench, &bench.load(&guest("fetches")), Call { grants, input, ..Call::default() }).completed()
}

fn assert_believed(arena: &Arena, bench: &Bench, server: &Server) {
    let told = asked(arena, bench, server);
    assert_eq!(told[0]["body"], r#"Some("good.example") Some("http/1.1")"#, "{told}");
    assert!(server.requests()[0].contains("x-token: private"));
}

fn told_nothing(arena: &Arena, bench: &Bench, server: &Server, words: &str) -> Verdict {
    let told = asked(arena, bench, server);
    let error = told[0]["err"].as_str().unwrap_or_default();
    assert!(error.contains(words), "{words}: {told}");
    assert!(!server.requests().iter().any(|request| request.contains("private")), "it was told something");
    Verdict::contained("nothing is told", error)
}

/// A server's hello in TLS 1.1, with a cipher of that time.
fn old_hello() -> Vec<u8> {
    [b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02".as_slice(), &[0; 33], b"\x00\x2f\x00"].concat()
}

/// A server that answers a handshake with something else.
fn without_tls(answer: &[u8]) -> Server {
    let answer = answer.to_owned();
    Server::serving(free(), move |mut stream, heard| {
        stream.write_all(&answer)?;
        heard.request(&mut stream);
        Ok(())
    })
}
