//! Text as Markdown (CommonMark): what stands in a value is shown as it is and cannot become structure.

/// Writes a text so that a Markdown reader shows just that text. Its lines stay lines.
pub(crate) fn escape(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(escape_line).collect();
    // A backslash at the end of a line is a line break.
    lines.join("\\\n")
}

/// Shows a line of Markdown as plain text: without the backslashes that `escape` put there.
pub(crate) fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = chars.next_if(|next| c == '\\' && next.is_ascii_punctuation());
        plain.push(escaped.unwrap_or(c));
    }
    plain
}

fn escape_line(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    let marker = list_marker(line);
    for (at, c) in line.char_indices() {
        if c.is_control() {
            escaped.push(' ');
            continue;
        }
        // These mean something anywhere; a list's marker, and what underlines a heading or rules a line, at the start only.
        if "\\`*_[]<>|#~".contains(c) || begins_entity(&line[at..]) || marker == Some(at) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// `&amp;` or `&#38;`, but not `&` between words.
fn begins_entity(rest: &str) -> bool {
    rest.strip_prefix('&').is_some_and(|name| name.starts_with(|c: char| c == '#' || c.is_ascii_alphanumeric()))
}

/// Where the character stands that would make a list item, a heading or a rule of the line.
fn list_marker(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line.as_bytes().get(digits)? {
        b'-' | b'+' | b'=' if digits == 0 => Some(0),
        b'.' | b')' if digits > 0 && line[digits + 1..].chars().next().is_none_or(|c| c == ' ') => Some(digits),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_structure_in_markdown_is_escaped() {
        let check = |text: &str, expected: &str| assert_eq!(escape(text), expected);
        check("Müller & Söhne GmbH", "Müller & Söhne GmbH");
        check("&copy; &#38;", "\\&copy; \\&\\#38;");
        check("a_b@example.com", "a\\_b@example.com");
        check("[pay here](http://x)", "\\[pay here\\](http://x)");
        check("# Fees: none", "\\# Fees: none");
        check("- item", "\\- item");
        check("---", "\\---");
        check("1. item", "1\\. item");
        check("2)", "2\\)");
        check("1.50", "1.50");
        check("31.\u{a0}März", "31.\u{a0}März");
        check("<b>", "\\<b\\>");
        check("a\u{0}\tb", "a  b");
    }

    #[test]
    fn lines_stay_lines_and_none_of_them_becomes_structure() {
        assert_eq!(
            escape("Am Sandtorkai 5\r\n\r\n    20457 Hamburg\n# Note"),
            "Am Sandtorkai 5\\\n20457 Hamburg\\\n\\# Note"
        );
    }

    #[test]
    fn plain_text_comes_back() {
        for text in ["Müller & Söhne", "a\\b", "*x* [y] # 1", "\\\\", "c:\\path\\"] {
            assert_eq!(plain(&escape(text)), text);
        }
    }
}
