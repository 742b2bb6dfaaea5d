//! The grant of files: which folders a tool sees, under which names, and whether it may change them. It does not know
//! whether a folder exists.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Capability, toml_array};
use crate::error::Error;
use crate::name::{Name, is_device, shown};

/// What stands between a name and its folder in the written form.
const AT: &str = " at ";

/// The longest written path of a folder, in bytes: a quarter of what systems take, so that files below it have room.
const MAX_FOLDER: usize = 1_024;

/// Folders; written `["read rates at data/rates", "write out at out"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilesGrant {
    mounts: BTreeMap<(MountName, Option<String>), Access>,
}

/// What may be done in a folder and everything below it. Each kind is more than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Files are read, folders are listed.
    Read,
    /// They are also made, changed, renamed and removed.
    Write,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Access::Read { "read" } else { "write" })
    }
}

/// The name of a folder, which the guest sees as `/NAME`: a [`Name`], which has neither `/` nor `.` nor NUL nor `-` at
/// its begin, so that it is one step of a path and no option of a program; and not that of a device (`con`, `nul`), which
/// some systems would open in its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MountName(Name);

impl MountName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for MountName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if is_device(text) {
            return Err(Error::Files(shown(text)));
        }
        text.parse().map(MountName).map_err(|_| Error::Files(shown(text)))
    }
}

impl fmt::Display for MountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A folder that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedMount<'a> {
    /// Its name: it may be anything.
    pub name: &'a str,
    /// What is to be done in it.
    pub access: Access,
}

/// One folder of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mount<'a> {
    /// The guest sees it as `/NAME`.
    pub name: &'a MountName,
    /// What may be done in it.
    pub access: Access,
    /// The folder as it is written, relative to that of `baton.toml`; an ask leaves it open.
    pub folder: Option<&'a str>,
}

impl fmt::Display for Mount<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.access, self.name)?;
        self.folder.map_or(Ok(()), |folder| write!(f, "{AT}{folder}"))
    }
}

impl Capability for FilesGrant {
    type Wanted<'a> = WantedMount<'a>;

    const FORM: &'static str = "a folder is `read` or `write`, a name (a small letter, then small letters, digits and \
        `-`, not that of a device such as `con`), and in a grant `at` and its path: `read rates at data/rates`";

    const CALL: &'static str = "a folder: read NAME, write NAME";

    fn read_call(text: &str) -> Option<WantedMount<'_>> {
        let (access, name) = match text.split_once(' ')? {
            ("read", name) => (Access::Read, name),
            ("write", name) => (Access::Write, name),
            _ => return None,
        };
        let is_name = !matches!(name, "run" | "agent") && !name.contains(['/', ':', ' ']);
        is_name.then_some(WantedMount { name, access })
    }

    fn allows(&self, wanted: WantedMount<'_>) -> bool {
        self.mounts().any(|mount| mount.name.as_str() == wanted.name && mount.access >= wanted.access)
    }

    fn needed(wanted: WantedMount<'_>) -> Option<Self> {
        let name = wanted.name.parse().ok()?;
        Some(FilesGrant { mounts: BTreeMap::from([((name, None), wanted.access)]) })
    }

    fn describe(wanted: WantedMount<'_>) -> String {
        format!("the folder `/{}` to {}", shown(wanted.name), wanted.access)
    }

    fn intersect(&self, other: &Self) -> Self {
        let mut both = FilesGrant::default();
        for ((name, folder), access) in &self.mounts {
            for ((_, other), other_access) in other.named(name).filter(|((_, other), _)| agree(folder, other)) {
                both.add(name, folder.as_ref().or(other.as_ref()), (*access).min(*other_access));
            }
        }
        both
    }

    fn union(&self, other: &Self) -> Self {
        let mut either = self.clone();
        for ((name, folder), access) in &other.mounts {
            let known = either.named(name).find(|((_, known), _)| agree(known, folder));
            let folder = known.and_then(|((_, known), _)| known.clone()).or_else(|| folder.clone());
            either.add(name, folder.as_ref(), *access);
        }
        either
    }

    fn except(&self, other: &Self) -> Self {
        let covered = |(name, folder): &(MountName, Option<String>), access: Access| {
            other.named(name).any(|((_, other), other_access)| agree(folder, other) && *other_access >= access)
        };
        let left = self.mounts.iter().filter(|(mount, access)| !covered(mount, **access));
        FilesGrant { mounts: left.map(|(mount, access)| (mount.clone(), *access)).collect() }
    }

    fn written(&self) -> String {
        toml_array(self.mounts())
    }

    fn is_complete(&self) -> Result<(), Error> {
        let open = self.mounts().find(|mount| mount.folder.is_none());
        open.map_or(Ok(()), |mount| Err(Error::NoFolder(mount.to_string())))
    }

    /// A folder of the same name, beside `baton.toml`.
    fn completed(&self) -> Self {
        let complete = |((name, folder), access): (&(MountName, Option<String>), &Access)| {
            let folder = folder.clone().unwrap_or_else(|| name.to_string());
            ((name.clone(), Some(folder)), *access)
        };
        FilesGrant { mounts: self.mounts.iter().map(complete).collect() }
    }
}

/// Whether two entries can mean the same folder: what one leaves open, the other says.
fn agree(a: &Option<String>, b: &Option<String>) -> bool {
    a.is_none() || b.is_none() || a == b
}

