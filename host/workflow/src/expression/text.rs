//! Functions of texts, as the extensions of CEL have them. Places in a text are counted in characters. It does not know
//! patterns' language.

use super::evaluate::{Result, fail};
use super::function::{Function, Tools, no_overload};
use super::value::Value;
use crate::schema::Kinds;

/// The functions.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::method("contains", (2, 2), Kinds::BOOLEAN, |a, _| asks(a, |text, part| text.contains(part))),
    Function::method("startsWith", (2, 2), Kinds::BOOLEAN, |a, _| asks(a, |text, part| text.starts_with(part))),
    Function::method("endsWith", (2, 2), Kinds::BOOLEAN, |a, _| asks(a, |text, part| text.ends_with(part))),
    Function::either("matches", (2, 2), Kinds::BOOLEAN, matches),
    Function::method("lowerAscii", (1, 1), Kinds::STRING, |a, tools| changed(a, tools, str::to_ascii_lowercase)),
    Function::method("upperAscii", (1, 1), Kinds::STRING, |a, tools| changed(a, tools, str::to_ascii_uppercase)),
    Function::method("trim", (1, 1), Kinds::STRING, |a, tools| changed(a, tools, |text| text.trim().to_owned())),
    Function::method("charAt", (2, 2), Kinds::STRING, char_at),
    Function::method("indexOf", (2, 3), Kinds::INTEGER, index_of),
    Function::method("lastIndexOf", (2, 3), Kinds::INTEGER, last_index_of),
    Function::method("substring", (2, 3), Kinds::STRING, substring),
    Function::method("replace", (3, 4), Kinds::STRING, replace),
    Function::method("split", (2, 3), Kinds::ARRAY, split),
    Function::method("join", (1, 2), Kinds::STRING, join),
];

fn asks<'a>(arguments: &[Value<'a>], is: fn(&str, &str) -> bool) -> Result<Value<'a>> {
    match arguments {
        [Value::String(text), Value::String(part)] => Ok(Value::Bool(is(text, part))),
        _ => no_overload(),
    }
}

fn changed<'a>(arguments: &[Value<'a>], tools: &mut Tools, change: fn(&str) -> String) -> Result<Value<'a>> {
    match arguments {
        [Value::String(text)] => tools.meter.text(change(text)),
        _ => no_overload(),
    }
}

fn matches<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    match arguments {
        [Value::String(text), Value::String(pattern)] => {
            tools.patterns.is_in(pattern, text, &mut tools.meter).map(Value::Bool)
        }
        _ => no_overload(),
    }
}

/// The byte at which a character begins; the end is a place too.
fn byte_of(text: &str, character: i64) -> Result<usize> {
    let mut places = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
    let byte = usize::try_from(character).ok().and_then(|character| places.nth(character));
    byte.map_or_else(|| fail(format!("there is no character {character}: the text has {}", text.chars().count())), Ok)
}

fn char_at<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let [Value::String(text), Value::Int(place)] = arguments else { return no_overload() };
    let character = text[byte_of(text, *place)?..].chars().next();
    tools.meter.text(character.map_or_else(String::new, String::from))
}

/// The place of the character at a byte; -1 for none.
fn place<'a>(text: &str, byte: Option<usize>) -> Value<'a> {
    byte.map_or(Value::Int(-1), |byte| Value::count(text[..byte].chars().count()))
}

fn index_of<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    let (text, part, from) = match arguments {
        [Value::String(text), Value::String(part)] => (text, part, 0),
        [Value::String(text), Value::String(part), Value::Int(from)] => (text, part, *from),
        _ => return no_overload(),
    };
    let from = byte_of(text, from)?;
    Ok(place(text, text[from..].find(&**part).map(|found| from + found)))
}

fn last_index_of<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    let (text, part, end) = match arguments {
        [Value::String(text), Value::String(part)] => (text, part, text.len()),
        [Value::String(text), Value::String(part), Value::Int(last)] => {
            let last = byte_of(text, *last)?; // the part may begin there, and end behind it
            (text, part, text.floor_char_boundary(last.saturating_add(part.len())))
        }
        _ => return no_overload(),
    };
    Ok(place(text, text[..end].rfind(&**part)))
}

fn substring<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let (text, start, end) = match arguments {
        [Value::String(text), Value::Int(start)] => (text, byte_of(text, *start)?, text.len()),
        [Value::String(text), Value::Int(start), Value::Int(end)] => {
            (text, byte_of(text, *start)?, byte_of(text, *end)?)
        }
        _ => return no_overload(),
    };
    match text.get(start..end) {
        Some(part) => tools.meter.text(part.to_owned()),
        None => fail("the part ends before it begins"),
    }
}

/// How many times at most: a negative number is no limit.
fn limit(arguments: &[Value<'_>], index: usize) -> Result<usize> {
    match arguments.get(index) {
        None => Ok(usize::MAX),
        Some(Value::Int(limit)) => Ok(usize::try_from(*limit).unwrap_or(usize::MAX)),
        Some(_) => no_overload(),
    }
}

fn replace<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let [Value::String(text), Value::String(part), Value::String(by), ..] = arguments else { return no_overload() };
    let limit = limit(arguments, 3)?;
    let times = text.matches(&**part).take(limit).count();
    tools.meter.make(text.len().saturating_add(times.saturating_mul(by.len())))?;
    Ok(Value::text(text.replacen(&**part, by, limit)))
}

fn split<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let [Value::String(text), Value::String(separator), ..] = arguments else { return no_overload() };
    let limit = limit(arguments, 2)?;
    let mut parts = Vec::new();
    if separator.is_empty() {
        // Between all characters, and not before the first or after the last.
        let ends = text.char_indices().skip(1).map(|(byte, _)| byte).take(limit.saturating_sub(1));
        let mut start = 0;
        for end in ends.chain([text.len()]).take(if limit == 0 || text.is_empty() { 0 } else { usize::MAX }) {
            parts.push(tools.meter.text(text[start..end].to_owned())?);
            start = end;
        }
    } else {
        for part in text.splitn(limit, &**separator) {
            parts.push(tools.meter.text(part.to_owned())?);
        }
    }
    Ok(Value::list(parts))
}

fn join<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let (list, separator) = match arguments {
        [Value::List(list)] => (list, ""),
        [Value::List(list), Value::String(separator)] => (list, &**separator),
        _ => return no_overload(),
    };
    let mut joined = String::new();
    for (index, item) in list.iter().enumerate() {
        let Value::String(text) = item else {
            return fail(format!("`join` takes texts; element {index} is {}", item.kind()));
        };
        tools.meter.make(text.len() + separator.len())?;
        joined.push_str(if index == 0 { "" } else { separator });
        joined.push_str(&text);
    }
    Ok(Value::text(joined))
}
