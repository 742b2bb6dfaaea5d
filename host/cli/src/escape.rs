//! Foreign text made harmless for a terminal. Whatever came from a guest, a document or a file that somebody else wrote
//! goes through [`escape`] before it is shown. It does not know who wrote it.

use std::fmt::Write as _;

/// The text with everything escaped that could move the cursor, change colours, hide text or turn it round: control
/// characters (so also ANSI sequences), the controls of bidirectional text, and characters that are not seen. Line
/// breaks and tabs stay.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_dangerous(c) {
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(c)); // a String takes all that is written
        } else {
            safe.push(c);
        }
    }
    safe
}

/// The text escaped and on one line: line breaks and tabs become spaces, one for each run of them.
#[must_use]
pub fn escape_line(text: &str) -> String {
    let words: Vec<&str> = text.split(['\n', '\t', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect();
    escape(&words.join(" "))
}

/// JSON text with the same characters escaped as JSON escapes them, so that it stays the same JSON. Only strings can
/// hold such characters: outside of them JSON knows none.
#[must_use]
pub fn escape_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if is_dangerous(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

fn is_dangerous(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Marks and overrides of direction, and their isolates.
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        // Other breaks of lines; what has no width; tags.
        '\u{2028}' | '\u{2029}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(escape(text), expect);
        assert!(!escape(text).chars().any(is_dangerous));
        assert_eq!(escape(&escape(text)), expect, "escaping twice changes nothing");
    }

    #[test]
    fn control_characters_cannot_reach_the_terminal() {
        check("\x1b[31mred\x1b[0m", "\\u{1b}[31mred\\u{1b}[0m");
        check("\x1b]0;title\x07", "\\u{1b}]0;title\\u{7}");
        check("over\rwritten\x08", "over\\u{d}written\\u{8}");
        check("c1 \u{9b}31m", "c1 \\u{9b}31m");
        check("nul \0 del \x7f", "nul \\u{0} del \\u{7f}");
    }

    #[test]
    fn text_cannot_be_turned_round_or_hidden() {
        check("a\u{202e}b\u{202c}", "a\\u{202e}b\\u{202c}");
        check("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}");
        check("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}");
        check("tag\u{e0041}", "tag\\u{e0041}");
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!({"a\u{9b}": "\u{202e}b\u{e0041}\x1b[m\n ü"});
        let safe = escape_json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(!safe.chars().any(is_dangerous));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }

    #[test]
    fn other_text_stays_as_it_is() {
        check("Müller & Söhne – 株式会社 🎻\n\tsecond line", "Müller & Söhne – 株式会社 🎻\n\tsecond line");
        check("", "");
    }

    #[test]
    fn a_line_stays_a_line() {
        assert_eq!(escape_line("one\r\n  two\t\tthree\n\n"), "one two three");
        assert_eq!(escape_line("\x1b[2K"), "\\u{1b}[2K");
    }
}
