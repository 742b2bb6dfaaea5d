use super::*;

/// As the example rules have them.
const MATCH: f64 = 0.94;
const NEAR: f64 = 0.85;

fn likeness(one: &str, two: &str) -> f64 {
    let (one, two) = (Name::new(one), Name::new(two));
    let likeness = one.likeness(&two);
    assert!((likeness - two.likeness(&one)).abs() < 1e-9, "likeness goes both ways");
    likeness
}

#[test]
fn the_same_name_is_the_same_however_it_is_written() {
    for (one, two) in [
        ("Viktor Orlenko", "ORLENKO, Viktor"),
        ("Viktor Orlenko", "Віктор Орленко"),
        ("Viktor Orlenko", "Victor Orlenko"),
        ("Viktor Orlenko", "Viktor Orelnko"),
        ("Zoë Ångström", "Zoe Angstrom"),
        ("Jürgen Müller", "Juergen Mueller"),
        ("Sergej Ščerbakov", "Sergey Shcherbakov"),
        ("Nordhavn Shipping AS", "NORDHAVN SHIPPING LIMITED"),
        ("Al-Rashid Trading Co.", "Al Rashid Trading LLC"),
        ("Jean-Luc O’Brien", "Jean Luc OBrien"),
    ] {
        assert!(likeness(one, two) >= MATCH, "{one} / {two}: {}", likeness(one, two));
    }
}

#[test]
fn a_name_that_may_be_the_same_is_near() {
    for (one, two) in [
        ("Viktor Orlenko", "Viktor Anatolievich Orlenko"),
        ("Mario Gomez Duarte", "Maria Gomez Duarte"),
        ("Viktor Orlenko", "Viktar Orlanko"),
    ] {
        let likeness = likeness(one, two);
        assert!((NEAR..1.0).contains(&likeness), "{one} / {two}: {likeness}");
    }
}

#[test]
fn common_names_and_common_words_are_not_enough() {
    for (one, two) in [
        ("Michael Brown", "Michelle Brown"),
        ("David Miller", "Daniel Miller"),
        ("John Smith", "Joan Smith"),
        ("Anna Schmidt", "Anna Schneider"),
        ("Li Wei", "Lu Wei"),
        ("Berg", "Viktor Berg"),
        ("Peter Hansen", "Hans Petersen"),
        ("Baltic Trading Ltd", "Adriatic Trading Ltd"),
        ("Nordic Bank", "Nordic Shipping"),
        ("Ltd", "Limited"),
        ("", "Viktor Orlenko"),
    ] {
        assert!(likeness(one, two) < NEAR, "{one} / {two}: {}", likeness(one, two));
    }
}
