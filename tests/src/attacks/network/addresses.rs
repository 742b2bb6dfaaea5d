//! Addresses that are not public, and how they can be spelled. It does not know who reads them.

use std::net::{Ipv4Addr, Ipv6Addr};

/// One or more of each kind that is not public.
pub(super) const INSIDE: [&str; 42] = [
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

/// An address as it stands in a URL.
pub(super) fn in_url(address: &str) -> String {
    if address.contains(':') { format!("[{address}]") } else { address.to_owned() }
}

/// Forms of IPv6 that carry an IPv4 address: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP.
pub(super) fn carried(v4: Ipv4Addr) -> Vec<String> {
    let [a, b, c, d] = v4.octets();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let forms = [
        format!("::ffff:{high:x}:{low:x}"),
        format!("::{high:x}:{low:x}"),
        format!("::ffff:0:{high:x}:{low:x}"),
        format!("64:ff9b::{high:x}:{low:x}"),
        format!("64:ff9b:1::{high:x}:{low:x}"),
        format!("2002:{high:x}:{low:x}::1"),
        format!("2001:0:5db8:d822::{:x}:{:x}", !high, !low),
        format!("2606:2800::200:5efe:{high:x}:{low:x}"),
    ];
    forms.map(|text| text.parse::<Ipv6Addr>().unwrap().to_string()).into()
}

/// Spellings of an IPv4 address that some readers of URLs understand.
pub(super) fn disguised(v4: Ipv4Addr) -> Vec<String> {
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
        format!("{a}%2e{b}%2e{c}%2e{d}"),
        format!("[::ffff:{a}.{b}.{c}.{d}]"),
        format!("[::FFFF:{a}.{b}.{c}.{d}]"),
        format!("[0:0:0:0:0:ffff:{a:02x}{b:02x}:{c:02x}{d:02x}]"),
        format!("[::{a}.{b}.{c}.{d}%25lo]"),
        format!("[{a}.{b}.{c}.{d}]"),
        wide,
        circled,
    ]
}
