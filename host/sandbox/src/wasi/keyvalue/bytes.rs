//! Bytes as JSON: UTF-8 is a JSON string, everything else `{"base64": "…"}`. JSON that was not made from bytes is read as
//! its text. It does not know keys or rooms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Bytes that are no UTF-8.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Encoded {
    base64: String,
}

pub(super) fn to_json(bytes: &[u8]) -> String {
    let json = match std::str::from_utf8(bytes) {
        Ok(text) => serde_json::to_string(text),
        Err(_) => serde_json::to_string(&Encoded { base64: STANDARD.encode(bytes) }),
    };
    json.expect("it serialises because it is only text")
}

pub(super) fn from_json(json: String) -> Vec<u8> {
    if let Ok(text) = serde_json::from_str::<String>(&json) {
        return text.into_bytes();
    }
    let encoded = serde_json::from_str::<Encoded>(&json).ok().and_then(|bytes| STANDARD.decode(bytes.base64).ok());
    encoded.unwrap_or_else(|| json.into_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_a_string_and_the_rest_is_base64() {
        assert_eq!(to_json("a \"b\"\0é".as_bytes()), r#""a \"b\"\u0000é""#);
        assert_eq!(to_json(&[0, 255]), r#"{"base64":"AP8="}"#);
        assert_eq!(to_json(b""), r#""""#);
    }

    #[test]
    fn what_was_no_bytes_is_read_as_its_text() {
        for json in ["5", "null", r#"{"base64":"?"}"#, r#"{"base64":1}"#, r#"{"base64":"","a":1}"#, "[1, 2]"] {
            assert_eq!(from_json(json.to_owned()), json.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes: Vec<u8>, text: String) {
            prop_assert_eq!(from_json(to_json(&bytes)), bytes);
            prop_assert_eq!(from_json(to_json(text.as_bytes())), text.into_bytes());
        }
    }
}
