//! "Did you mean": the known name nearest to an unknown one. It does not know what is named.

/// How alike two names must be, from 0 to 1, to suggest one for the other: `aplicant` and `applicant` are, `name` and
/// `date` are not.
const ALIKE: f64 = 0.8;

/// The most names that are listed when none is near.
const LISTED: usize = 12;

/// The name most like an unknown one, if any is alike.
pub(crate) fn nearest<'k>(unknown: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let scored = known.into_iter().map(|name| (strsim::jaro_winkler(unknown, name), name));
    let alike = scored.filter(|(score, name)| *score >= ALIKE || name.eq_ignore_ascii_case(unknown));
    alike.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, name)| name)
}

/// What to say about an unknown name: the nearest, or what there is.
pub(crate) fn hint<'k>(unknown: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(name) = nearest(unknown, known.iter().copied()) {
        return Some(format!("did you mean `{name}`?"));
    }
    if known.is_empty() {
        return None;
    }
    let listed: Vec<String> = known.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
    let more = if known.len() > LISTED { ", …" } else { "" };
    Some(format!("there is {}{more}", listed.join(", ")))
}
