//! Networks to which a host may resolve although they are not public. It does not know which addresses are public.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::Problem;

/// Addresses beside the public ones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Networks {
    /// Not said: any for who asks, none for who grants.
    Open,
    /// Those of these networks, which are disjoint and in order.
    Only(Vec<IpNet>),
}

impl Networks {
    /// Reads networks and addresses with commas between them.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let nets = text.split(',').map(network).collect::<Result<Vec<_>, _>>()?;
        Ok(Networks::only(&nets))
    }

    fn only(nets: &[IpNet]) -> Self {
        let nets: Vec<IpNet> = nets.to_vec();
        let mut nets = IpNet::aggregate(&nets);
        nets.sort_unstable();
        Networks::Only(nets)
    }

    /// As a grant: nothing but what it says.
    pub(super) fn settled(&self) -> Self {
        Networks::Only(self.nets().to_vec())
    }

    fn nets(&self) -> &[IpNet] {
        match self {
            Networks::Open => &[],
            Networks::Only(nets) => nets,
        }
    }

    /// Whether it names a network that holds the address.
    pub(super) fn covers(&self, address: IpAddr) -> bool {
        self.nets().iter().any(|net| net.contains(&address))
    }

    pub(super) fn intersect(&self, other: &Self) -> Self {
        match (self, other) {
            (Networks::Open, nets) | (nets, Networks::Open) => nets.clone(),
            (Networks::Only(ours), Networks::Only(others)) => {
                let both = ours.iter().flat_map(|a| others.iter().filter_map(|b| narrower(*a, *b)));
                Networks::only(&both.collect::<Vec<_>>())
            }
        }
    }

    /// What any of several covers.
    pub(super) fn union<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let mut nets = Vec::new();
        for networks in all {
            match networks {
                Networks::Open => return Networks::Open,
                Networks::Only(more) => nets.extend(more),
            }
        }
        Networks::only(&nets)
    }

    /// Whether whoever has these networks has enough for one who wants the others. One who leaves them open wants none by name.
    pub(super) fn suffice(&self, wanted: &Self) -> bool {
        let held = |net: &IpNet| self.nets().iter().any(|ours| ours.contains(net));
        *self == Networks::Open || wanted.nets().iter().all(held)
    }

    /// Whether it says the same or more, in the same sense: what is open is beside what is said, not above it.
    pub(super) fn includes(&self, other: &Self) -> bool {
        (*self == Networks::Open) == (*other == Networks::Open) && self.suffice(other)
    }
}

/// The network that two have in common: they are apart, or one is in the other.
fn narrower(a: IpNet, b: IpNet) -> Option<IpNet> {
    if a.contains(&b) {
        return Some(b);
    }
    b.contains(&a).then_some(a)
}

fn network(text: &str) -> Result<IpNet, Problem> {
    let address = || text.parse::<IpAddr>().map(IpNet::from).ok();
    let net =
        text.parse::<IpNet>().ok().or_else(address).ok_or("what follows `at` is no network such as `10.0.0.0/8`")?;
    if net.trunc() != net {
        return Err("a network's address must have no bits beyond its length: `10.0.0.0/8`");
    }
    match net.addr() {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => Err("write an IPv4 network as such: `10.0.0.0/8`"),
        _ => Ok(net),
    }
}

impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written: Vec<String> = self.nets().iter().map(written).collect();
        f.write_str(&written.join(","))
    }
}

/// A single address is written as one.
fn written(net: &IpNet) -> String {
    if net.prefix_len() == net.max_prefix_len() { net.addr().to_string() } else { net.to_string() }
}

impl Networks {
    /// Whether nothing is to be written of it.
    pub(super) fn is_unwritten(&self) -> bool {
        self.nets().is_empty()
    }
}
