//! What one exchange may take: finite by default, and never above a maximum. It does not know who counts.

use std::time::Duration;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// What one exchange may take. Sizes are in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The body of the request.
    pub request_body: usize,
    /// The headers of the response, the first line included; what comes before the body is read into one buffer of this size.
    pub header_bytes: usize,
    /// How many headers the response has.
    pub headers: usize,
    /// The body of the response as it comes.
    pub body: usize,
    /// The body of the response when it is unpacked.
    pub decoded: usize,
    /// How many times larger a body becomes when it is unpacked, beyond the first mebibyte.
    pub ratio: usize,
    /// Until there is a connection: the look-up, TCP and TLS, each.
    pub connect: Duration,
    /// From the beginning of the request to the end of the response's headers.
    pub first_byte: Duration,
    /// Between two parts of the body.
    pub idle: Duration,
    /// For everything.
    pub total: Duration,
}

impl Limits {
    /// What a caller gets that says nothing. A body of 4 MiB is what one reply of a host call may be; common servers send
    /// up to 8 KiB of headers and 100 of them, so four times that is room enough; real texts compress by up to about 30.
    /// A server that is there accepts a connection in far less than 5 s, and one that has said nothing in 20 s will hardly
    /// say it before the invocation's own 30 s are over.
    pub const DEFAULT: Limits = Limits {
        request_body: 4 * MIB,
        header_bytes: 32 * KIB,
        headers: 128,
        body: 4 * MIB,
        decoded: 4 * MIB,
        ratio: 100,
        connect: Duration::from_secs(5),
        first_byte: Duration::from_secs(20),
        idle: Duration::from_secs(10),
        total: Duration::from_secs(30),
    };

    /// The most that any caller gets: the largest payload of a host call, and the longest invocation.
    pub const MAX: Limits = Limits {
        request_body: 16 * MIB,
        header_bytes: 256 * KIB,
        headers: 512,
        body: 16 * MIB,
        decoded: 16 * MIB,
        ratio: 1_000,
        connect: Duration::from_secs(30),
        first_byte: Duration::from_secs(600),
        idle: Duration::from_secs(60),
        total: Duration::from_secs(3_600),
    };

    /// These limits, none above another's.
    #[must_use]
    pub fn within(self, other: Limits) -> Limits {
        Limits {
            request_body: self.request_body.min(other.request_body),
            header_bytes: self.header_bytes.min(other.header_bytes),
            headers: self.headers.min(other.headers),
            body: self.body.min(other.body),
            decoded: self.decoded.min(other.decoded),
            ratio: self.ratio.min(other.ratio),
            connect: self.connect.min(other.connect),
            first_byte: self.first_byte.min(other.first_byte),
            idle: self.idle.min(other.idle),
            total: self.total.min(other.total),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::DEFAULT
    }
}
