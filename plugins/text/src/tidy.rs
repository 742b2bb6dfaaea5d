//! One form for a text that came from anywhere. It does not change words.

/// The text with plain quotes and dashes, one space between words, and one empty line between paragraphs.
pub(crate) fn tidy(text: &str) -> String {
    let plain: String = text.replace("\r\n", "\n").replace('\r', "\n").chars().map(plain).collect();
    let paragraphs = plain.split("\n\n").map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn plain(character: char) -> char {
    match character {
        '‘' | '’' | '‚' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        '–' | '—' => '-',
        '\u{a0}' | '\u{feff}' | '\t' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_form() {
        assert_eq!(tidy("\u{feff}“One”\r\n  two —\tthree\r\n\r\n\r\n\r\n four "), "\"One\" two - three\n\nfour");
        assert_eq!(tidy(" \n\n "), "");
    }

    #[test]
    fn a_tidy_text_stays_as_it_is() {
        let once = tidy("a  b\n\n\nc");
        assert_eq!(tidy(&once), once);
    }
}
