//! Files made to hurt: each is refused or read, soon, and a refusal says where and what to do.

use super::*;

/// As many of a text as a file may have.
fn whole(text: &str) -> String {
    text.repeat(MAX_FILE_BYTES / text.len())
}

fn fault(text: &str) -> Fault {
    parse(text.as_bytes()).expect_err(&text[..text.floor_char_boundary(80)])
}

/// Checks what is said, and that a hint is among it.
fn refused(text: &str, message: &str, (line, column): (u32, u32)) {
    let fault = fault(text);
    assert_eq!(fault.message, message);
    assert_eq!((fault.span.start.line, fault.span.start.column), (line, column), "{message}");
    assert!(fault.hint.is_some(), "{message}");
}

#[test]
fn nothing_is_written_once_and_used_twice() {
    refused("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]", "an anchor is not allowed here", (1, 4));
    refused("a: *a", "an alias is not allowed here", (1, 4));
    refused("&a b: 1", "an anchor is not allowed here", (1, 1));
    refused("a:\n  <<: {b: 1}", "a merge key is not allowed here", (2, 3));
    refused("a: [1]\nb:\n  - <<: x", "a merge key is not allowed here", (3, 5));
    assert!(fault(&whole("&a ")).message.contains("anchor"));
    assert!(fault(&whole("*a ")).message.contains("alias"));
}

#[test]
fn tags_are_refused_wherever_they_stand() {
    for text in
        ["a: !!str 1", "a: !x {b: 1}", "!!map {a: 1}", "a: [!!int 1]", "!k a: 1", "a: !<tag:x> 1", "a: !!binary eA=="]
    {
        assert_eq!(fault(text).message, "a tag is not allowed here", "{text}");
    }
}

#[test]
fn a_key_is_there_once_however_it_is_written() {
    refused("a: 1\nb: 2\na: 3", "the key `a` is there twice", (3, 1));
    refused("{a: 1, 'a': 2}", "the key `a` is there twice", (1, 8));
    refused("{\"a\": 1, \"\\x61\": 2}", "the key `a` is there twice", (1, 10));
    refused("x:\n  - {k: {l: 1, l: 2}}", "the key `l` is there twice", (2, 16));
    let long = "k".repeat(1_000);
    assert!(fault(&format!("{{{long}: 1, {long}: 2}}")).message.len() < 100);
    let many: String = (0..50_000).map(|number| format!("k{number}: 1\n")).collect();
    assert!(parse(many.as_bytes()).is_ok());
}

#[test]
fn a_file_is_one_document_of_utf_8() {
    refused("a: 1\n---\nb: 2", "the file has more than one document", (2, 1));
    refused("--- a\n--- b", "the file has more than one document", (2, 1));
    assert!(fault(&whole("---\n")).message.contains("more than one document"));
    let fault = parse(b"a: 1\nb: \xff\xfe").expect_err("it is not UTF-8");
    assert_eq!(fault.message, "the file is not UTF-8: byte 9 on line 2 cannot be read");
    assert_eq!(fault.hint.as_deref(), Some("save the file as UTF-8"));
    let wide: Vec<u8> = "a: 1".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(parse(&wide).is_err());
    assert!(parse(b"\xef\xbb\xbfa: 1").is_ok());
}

#[test]
fn what_is_too_large_or_too_deep_is_refused() {
    let large = fault(&" ".repeat(MAX_FILE_BYTES + 1));
    assert_eq!(large.message, "the file has 1048577 bytes; at most 1048576 are allowed");
    assert!(large.hint.is_some());
    for bomb in ["[", "{", "{a: ", "[{", "[a, ", "- ", ": ", "- - "] {
        let deep = fault(&whole(bomb));
        assert_eq!(deep.message, "nested deeper than 64 levels", "{bomb}");
        assert!(deep.hint.is_some_and(|hint| hint.contains("`data`")));
    }
    let indented: String = (0..1_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert_eq!(fault(&indented).message, "nested deeper than 64 levels");
}

#[test]
fn every_repeated_text_is_answered_soon() {
    let texts = [
        "# \n",
        "%",
        "-\n",
        "[],",
        "a\n",
        "'",
        "\"",
        "\"\\x",
        "|\n",
        ">\n",
        "!",
        "...\n",
        "%YAML 1.2\n",
        "\t",
        "\u{feff}",
        ":",
        "?",
        "a:",
        "a: [b\n",
        " \n",
        "\r",
        "\r\n",
        "\u{85}",
        "a #",
        "-- ",
        "{? ",
        "[? ",
        "`",
        "@",
        "\\",
        "äö",
        "? ",
        "a: \n ",
    ];
    for text in texts {
        drop(parse(whole(text).as_bytes()));
    }
}

#[test]
fn a_huge_scalar_is_read_or_refused_and_never_quoted_whole() {
    let long = "x".repeat(1_000_000);
    for text in [
        format!("a: '{long}'"),
        format!("a: {long}"),
        format!("a: |\n  {long}"),
        format!("a: >\n{}", " x\n".repeat(300_000)),
    ] {
        assert!(parse(text.as_bytes()).is_ok());
    }
    let digits = "1".repeat(1_000_000);
    for text in [format!("{long}: 1"), format!("a: {digits}"), format!("a: 1.{digits}"), format!("a: 0{digits}")] {
        let fault = fault(&text);
        assert!(fault.message.len() < 200, "{}", fault.message.len());
    }
}

#[test]
fn a_number_that_would_lose_digits_is_refused() {
    refused("a: 01234", "the number 01234 would lose the zeros in front of it", (1, 4));
    refused("a: 123456789012345678901", "the number 123456789012345678901 has more than 64 bits", (1, 4));
    refused("a: 0.123456789012345678", "the number 0.123456789012345678 has more digits than a double keeps", (1, 4));
    refused("a: 1e-400", "the number 1e-400 is smaller than a double can be", (1, 4));
    refused("a: 1e400", "the number 1e400 is not finite", (1, 4));
    refused("a: .nan", "the number .nan is not finite", (1, 4));
    let kept =
        parse(b"[0, -0, 10, 0.10, 1.50000000000000000000, 100000000000000000000.0, 0e5, '01']").expect("it is kept");
    assert_eq!(kept.to_value(), serde_json::json!([0, 0, 10, 0.1, 1.5, 1e20, 0.0, "01"]));
}
