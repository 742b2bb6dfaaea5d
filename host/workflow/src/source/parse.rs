//! From the YAML parser's events to the tree, without recursion. It does not know what keys a workflow has.

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as YamlSpan};

use super::{Fault, Key, Kind, MAX_DEPTH, MAX_FILE_BYTES, Node, quoted, scalar};
use crate::problem::{Position, Span};

/// Parses a file of one YAML document.
///
/// # Errors
///
/// The first fault: what follows one cannot be trusted.
pub(crate) fn parse(bytes: &[u8]) -> Result<Node, Fault> {
    if bytes.len() > MAX_FILE_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_FILE_BYTES} are allowed", bytes.len());
        return Err(at_start(message, Some(SPLIT)));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| scan_fault(&error, text))?;
        builder.take(event, span)?;
    }
    builder.root.ok_or_else(|| at_start("the file is empty".to_owned(), None))
}

/// A list or mapping that is not finished.
enum Open {
    List { span: YamlSpan, items: Vec<Node> },
    Map { span: YamlSpan, entries: Vec<(Key, Node)>, keys: HashSet<String>, key: Option<Key> },
}

/// The tree so far.
#[derive(Default)]
struct Builder {
    root: Option<Node>,
    open: Vec<Open>,
    documents: u32,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: YamlSpan) -> Result<(), Fault> {
        match event {
            Event::DocumentStart(_) => self.document(span),
            Event::Alias(_) => Err(refused("an alias", span)),
            Event::Scalar(text, style, anchor, tag) => {
                refuse_extras(anchor, tag.is_some(), span)?;
                self.scalar(&text, style, span)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_extras(anchor, tag.is_some(), span)?;
                self.push(Open::List { span, items: Vec::new() }, span)
            }
            Event::MappingStart(anchor, tag) => {
                refuse_extras(anchor, tag.is_some(), span)?;
                self.push(Open::Map { span, entries: Vec::new(), keys: HashSet::new(), key: None }, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.pop(span),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn document(&mut self, span: YamlSpan) -> Result<(), Fault> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(fault("the file has more than one document", span, Some("one file is one workflow")));
        }
        Ok(())
    }

    fn push(&mut self, open: Open, span: YamlSpan) -> Result<(), Fault> {
        if let Some(Open::Map { key: None, .. }) = self.open.last() {
            return Err(fault("a key must be a text", span, Some(QUOTE_BRACES)));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.open.push(open);
        Ok(())
    }

    fn pop(&mut self, end: YamlSpan) -> Result<(), Fault> {
        let (span, kind) = match self.open.pop() {
            Some(Open::List { span, items }) => (span, Kind::List(items)),
            Some(Open::Map { span, entries, .. }) => (span, Kind::Map(entries)),
            None => return Ok(()),
        };
        let extent = (span.start.index(), end.end.index());
        self.add(Node { span: span_of(span), extent, kind })
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: YamlSpan) -> Result<(), Fault> {
        if let Some(Open::Map { key: key @ None, keys, .. }) = self.open.last_mut() {
            *key = Some(new_key(text, keys, span)?);
            return Ok(());
        }
        let kind = match style {
            ScalarStyle::Plain => scalar::plain(text).map_err(|message| fault(message, span, Some(QUOTE_NUMBER)))?,
            _ => Kind::Text(text.to_owned()),
        };
        self.add(Node { span: span_of(span), extent: (span.start.index(), span.end.index()), kind })
    }

    fn add(&mut self, node: Node) -> Result<(), Fault> {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => entries.extend(key.take().map(|key| (key, node))),
        }
        Ok(())
    }
}

const QUOTE_BRACES: &str = "in braces, an expression must be quoted: \"${{ … }}\"";
const QUOTE_EXPRESSION: &str = "an expression with `: ` or `#` in it, or in braces, must be quoted: \"${{ … }}\"";
const QUOTE_NUMBER: &str = "write it in quotes to keep it as a text";
const NO_TAG: &str = "remove it; a value in quotes is a text, one without is what it looks like";
const SPLIT: &str = "move what is data into files of its own, under `data`";
const ONE_ENCODING: &str = "save the file as UTF-8";

/// A key that the mapping does not have yet.
fn new_key(text: &str, keys: &mut HashSet<String>, span: YamlSpan) -> Result<Key, Fault> {
    if text == "<<" {
        return Err(refused("a merge key", span));
    }
    if !keys.insert(text.to_owned()) {
        return Err(fault(format!("the key `{}` is there twice", quoted(text)), span, Some("keep one of the two")));
    }
    Ok(Key { text: text.to_owned(), span: span_of(span) })
}

fn refuse_extras(anchor: usize, tagged: bool, span: YamlSpan) -> Result<(), Fault> {
    match (anchor, tagged) {
        (_, true) => Err(fault("a tag is not allowed here", span, Some(NO_TAG))),
        (0, false) => Ok(()),
        _ => Err(refused("an anchor", span)),
    }
}

fn refused(what: &str, span: YamlSpan) -> Fault {
    fault(format!("{what} is not allowed here"), span, Some("write the value out where it is used"))
}

fn fault(message: impl Into<String>, span: YamlSpan, hint: Option<&str>) -> Fault {
    Fault { message: message.into(), span: span_of(span), hint: hint.map(str::to_owned) }
}

fn too_deep(span: YamlSpan) -> Fault {
    fault(format!("nested deeper than {MAX_DEPTH} levels"), span, Some(SPLIT))
}

/// A fault of the scanner's; some of them are ours, which it finds first.
fn scan_fault(error: &ScanError, text: &str) -> Fault {
    let span = YamlSpan::empty(*error.marker());
    match error.info() {
        "recursion limit exceeded" => return too_deep(span),
        info if info.contains("unknown anchor") => return refused("an alias", span),
        _ => {}
    }
    let line = text.lines().nth(error.marker().line().saturating_sub(1));
    let hint = line.filter(|line| line.contains("${{")).map(|_| QUOTE_EXPRESSION);
    fault(format!("this is not YAML: {}", error.info()), span, hint)
}

fn at_start(message: String, hint: Option<&str>) -> Fault {
    Fault { message, span: Span::default(), hint: hint.map(str::to_owned) }
}

fn not_utf8(bytes: &[u8], valid: usize) -> Fault {
    let before = String::from_utf8_lossy(&bytes[..valid]);
    let line = before.matches('\n').count() + 1;
    let message = format!("the file is not UTF-8: byte {} on line {line} cannot be read", valid + 1);
    at_start(message, Some(ONE_ENCODING))
}

/// The span in our counting: characters from 1, within the first line.
fn span_of(span: YamlSpan) -> Span {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let start = Position { line: number(span.start.line()), column: number(span.start.col() + 1) };
    let same_line = span.end.line() == span.start.line();
    let length = if same_line { span.end.col().saturating_sub(span.start.col()) } else { 1 };
    Span { start, length: number(length.max(1)) }
}