impl FilesGrant {
    /// The folders in the order of their names.
    pub fn mounts(&self) -> impl Iterator<Item = Mount<'_>> {
        self.mounts.iter().map(|((name, folder), access)| Mount { name, access: *access, folder: folder.as_deref() })
    }

    /// Whether some folder may be changed.
    #[must_use]
    pub fn may_write(&self) -> bool {
        self.mounts().any(|mount| mount.access == Access::Write)
    }

    fn named(&self, name: &MountName) -> impl Iterator<Item = (&(MountName, Option<String>), &Access)> {
        self.mounts.iter().filter(move |((other, _), _)| other == name)
    }

    /// Adds a folder, or raises what may be done in it. One that is said takes the place of one left open.
    fn add(&mut self, name: &MountName, folder: Option<&String>, access: Access) {
        let open = if folder.is_some() { self.mounts.remove(&(name.clone(), None)) } else { None };
        let known = self.mounts.entry((name.clone(), folder.cloned())).or_insert(access);
        *known = (*known).max(access).max(open.unwrap_or(access));
    }
}

/// One entry of the written form.
struct Written {
    name: MountName,
    folder: Option<String>,
    access: Access,
}

impl FromStr for Written {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || Error::Files(shown(text));
        let (access, rest) = match text.split_once(' ') {
            Some(("read", rest)) => (Access::Read, rest),
            Some(("write", rest)) => (Access::Write, rest),
            _ => return Err(refuse()),
        };
        let (name, folder) = rest.split_once(AT).map_or((rest, None), |(name, folder)| (name, Some(folder)));
        if folder.is_some_and(|folder| !is_path(folder)) {
            return Err(refuse());
        }
        Ok(Written { name: name.parse().map_err(|_| refuse())?, folder: folder.map(ToOwned::to_owned), access })
    }
}

/// Whether a text can be the path of a folder and be shown to people.
fn is_path(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_FOLDER && text.trim() == text && !text.contains(char::is_control)
}

impl<'de> Deserialize<'de> for FilesGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut grant = FilesGrant::default();
        for text in Vec::<String>::deserialize(deserializer)? {
            let Written { name, folder, access } = text.parse().map_err(|error: Error| error.to_serde())?;
            if grant.named(&name).next().is_some() {
                return Err(Error::Twice(name.to_string()).to_serde());
            }
            grant.add(&name, folder.as_ref(), access);
        }
        Ok(grant)
    }
}

impl Serialize for FilesGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.mounts().map(|mount| mount.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(array: &str) -> Result<FilesGrant, toml::de::Error> {
        toml::from_str::<BTreeMap<String, FilesGrant>>(&format!("grant = {array}"))
            .map(|mut read| read.remove("grant").unwrap())
    }

    fn grant(entries: &[&str]) -> FilesGrant {
        parse(&format!("{entries:?}")).unwrap()
    }

    #[test]
    fn the_lesser_access_and_the_folder_that_is_said() {
        let check = |a: &[&str], b: &[&str], expect: &str| {
            assert_eq!(grant(a).intersect(&grant(b)).written(), expect);
            assert_eq!(grant(b).intersect(&grant(a)).written(), expect);
        };
        check(&["read rates"], &["write rates at ../data"], r#"["read rates at ../data"]"#);
        check(&["write out"], &["write out at out"], r#"["write out at out"]"#);
        check(&["write out at a"], &["write out at b"], "[]");
        check(&["read a"], &["read b at b"], "[]");
        check(&["read a"], &["write a"], r#"["read a"]"#);
    }

    #[test]
    fn a_folder_that_is_said_takes_the_place_of_one_left_open() {
        assert_eq!(grant(&["read a at x"]).union(&grant(&["write a"])).written(), r#"["write a at x"]"#);
        assert_eq!(grant(&["write a"]).union(&grant(&["read a at x"])).written(), r#"["write a at x"]"#);
    }

    #[test]
    fn a_grant_says_which_folder_it_means() {
        assert_eq!(grant(&["read a at x", "read b"]).is_complete(), Err(Error::NoFolder("read b".to_owned())));
        assert_eq!(grant(&["read b"]).completed().written(), r#"["read b at b"]"#);
        assert!(grant(&["read b"]).completed().is_complete().is_ok());
    }

    #[test]
    fn folders_are_written_as_they_were_read() {
        let path = r#"a "b" \ c at d"#;
        let entry = format!("read rates at {path}");
        assert_eq!(grant(&[&entry]).mounts().next().unwrap().folder, Some(path));
        assert_eq!(parse(&grant(&[&entry]).written()).unwrap(), grant(&[&entry]));
    }

    #[test]
    fn other_entries_are_refused() {
        let names = ["..", ".", "a/b", "/a", "-a", "a\0", "A", "a.b", "", "con", "nul", "com1", "lpt9", "aux", "ä"];
        let entries = names.iter().map(|name| format!("read {name} at x"));
        let odd = ["rates", "read", "append rates at x", "read rates at ", "read rates at  x", "read rates  at x", ""];
        for entry in entries.chain(odd.map(ToOwned::to_owned)).chain(["read a at x\n".to_owned()]) {
            assert_eq!(entry.parse::<Written>().err(), Some(Error::Files(shown(&entry))));
        }
        for entry in ["read con-1", "read com10", "write control at /srv/x"] {
            assert!(entry.parse::<Written>().is_ok(), "{entry}");
        }
        let twice = parse(r#"["read a at x", "write a at y"]"#).unwrap_err().to_string();
        assert!(twice.contains("`a` is there twice"), "{twice}");
    }
}
