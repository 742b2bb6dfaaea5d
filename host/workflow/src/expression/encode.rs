//! Base64, and texts in quotes. It does not know what is encoded.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::evaluate::{Result, fail};
use super::function::{Function, Tools, no_overload};
use super::value::Value;
use crate::schema::Kinds;

/// The functions.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::global("base64.encode", (1, 1), Kinds::STRING, encode),
    Function::global("base64.decode", (1, 1), Kinds::STRING, decode),
    Function::global("strings.quote", (1, 1), Kinds::STRING, quote),
];

/// Written with padding, read with or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn encode<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    match arguments {
        [Value::Bytes(bytes)] => tools.meter.text(BASE64.encode(&**bytes)),
        _ => no_overload(),
    }
}

fn decode<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let [Value::String(text)] = arguments else { return no_overload() };
    match BASE64.decode(text.as_bytes()) {
        Ok(bytes) => tools.meter.bytes(bytes),
        Err(error) => fail(format!("the text is not base64: {error}")),
    }
}

fn quote<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let [Value::String(text)] = arguments else { return no_overload() };
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match escape(character) {
            Some(escape) => quoted.push_str(escape),
            None => quoted.push(character),
        }
    }
    quoted.push('"');
    tools.meter.text(quoted)
}

fn escape(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{b}' => "\\v",
        '\\' => "\\\\",
        '"' => "\\\"",
        _ => return None,
    })
}
