//! Secrets, taken out of what comes back: a server that sends a secret back would hand it to the guest. It does not know
//! what a server makes of a secret: what it encrypts, splits or hashes is not found.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;
use zeroize::Zeroizing;

use crate::error::EgressError;
use crate::message::Response;
use crate::secret::{Secret, Secrets};

/// Finds some secrets, as they are and in base64.
pub(crate) struct Scrubber {
    found: Vec<(Zeroizing<Vec<u8>>, String)>,
}

impl Scrubber {
    pub(crate) fn new(secrets: &Secrets) -> Self {
        let found = secrets.iter().flat_map(|secret| {
            let mark = format!("[secret {}]", secret.name());
            forms(secret).into_iter().map(move |form| (form, mark.clone()))
        });
        Scrubber { found: found.collect() }
    }

    /// A response in which no secret stands.
    pub(crate) fn response(&self, mut response: Response) -> Response {
        for header in &mut response.headers {
            header.name = self.text(std::mem::take(&mut header.name));
            header.value = self.text(std::mem::take(&mut header.value));
        }
        response.body = self.bytes(response.body);
        response
    }

    /// An error in which no secret stands.
    pub(crate) fn error(&self, error: EgressError) -> EgressError {
        error.map_text(|text| self.text(text))
    }

    fn text(&self, text: String) -> String {
        // A secret and its mark are ASCII, so what is left is the text that it was.
        String::from_utf8_lossy(&self.bytes(text.into_bytes())).into_owned()
    }

    fn bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        self.found.iter().fold(bytes, |bytes, (form, mark)| match replaced(&bytes, form, mark.as_bytes()) {
            Cow::Borrowed(_) => bytes,
            Cow::Owned(scrubbed) => scrubbed,
        })
    }
}

/// How a secret can look: as it is, and in base64 wherever it begins in what is encoded.
fn forms(secret: &Secret) -> Vec<Zeroizing<Vec<u8>>> {
    let plain = Zeroizing::new(secret.value().as_bytes().to_vec());
    let encoded = (0..3).flat_map(|before| [in_base64(&plain, before, false), in_base64(&plain, before, true)]);
    let mut forms: Vec<_> = encoded.collect();
    forms.push(plain.clone());
    forms.dedup();
    forms
}

/// The characters of base64 that follow from the secret alone when so many bytes (0 to 2) stand before it.
fn in_base64(secret: &[u8], before: usize, url_safe: bool) -> Zeroizing<Vec<u8>> {
    let padded = Zeroizing::new([&b"\0\0"[..before], secret].concat());
    let engine = if url_safe { URL_SAFE_NO_PAD } else { STANDARD_NO_PAD };
    let text = Zeroizing::new(engine.encode(&*padded));
    // Each character holds six bits: leave out those that share bits with what stands around.
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    Zeroizing::new(text.as_bytes().get(first..last).unwrap_or_default().to_vec())
}

fn replaced<'a>(bytes: &'a [u8], form: &[u8], mark: &[u8]) -> Cow<'a, [u8]> {
    let mut rest = 0;
    let mut scrubbed = Vec::new();
    for at in memmem::find_iter(bytes, form) {
        scrubbed.extend_from_slice(bytes.get(rest..at).unwrap_or_default());
        scrubbed.extend_from_slice(mark);
        rest = at + form.len();
    }
    if rest == 0 {
        return Cow::Borrowed(bytes);
    }
    scrubbed.extend_from_slice(bytes.get(rest..).unwrap_or_default());
    Cow::Owned(scrubbed)
}
