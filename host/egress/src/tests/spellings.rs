//! Row 33 to 37 of the attacks: addresses that are not public, in every disguise, are never connected to.

use std::net::Ipv4Addr;

use super::world::{PUBLIC, World, answering, granting, ok};
use crate::{EgressError, Request, Roots};

/// One or more of each kind that is not public.
const INSIDE: [&str; 24] = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
];

/// IPv6 addresses that are not public and embed nothing.
const INSIDE_V6: [&str; 18] = [
    "::",
    "::1",
    "fe80::1",
    "febf::1",
    "fc00::1",
    "fd00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
    "3fff::1",
    "2001:2::1",
    "2001:10::1",
    "100::1",
    "5f00::1",
    "4000::1",
];

/// Forms of IPv6 that carry an IPv4 address.
fn carried(v4: Ipv4Addr) -> Vec<String> {
    let [a, b, c, d] = v4.octets();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    [
        format!("::{high:x}:{low:x}"),
        format!("::ffff:0:{high:x}:{low:x}"),
        format!("64:ff9b::{high:x}:{low:x}"),
        format!("64:ff9b:1::{high:x}:{low:x}"),
        format!("2002:{high:x}:{low:x}::1"),
        format!("2001:0:5db8:d822::{:x}:{:x}", !high, !low),
        format!("fd00::5efe:{high:x}:{low:x}"),
        format!("2606:2800::200:5efe:{high:x}:{low:x}"),
    ]
    .map(|text| text.parse::<std::net::Ipv6Addr>().unwrap().to_string())
    .into()
}

