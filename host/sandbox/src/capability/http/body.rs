//! A body as the journal keeps it: as text where people can read it, else in base64. It does not know what is in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Of how many bytes of a text at most one may need an escape. Compact JSON has one in three to eight.
const ESCAPES: usize = 2;

/// Bytes of a request or a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Body(pub(crate) Vec<u8>);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written<'a> {
    Text(std::borrow::Cow<'a, str>),
    Binary { base64: std::borrow::Cow<'a, str> },
}

impl Body {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The body as text, if people can read it and JSON writes it without many escapes. An entry holds the reply as a text
    /// in a text, so that a quote becomes four bytes there; base64 is a third longer, whatever it holds.
    fn text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.0).ok()?;
        let escaped = |c: char| matches!(c, '"' | '\\' | '\n' | '\r' | '\t');
        let readable = text.chars().all(|c| !c.is_control() || escaped(c));
        (readable && text.chars().filter(|c| escaped(*c)).count() <= text.len() / ESCAPES).then_some(text)
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.text() {
            Some(text) => Written::Text(text.into()),
            None => Written::Binary { base64: STANDARD.encode(&self.0).into() },
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Text(text) => Ok(Body(text.into_owned().into_bytes())),
            Written::Binary { base64 } => STANDARD.decode(&*base64).map(Body).map_err(D::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_kept_as_text_and_all_else_in_base64() {
        let check = |bytes: &[u8], expect: &str| {
            assert_eq!(serde_json::to_string(&Body(bytes.to_vec())).unwrap(), expect);
        };
        check("{\"ä\": 1}\n".as_bytes(), r#""{\"ä\": 1}\n""#);
        check(b"\xff\xfe", r#"{"base64":"//4="}"#);
        check(b"a\0b", r#"{"base64":"YQBi"}"#);
        check(b"\"\"\"", r#"{"base64":"IiIi"}"#);
        check(b"", r#""""#);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes: Vec<u8>) {
            let body = Body(bytes);
            let text = serde_json::to_string(&body).unwrap();
            prop_assert!(text.len() <= 2 * body.0.len() + 20);
            prop_assert_eq!(serde_json::from_str::<Body>(&text).unwrap(), body);
        }
    }
}
