//! A word of a name, and how alike two of them are.

/// Legal forms and titles, folded: they tell nobody from anybody.
const FORMS: &[&str] = &[
    "ab",
    "ag",
    "and",
    "aps",
    "as",
    "asa",
    "bhd",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "dr",
    "gmbh",
    "inc",
    "incorporated",
    "jsc",
    "kft",
    "kg",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "mr",
    "mrs",
    "ms",
    "nv",
    "of",
    "ooo",
    "ou",
    "oy",
    "oyj",
    "pjsc",
    "plc",
    "prof",
    "pte",
    "pty",
    "sa",
    "sarl",
    "sas",
    "sdn",
    "se",
    "spa",
    "srl",
    "the",
    "uab",
    "ug",
];

/// Words that many organisations share, folded.
const COMMON: &[&str] = &[
    "bank",
    "capital",
    "consulting",
    "enterprises",
    "export",
    "finance",
    "foundation",
    "fund",
    "general",
    "global",
    "group",
    "holding",
    "holdings",
    "import",
    "industries",
    "international",
    "invest",
    "investment",
    "investments",
    "logistics",
    "management",
    "maritime",
    "marine",
    "national",
    "north",
    "partners",
    "services",
    "shipping",
    "solutions",
    "south",
    "systems",
    "technologies",
    "trade",
    "trading",
    "trust",
    "ventures",
    "west",
    "east",
];

/// What a common word and an initial count, against 1 for any other word.
const COMMON_WEIGHT: f64 = 0.4;
const INITIAL_WEIGHT: f64 = 0.5;
/// Words less alike than this have nothing in common.
const LEAST: f64 = 0.82;
/// Shorter words must be the same: in `Li` and `Lu` one letter is half the word.
const SHORT: usize = 3;
/// What words are worth that only sound alike, and an initial that fits.
const SOUND: f64 = 0.98;
const INITIAL: f64 = 0.85;

/// Whether a folded word is a legal form or a title.
pub(super) fn is_form(word: &str) -> bool {
    FORMS.contains(&word)
}

/// A folded word with the way it sounds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Word {
    letters: String,
    sound: String,
}

impl Word {
    pub(super) fn new(word: &str) -> Self {
        Self { letters: word.to_owned(), sound: sound(word) }
    }

    /// How much the word counts.
    pub(super) fn weight(&self) -> f64 {
        match () {
            () if self.is_initial() => INITIAL_WEIGHT,
            () if !self.is_telling() => COMMON_WEIGHT,
            () => 1.0,
        }
    }

    /// Whether the word tells its bearer from others.
    pub(super) fn is_telling(&self) -> bool {
        !COMMON.contains(&self.letters.as_str()) && !self.is_initial()
    }

    /// How alike two words are, or nothing if they have nothing in common.
    pub(super) fn likeness(&self, other: &Self) -> Option<f64> {
        if self.is_initial() != other.is_initial() {
            return (self.letters.chars().next() == other.letters.chars().next()).then_some(INITIAL);
        }
        let letters = alike(&self.letters, &other.letters);
        let sound = alike(&self.sound, &other.sound) * SOUND;
        let likeness = letters.max(sound);
        (likeness >= LEAST).then_some(likeness)
    }

    fn is_initial(&self) -> bool {
        self.letters.chars().count() == 1
    }
}

/// The mean of two measures: Jaro-Winkler forgives too much at the end of a word (Michael, Michelle), an edit distance
/// too little in short words.
fn alike(one: &str, two: &str) -> f64 {
    if one == two {
        return 1.0;
    }
    if one.chars().count().min(two.chars().count()) <= SHORT {
        return 0.0;
    }
    let longest = one.chars().count().max(two.chars().count());
    let edits = u32::try_from(strsim::osa_distance(one, two)).map_or(f64::MAX, f64::from);
    let kept = 1.0 - edits / u32::try_from(longest).map_or(f64::MAX, f64::from);
    f64::midpoint(strsim::jaro_winkler(one, two), kept)
}

/// Spellings of the same sound, the longer ones first.
const SOUNDS: &[(&str, &str)] = &[
    ("shch", "s"),
    ("tsch", "c"),
    ("tch", "c"),
    ("sch", "s"),
    ("dzh", "j"),
    ("dsch", "j"),
    ("zh", "z"),
    ("kh", "h"),
    ("sh", "s"),
    ("ch", "c"),
    ("ph", "f"),
    ("ck", "k"),
    ("ks", "x"),
    ("iu", "u"),
    ("yu", "u"),
    ("ju", "u"),
    ("ia", "a"),
    ("ya", "a"),
    ("ja", "a"),
    ("ie", "e"),
    ("ye", "e"),
    ("je", "e"),
    ("iy", "i"),
    ("ij", "i"),
    ("yi", "i"),
    ("ou", "u"),
    ("ee", "i"),
    ("oo", "u"),
    ("th", "t"),
    ("gh", "g"),
    ("c", "k"),
    ("q", "k"),
    ("w", "v"),
    ("y", "i"),
    ("j", "i"),
];

/// How umlauts are written without their dots. They go first: the `ju` of `Juergen` is not the one of `Juri`.
const UMLAUTS: &[(&str, &str)] = &[("ae", "a"), ("oe", "o"), ("ue", "u")];

/// A word as it sounds, about: one spelling for each sound, and no letter twice in a row.
fn sound(word: &str) -> String {
    let plain = UMLAUTS.iter().fold(word.to_owned(), |word, (from, to)| word.replace(from, to));
    let mut sound = String::with_capacity(word.len());
    let mut rest = plain.as_str();
    while let Some(first) = rest.chars().next() {
        let spelling = SOUNDS.iter().find(|(from, _)| rest.starts_with(from));
        let (to, length) =
            spelling.map_or((&rest[..first.len_utf8()], first.len_utf8()), |(from, to)| (*to, from.len()));
        if !sound.ends_with(to) {
            sound.push_str(to);
        }
        rest = &rest[length..];
    }
    sound
}
