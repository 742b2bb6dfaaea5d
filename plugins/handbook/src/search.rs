//! Finds paragraphs by their words. It does not know where pages come from.

use crate::bindings::exports::baton::handbook::pages::Passage;

/// The paragraphs of a page in which all of the words stand.
pub(crate) fn search(page: &str, text: &str, words: &[String]) -> Vec<Passage> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let has_all = |passage: &Passage| {
        let text = passage.text.to_lowercase();
        let found: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        words.iter().all(|word| found.contains(&word.as_str()))
    };
    paragraphs(page, text).into_iter().filter(has_all).collect()
}

/// Lines without an empty one between them are a paragraph.
fn paragraphs(page: &str, text: &str) -> Vec<Passage> {
    let mut paragraphs: Vec<Passage> = Vec::new();
    let mut is_new = true;
    for (line, text) in (1..).zip(text.lines()) {
        match paragraphs.last_mut() {
            _ if text.trim().is_empty() => is_new = true,
            Some(last) if !is_new => last.text = format!("{} {}", last.text, text.trim()),
            _ => {
                paragraphs.push(Passage { page: page.to_owned(), line, text: text.trim().to_owned() });
                is_new = false;
            }
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Leave\n\nEmployees have 28 days\nof leave a year.\n\n\nLeave is asked for in writing.\n";

    fn lines(words: &[&str]) -> Vec<u32> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        search("leave.md", PAGE, &words).iter().map(|passage| passage.line).collect()
    }

    #[test]
    fn a_paragraph_is_found_by_all_of_its_words() {
        assert_eq!(lines(&["LEAVE"]), [1, 3, 7]);
        assert_eq!(lines(&["leave", "days"]), [3]);
        assert_eq!(lines(&["days", "writing"]), [0; 0]);
        assert_eq!(lines(&["day"]), [0; 0], "a part of a word is another word");
        assert_eq!(search("leave.md", PAGE, &[])[1].text, "Employees have 28 days of leave a year.");
    }
}