/// Spellings of an IPv4 address that some readers understand.
fn disguised(v4: Ipv4Addr) -> Vec<String> {
    let ([a, b, c, d], number) = (v4.octets(), v4.to_bits());
    let wide: String = v4.to_string().chars().map(|c| if c == '.' { '\u{3002}' } else { c }).collect();
    let circled: String = v4.to_string().replace('1', "\u{2460}").replace('0', "\u{24ea}").replace('2', "\u{2461}");
    vec![
        format!("{number}"),
        format!("0x{number:x}"),
        format!("0X{number:X}"),
        format!("0{number:o}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("{a:03}.{b:03}.{c:03}.{d:03}"),
        format!("{a}.{b}.{}", u16::from_be_bytes([c, d])),
        format!("{a}.{}", number & 0x00ff_ffff),
        format!("{a}.{b}.{c}.0x{d:x}"),
        format!("{a}.{b}.{c}.{d}."),
        format!("{a}.{b}.{c}.{d}.."),
        format!("%3{}{}", a.to_string().chars().next().unwrap(), &v4.to_string()[1..]),
        format!("{a}%2e{b}%2e{c}%2e{d}"),
        format!("[::ffff:{a}.{b}.{c}.{d}]"),
        format!("[::FFFF:{a}.{b}.{c}.{d}]"),
        format!("[0:0:0:0:0:ffff:{a:02x}{b:02x}:{c:02x}{d:02x}]"),
        format!("[::{a}.{b}.{c}.{d}%25eth0]"),
        format!("[{a}.{b}.{c}.{d}]"),
        format!("good.example@{a}.{b}.{c}.{d}"),
        format!("good.example:80@{a}.{b}.{c}.{d}"),
        format!("good.example\\@{a}.{b}.{c}.{d}"),
        format!("{a}.{b}.{c}.{d}\\.good.example"),
        format!("{a}.{b}.{c}.{d}#.good.example"),
        format!("{a}.{b}.{c}.{d}\t"),
        format!(" {a}.{b}.{c}.{d}"),
        format!("{a}.{b}.{c}.{d}\u{0}.good.example"),
        wide,
        circled,
    ]
}

async fn assert_refused(world: &World, url: &str) {
    let refused = world.get(url).await;
    assert!(matches!(refused, Err(EgressError::Denied { .. } | EgressError::Invalid(_))), "{url}: {refused:?}");
    world.assert_untouched(url);
}

async fn trap(names: &[(&'static str, &[&[&str]])]) -> World {
    let mut world = World::of(answering(ok("the inside")), Roots::default(), names).await;
    world.grant = granting(&["* http://*.example/*", "* http://good.example/*", "* http://localhost/*"]);
    world
}

#[tokio::test]
async fn no_spelling_of_an_address_leads_inside() {
    let world = trap(&[("good.example", &[&[PUBLIC]])]).await;
    let mut tried = 0;
    for v4 in INSIDE.map(|address| address.parse::<Ipv4Addr>().unwrap()) {
        let carried = carried(v4).into_iter().map(|v6| format!("[{v6}]"));
        for host in disguised(v4).into_iter().chain(carried).chain([v4.to_string()]) {
            assert_refused(&world, &format!("http://{host}/")).await;
            tried += 1;
        }
    }
    for v6 in INSIDE_V6 {
        assert_refused(&world, &format!("http://[{v6}]/")).await;
        tried += 1;
    }
    assert_eq!(tried, 24 * 38 + 18);
}

#[tokio::test]
async fn a_grant_of_a_carrier_is_no_grant_of_what_it_carries() {
    for v4 in INSIDE.map(|address| address.parse::<Ipv4Addr>().unwrap()) {
        // `::` carries nothing: who grants it by name means it.
        for carrier in carried(v4).into_iter().filter(|carrier| carrier != "::") {
            let mut world = trap(&[]).await;
            world.grant = granting(&[&format!("* http://[{carrier}]/*"), "* http://*.example/* at ::/0"]);
            assert_refused(&world, &format!("http://[{carrier}]/")).await;
        }
    }
}

#[tokio::test]
async fn no_name_leads_inside() {
    let mapped = |v4: &&str| format!("::ffff:{v4}");
    let carried = INSIDE.iter().flat_map(|v4| carried(v4.parse().unwrap()));
    let all: Vec<String> = INSIDE.iter().chain(&INSIDE_V6).map(ToString::to_string).collect();
    for address in all.into_iter().chain(INSIDE.iter().map(mapped)).chain(carried) {
        let (alone, first, last) = ([address.as_str()], [address.as_str(), PUBLIC], [PUBLIC, address.as_str()]);
        for answer in [alone.as_slice(), &first, &last] {
            let world = trap(&[("bad.example", &[answer])]).await;
            assert_refused(&world, "http://bad.example/").await;
            assert_eq!(world.look_ups(), 1, "{address}");
        }
    }
}

#[tokio::test]
async fn no_lookalike_or_trick_is_taken_for_a_granted_host() {
    let world = trap(&[("good.example", &[&[PUBLIC]])]).await;
    for url in [
        "http://g\u{43e}\u{43e}d.example/",
        "http://good.ex\u{e4}mple/",
        "http://\u{ff47}ood.example/",
        "http://good\u{3002}example/",
        "http://good.example\u{ff0f}.evil.org/",
        "http://good.example\u{200b}/",
        "http://xn--god-8cd.org/",
        "http://GOOD.example/",
        "http://good.example./",
        "http://good.example:0/",
        "http://good.example:65536/",
        "http://good.example:-1/",
        "http://good.example:80x/",
        "http://good.example:/",
        "http://user@good.example/",
        "http://user:word@good.example/",
        "http://good.example%00.evil.org/",
        "http://good.example%2f@evil.org/",
        "http://good.example;evil.org/",
        "http://good.example,evil.org/",
        "http://good.example evil.org/",
        "http://good.example\r\nhost: evil.org/",
        "http://good.example\\evil.org/",
        "http:\\\\good.example/",
        "http:/good.example/",
        "http:good.example/",
        "//good.example/",
        "http:///good.example/",
        "http://good.example#@evil.org/",
        "http://evil.org?good.example/",
        "http://evil.org/good.example/",
        "http://good.example.evil.org/",
        "http://evilgood.example.org/",
        "http://example/",
        "https://good.example:80/",
        "HTTP://good.example/",
        "ftp://good.example/",
        "file:///etc/passwd",
        "gopher://good.example/",
        "data:text/plain,x",
        "unix:///var/run/docker.sock",
        "http://good.example/a/../b",
        "http://good.example/%2e%2e/b",
        "http://good.example/a%2fb",
        "http://good.example/a//b",
    ] {
        assert_refused(&world, url).await;
    }
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_connected_to_as_it_was_judged() {
    let world = trap(&[("good.example", &[&[PUBLIC], &["127.0.0.1"]])]).await;
    assert_eq!(world.get("http://good.example/").await.unwrap().status, 200);
    assert_eq!((world.look_ups(), world.dialled()), (1, vec![format!("{PUBLIC}:80").parse().unwrap()]));
    // The second answer is judged anew.
    assert!(matches!(world.get("http://good.example/").await, Err(EgressError::Denied { .. })));
    assert_eq!(world.dialled().len(), 1);
}

#[tokio::test]
async fn what_is_inside_and_granted_is_reached() {
    let mut world =
        trap(&[("in.example", &[&["10.1.2.3", "10.1.2.4"]]), ("nat.example", &[&["64:ff9b::a01:203"]])]).await;
    world.grant = granting(&[
        "GET http://in.example:8080/* at 10.1.0.0/16",
        "GET http://127.0.0.1/*",
        "GET http://nat.example/* at 64:ff9b::/96,10.0.0.0/8",
    ]);
    for (url, address) in [
        ("http://in.example:8080/x", "10.1.2.3:8080"),
        ("http://127.0.0.1/", "127.0.0.1:80"),
        ("http://nat.example/", "[64:ff9b::a01:203]:80"),
    ] {
        assert_eq!(world.get(url).await.unwrap().body, b"the inside");
        assert_eq!(world.dialled().pop(), Some(address.parse().unwrap()), "{url}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let answer =
            format!("HTTP/1.1 {status} Moved\r\nlocation: http://169.254.169.254/latest\r\ncontent-length: 0\r\n\r\n");
        let world = World::new(answering(answer)).await;
        let response = world.get("http://good.example/").await.unwrap();
        assert_eq!((response.status, response.header("location")), (status, Some("http://169.254.169.254/latest")));
        assert_eq!(world.dialled().len(), 1);
        assert_refused_after(&world, response.header("location").unwrap()).await;
    }
}

async fn assert_refused_after(world: &World, url: &str) {
    assert!(matches!(world.get(url).await, Err(EgressError::Denied { .. })));
    assert_eq!(world.dialled().len(), 1);
}

#[tokio::test]
async fn a_denial_says_what_would_allow_it() {
    let world = trap(&[("in.example", &[&["10.1.2.3"]])]).await;
    let Err(EgressError::Denied { what, entry }) =
        world.fetch(&Request::new("POST", "http://in.example:8080/x?y")).await
    else {
        panic!("not denied")
    };
    assert_eq!(
        (what.as_str(), entry.as_str()),
        ("`POST http://in.example:8080/x` is not granted", "POST http://in.example:8080/x")
    );
    let Err(EgressError::Denied { what, entry }) = world.get("http://in.example/x?y").await else {
        panic!("not denied")
    };
    assert_eq!(what, "`in.example` is at 10.1.2.3, a private address, which is not granted");
    assert_eq!(entry, "GET http://in.example/x at 10.1.2.3");
}
