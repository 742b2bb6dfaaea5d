//! Which addresses are public. It does not know who may reach the others.
//!
//! Public is what the IANA registries of special-purpose addresses leave: of IPv6 only what lies in `2000::/3` and is not
//! special there. Forms of IPv6 that carry an IPv4 address are never public: where they lead to is somebody else's decision.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Why an address is not public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// `0.0.0.0/8`, `::`: this host.
    Unspecified,
    /// `127.0.0.0/8`, `::1`.
    Loopback,
    /// `10.0.0.0/8` and the like, `fc00::/7`, `fec0::/10`.
    Private,
    /// `169.254.0.0/16`, `fe80::/10`.
    LinkLocal,
    /// `100.64.0.0/10`: behind a carrier's translator.
    Shared,
    /// Where a cloud tells a machine its credentials.
    Metadata,
    /// To many machines.
    Multicast,
    /// To all machines of a network.
    Broadcast,
    /// For examples in texts.
    Documentation,
    /// For measurements of devices.
    Benchmarking,
    /// An IPv4 address in the form of an IPv6 one, or a tunnel.
    Translated,
    /// Set aside by the registries.
    Reserved,
}

impl fmt::Display for Special {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Special::Unspecified => "an unspecified address",
            Special::Loopback => "a loopback address",
            Special::Private => "a private address",
            Special::LinkLocal => "a link-local address",
            Special::Shared => "an address behind a carrier's translator",
            Special::Metadata => "a cloud's metadata address",
            Special::Multicast => "a multicast address",
            Special::Broadcast => "a broadcast address",
            Special::Documentation => "an address for documentation",
            Special::Benchmarking => "an address for benchmarks",
            Special::Translated => "an IPv4 address in another form, or a tunnel",
            Special::Reserved => "a reserved address",
        })
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8, why: Special) -> (Ipv4Net, Special) {
    (Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length), why)
}

/// The first that holds an address says why it is not public.
const SPECIAL_V4: [(Ipv4Net, Special); 22] = [
    v4(169, 254, 169, 254, 32, Special::Metadata), // most clouds
    v4(169, 254, 170, 2, 32, Special::Metadata),   // containers at AWS
    v4(100, 100, 100, 200, 32, Special::Metadata), // Alibaba
    v4(192, 0, 0, 192, 32, Special::Metadata),     // Oracle
    v4(168, 63, 129, 16, 32, Special::Metadata),   // Azure: public by its number only
    v4(0, 0, 0, 0, 8, Special::Unspecified),
    v4(10, 0, 0, 0, 8, Special::Private),
    v4(100, 64, 0, 0, 10, Special::Shared),
    v4(127, 0, 0, 0, 8, Special::Loopback),
    v4(169, 254, 0, 0, 16, Special::LinkLocal),
    v4(172, 16, 0, 0, 12, Special::Private),
    v4(192, 0, 0, 0, 24, Special::Reserved),
    v4(192, 0, 2, 0, 24, Special::Documentation),
    v4(192, 88, 99, 0, 24, Special::Translated), // relays of 6to4
    v4(192, 168, 0, 0, 16, Special::Private),
    v4(198, 18, 0, 0, 15, Special::Benchmarking),
    v4(198, 51, 100, 0, 24, Special::Documentation),
    v4(203, 0, 113, 0, 24, Special::Documentation),
    v4(224, 0, 0, 0, 4, Special::Multicast),
    v4(255, 255, 255, 255, 32, Special::Broadcast),
    v4(240, 0, 0, 0, 4, Special::Reserved),
    v4(192, 175, 48, 0, 24, Special::Reserved), // AS112, a sink for queries that should not leave a network
];

const fn v6(segments: [u16; 8], length: u8, why: Special) -> (Ipv6Net, Special) {
    let [a, b, c, d, e, f, g, h] = segments;
    (Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), length), why)
}

const SPECIAL_V6: [(Ipv6Net, Special); 19] = [
    v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128, Special::Metadata), // AWS
    v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23], 128, Special::Metadata),  // pods at AWS
    v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128, Special::Metadata),  // Google
    v6([0; 8], 128, Special::Unspecified),
    v6([0, 0, 0, 0, 0, 0, 0, 1], 128, Special::Loopback),
    v6([0; 8], 96, Special::Translated),                           // IPv4-compatible
    v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96, Special::Translated),    // IPv4-translated
    v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, Special::Translated), // NAT64
    v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, Special::Translated), // NAT64 of a network's own
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, Special::Private),
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, Special::LinkLocal),
    v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, Special::Private), // site-local
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, Special::Multicast),
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, Special::Translated), // Teredo
    v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48, Special::Benchmarking),
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, Special::Reserved), // protocols
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, Special::Documentation),
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, Special::Translated), // 6to4
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, Special::Documentation),
];

/// What IPv6 addresses the registries hand out for the public internet.
const GLOBAL_V6: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Tells why an address is not public; nothing if it is. An IPv4-mapped IPv6 address is its IPv4 address.
#[must_use]
pub fn special(address: IpAddr) -> Option<Special> {
    match address.to_canonical() {
        IpAddr::V4(v4) => SPECIAL_V4.iter().find(|(net, _)| net.contains(&v4)).map(|(_, why)| *why),
        IpAddr::V6(v6) => special_v6(v6),
    }
}

fn special_v6(address: Ipv6Addr) -> Option<Special> {
    let listed = SPECIAL_V6.iter().find(|(net, _)| net.contains(&address)).map(|(_, why)| *why);
    let embedded = || embedded_v4(address).map(|_| Special::Translated);
    let beyond = || (!GLOBAL_V6.contains(&address)).then_some(Special::Reserved);
    listed.or_else(embedded).or_else(beyond)
}

/// The IPv4 address that a form of IPv6 leads to: compatible, translated, NAT64, 6to4, Teredo, ISATAP.
#[must_use]
pub fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let of = |high: u16, low: u16| Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0] if (g, h) > (0, 1) => of(g, h),
        [0, 0, 0, 0, 0, 0xffff] | [0, 0, 0, 0, 0xffff, 0] | [0x64, 0xff9b, 0 | 1, _, _, _] => of(g, h),
        [0x2002, ..] => of(b, c),
        [0x2001, 0, ..] => of(!g, !h), // the client's, with its bits turned
        [.., 0 | 0x200, 0x5efe] => of(g, h),
        _ => None,
    }
}

/// An address that may not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) address: IpAddr,
    pub(crate) why: Special,
}

/// Judges an address: it is public, or it is named, and then what it embeds is judged in turn. Tells the address to connect to.
pub(crate) fn vet(address: IpAddr, is_named: &impl Fn(IpAddr) -> bool) -> Result<IpAddr, Refused> {
    let address = address.to_canonical();
    let Some(why) = special(address) else { return Ok(address) };
    if !is_named(address) {
        return Err(Refused { address, why });
    }
    let embedded = if let IpAddr::V6(v6) = address { embedded_v4(v6) } else { None };
    embedded.map_or(Ok(address), |v4| vet(IpAddr::V4(v4), is_named)).map(|_| address)
}
