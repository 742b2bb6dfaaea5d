//! A person goes through a run entry by entry, forwards and backwards. It does not know what an entry is.

use crate::ask::Partner;

/// What is gone through.
pub trait Path {
    /// The number of the last entry.
    fn last(&self) -> usize;
    /// The line of an entry.
    fn line(&self, number: usize) -> String;
    /// What was known after an entry.
    fn known(&self, number: usize) -> String;
}

const HELP: &str = "  enter: the next, b: back, s: what is known here, a number: that entry, q: enough";

/// Goes through entries from the first one on until the person has seen enough.
pub fn step(path: &impl Path, partner: &mut dyn Partner) {
    let mut at = 0;
    partner.say(HELP);
    loop {
        partner.say(&path.line(at));
        let next = loop {
            let Some(word) = partner.ask("") else { return };
            match word.as_str() {
                "" => break at + 1,
                "b" => break at.saturating_sub(1),
                "s" => partner.say(&path.known(at)),
                "q" => return,
                number => match number.parse::<usize>() {
                    Ok(number) if number <= path.last() => break number,
                    Ok(_) => partner.say(&format!("  the last entry is {}", path.last())),
                    Err(_) => partner.say(HELP),
                },
            }
        };
        if next > path.last() {
            return partner.say("  that was the last entry");
        }
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Numbers;

    impl Path for Numbers {
        fn last(&self) -> usize {
            3
        }

        fn line(&self, number: usize) -> String {
            format!("entry {number}")
        }

        fn known(&self, number: usize) -> String {
            format!("known after {number}")
        }
    }

    struct Script {
        words: Vec<&'static str>,
        said: Vec<String>,
    }

    impl Partner for Script {
        fn say(&mut self, text: &str) {
            self.said.push(text.to_owned());
        }

        fn ask(&mut self, _: &str) -> Option<String> {
            (!self.words.is_empty()).then(|| self.words.remove(0).to_owned())
        }
    }

    fn said(words: &[&'static str]) -> Vec<String> {
        let mut script = Script { words: words.to_vec(), said: Vec::new() };
        step(&Numbers, &mut script);
        script.said.split_off(1)
    }

    #[test]
    fn one_goes_forwards_backwards_and_to_a_number() {
        assert_eq!(
            said(&["", "b", "b", "2", "s", "q"]),
            ["entry 0", "entry 1", "entry 0", "entry 0", "entry 2", "known after 2"]
        );
        assert_eq!(said(&["3", ""]), ["entry 0", "entry 3", "  that was the last entry"]);
        assert_eq!(said(&["4", "x"]), ["entry 0", "  the last entry is 3", HELP]);
    }
}
