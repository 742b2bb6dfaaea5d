//! The words to look for, and simpler ones. It does not know where they are looked for.

/// Words that say nothing about what a question is about.
const IDLE: [&str; 22] = [
    "a", "an", "and", "are", "can", "do", "does", "for", "get", "have", "how", "i", "in", "is", "many", "much", "of",
    "the", "to", "what", "when", "who",
];

/// The words of a question that say what it is about, in small letters.
pub(crate) fn of(question: &str) -> Vec<String> {
    let words = question.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| !word.is_empty() && !IDLE.contains(&word.as_str())).collect()
}

/// The same in fewer words, as long as there is more than one: the shortest says least.
pub(crate) fn simpler(mut words: Vec<String>) -> Vec<String> {
    let shortest = (0..words.len()).min_by_key(|at| words[*at].len());
    if let Some(shortest) = shortest.filter(|_| words.len() > 1) {
        words.remove(shortest);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_asked_in_fewer_words_until_there_is_one() {
        let mut words = of("How many days of leave do I get?");
        assert_eq!(words, ["days", "leave"]);
        words = simpler(words);
        assert_eq!(words, ["leave"]);
        assert_eq!(simpler(words.clone()), words);
    }
}
