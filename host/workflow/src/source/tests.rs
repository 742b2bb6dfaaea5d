//! Tests of the YAML tree.

use serde_json::json;

use super::*;

fn value(text: &str) -> Value {
    parse(text.as_bytes()).expect("the text is plain YAML").to_value()
}

fn fault(text: &str) -> (String, u32, u32) {
    let fault = parse(text.as_bytes()).expect_err("the text is refused");
    (fault.message, fault.span.start.line, fault.span.start.column)
}

#[test]
fn plain_data_is_read() {
    assert_eq!(
        value("a: 1\nb: [x, 'y', \"z\"]\nc: {d: 1.5, e: null, f: true}"),
        json!({
            "a": 1, "b": ["x", "y", "z"], "c": {"d": 1.5, "e": null, "f": true}
        })
    );
    assert_eq!(
        value("a: 0x1f\nb: +3\nc: 1e3\nd: no\ne: 18446744073709551615\nf: 1.2.3\ng: 2026-01-02"),
        json!({
            "a": 31, "b": 3, "c": 1000.0, "d": "no", "e": 18446744073709551615u64, "f": "1.2.3", "g": "2026-01-02"
        })
    );
}

#[test]
fn what_goes_beyond_data_is_refused() {
    assert_eq!(fault("a: &x 1\nb: *x"), ("an anchor is not allowed here".to_owned(), 1, 4));
    assert_eq!(fault("a: !!str 1").0, "a tag is not allowed here");
    assert_eq!(fault("a: 1\na: 2"), ("the key `a` is there twice".to_owned(), 2, 1));
    assert_eq!(fault("a:\n  <<: {b: 1}"), ("a merge key is not allowed here".to_owned(), 2, 3));
    assert_eq!(fault("a: 1\n---\nb: 2").0, "the file has more than one document");
    assert_eq!(fault("[a]: 1").0, "a key must be a text");
    assert_eq!(fault("a: 123456789012345678901").0, "the number 123456789012345678901 has more than 64 bits");
    assert_eq!(fault("a: .inf").0, "the number .inf is not finite");
    assert_eq!(fault("").0, "the file is empty");
    assert!(fault("a: [1").0.starts_with("this is not YAML"));
}

#[test]
fn a_character_of_a_scalar_is_located() {
    let check = |text: &str, needle: &str, line, column| {
        let node = parse(text.as_bytes()).expect("YAML");
        let scalar = node.child("a").expect("there is a key a");
        let decoded = scalar.as_text().expect("it is a text");
        let offset = decoded.find(needle).expect("the needle is there");
        let characters = decoded[..offset].chars().count();
        let text = Text::new(text);
        let position = text.position(text.locate(scalar, decoded, characters));
        assert_eq!((position.line, position.column), (line, column), "{needle}");
    };
    check("a: ${{ input.x }}", "input", 1, 8);
    check("a: 'it''s ${{ x }}'", "x", 1, 15);
    check("a: \"\\u00e4 ${{ y }}\"", "y", 1, 16);
    check("a: |\n  one\n  ${{ two }}\n", "two", 3, 7);
    check("a: >\n  one\n  ${{ two }}\n", "two", 3, 7);
    check("ä: 1\na: \"${{ z }}\"", "z", 2, 9);
}
