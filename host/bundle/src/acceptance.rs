//! A project's plugins against its lock: which may run, what a person must say first, and what is written. It does not
//! ask anybody, and it does not say how a change is shown.

mod refusal;
mod review;

use std::fs;
use std::path::{Path, PathBuf};

use baton_policy::{Bytes, Name};

use crate::digest::Digest;
use crate::error::Error;
use crate::file;
use crate::lock::Lock;
use crate::plugin::Plugin;
use crate::project::Project;

pub use refusal::{Refusal, consequence};
pub use review::{Review, Standing};

/// The most bytes of a lock. A plugin with a hundred tools takes 20 KiB of it.
const MAX_LOCK: Bytes = Bytes(4 << 20);

/// What is done with the lock of a project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locking {
    /// It is held, and written where a plugin is new or asks for less.
    #[default]
    Write,
    /// It is held, and must be up to date: nothing is written.
    Locked,
    /// There is none: for a host that decides by itself what may run.
    Ignored,
}

/// What holding a project against its lock came to.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    lock: Option<Lock>,
    written: Option<PathBuf>,
    first: Vec<Name>,
}

impl Settled {
    /// The lock's file, if it was written.
    #[must_use]
    pub fn written(&self) -> Option<&Path> {
        self.written.as_deref()
    }

    /// The plugins that were accepted for the first time.
    #[must_use]
    pub fn first(&self) -> &[Name] {
        &self.first
    }

    /// Compares the component that is about to be loaded with the accepted one: between the two somebody may have put
    /// another there.
    ///
    /// # Errors
    /// [`Error::Mismatch`].
    pub fn check(&self, plugin: &Name, found: Digest) -> Result<(), Error> {
        let accepted = self.lock.as_ref().and_then(|lock| lock.plugins.get(plugin)?.component);
        match accepted {
            Some(accepted) if accepted != found => Err(Error::Swapped { plugin: plugin.clone(), accepted, found }),
            _ => Ok(()),
        }
    }
}

impl Project {
    /// The file of its lock: beside its own, `baton.lock`.
    #[must_use]
    pub fn lock_file(&self) -> PathBuf {
        self.file().with_extension("lock")
    }

    /// Holds each plugin against the lock, for people: also those that would be refused. A component that cannot be read
    /// is left out.
    ///
    /// # Errors
    /// The lock is damaged, or cannot be read.
    pub fn review(&self) -> Result<Vec<Review>, Error> {
        let lock = self.lock()?.unwrap_or_default();
        Ok(self.plugins().map(|plugin| review(&lock, plugin, shipped(plugin).ok().flatten())).collect())
    }

    /// Holds each plugin against the lock before anything of it is used, and writes the lock where a plugin is new, or
    /// changed in a way that nobody has to accept.
    ///
    /// # Errors
    /// [`Error::Refused`] if a plugin changed otherwise; [`Error::Stale`] if the lock would have to be written and must not
    /// be; what reading a component or the lock says.
    pub fn settle(&self) -> Result<Settled, Error> {
        if self.locking() == Locking::Ignored {
            return Ok(Settled::default());
        }
        let before = self.lock()?;
        let lock = before.clone().unwrap_or_default();
        let review = |plugin| Ok(review(&lock, plugin, shipped(plugin)?));
        let reviews = self.plugins().map(review).collect::<Result<Vec<_>, Error>>()?;
        self.refuse(&reviews)?;
        let first = of_standing(&reviews, Standing::New);
        let lock = Lock { plugins: reviews.into_iter().map(Review::into_accepted).collect() };
        let written = if before.as_ref() == Some(&lock) { None } else { Some(self.write(&lock)?) };
        Ok(Settled { lock: Some(lock), written, first })
    }

    /// Holds what the manifests of some plugins say against the lock, and writes nothing: before they are built, and when
    /// a run goes on with components that it has kept.
    ///
    /// # Errors
    /// As [`Project::settle`].
    pub fn check_manifests<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
        if self.locking() == Locking::Ignored {
            return Ok(());
        }
        let lock = self.lock()?.unwrap_or_default();
        let plugins = names.into_iter().filter_map(|name| self.plugin(name).ok());
        self.refuse(&plugins.map(|plugin| review(&lock, plugin, None)).collect::<Vec<_>>())
    }

    /// Holds some plugins against the lock so that they can be accepted as they are: with their components.
    ///
    /// # Errors
    /// There is no such plugin; the lock or a shipped component cannot be read.
    pub fn review_whole(&self, names: &[&str]) -> Result<Vec<Review>, Error> {
        let lock = self.lock()?.unwrap_or_default();
        let review = |name: &&str| {
            let plugin = self.plugin(name)?;
            Ok(review(&lock, plugin, shipped(plugin)?))
        };
        names.iter().map(review).collect()
    }

    /// Accepts plugins as they were reviewed, and writes the lock. What it says of others stays.
    ///
    /// # Errors
    /// The lock cannot be read or written.
    pub fn accept(&self, reviews: &[Review]) -> Result<PathBuf, Error> {
        let mut lock = self.lock()?.unwrap_or_default();
        lock.plugins.retain(|name, _| self.plugin(name.as_str()).is_ok());
        lock.plugins.extend(reviews.iter().map(|review| review.clone().into_accepted()));
        self.write_lock(&lock)
    }

    fn lock(&self) -> Result<Option<Lock>, Error> {
        let path = self.lock_file();
        if !path.exists() {
            return Ok(None);
        }
        let source = file::read_text(&path, MAX_LOCK, "beside the file of the project")?;
        Lock::parse(&path, &source).map(Some)
    }

    fn refuse(&self, reviews: &[Review]) -> Result<(), Error> {
        let refused = reviews.iter().filter(|review| review.standing() == Standing::Refused);
        let refusals: Vec<Refusal> = refused.map(Refusal::of).collect();
        let folder = self.folder().to_owned();
        if refusals.is_empty() { Ok(()) } else { Err(Error::Refused { folder, refusals }) }
    }

    fn write(&self, lock: &Lock) -> Result<PathBuf, Error> {
        match self.locking() {
            Locking::Locked => Err(Error::Stale { path: self.lock_file(), missing: !self.lock_file().exists() }),
            Locking::Write | Locking::Ignored => self.write_lock(lock),
        }
    }

    /// Puts the lock in its place at once: nobody reads half of it.
    fn write_lock(&self, lock: &Lock) -> Result<PathBuf, Error> {
        let path = self.lock_file();
        let beside = path.with_extension(format!("lock.{}", std::process::id()));
        let written = fs::write(&beside, lock.to_text()).and_then(|()| fs::rename(&beside, &path));
        written.map_err(|source| {
            let _ = fs::remove_file(&beside); // what could not be written may not be there at all
            Error::Unwritable { path: path.clone(), source }
        })?;
        Ok(path)
    }
}

fn review(lock: &Lock, plugin: &Plugin, component: Option<Digest>) -> Review {
    Review::new(plugin, lock.plugins.get(plugin.name()).cloned(), component)
}

/// The digest of a component that is shipped; nothing for one that is built here.
fn shipped(plugin: &Plugin) -> Result<Option<Digest>, Error> {
    if plugin.build().is_some() { Ok(None) } else { plugin.component().map(|component| Some(component.digest)) }
}

fn of_standing(reviews: &[Review], standing: Standing) -> Vec<Name> {
    let of = reviews.iter().filter(|review| review.standing() == standing);
    of.map(|review| review.plugin().name().clone()).collect()
}

#[cfg(test)]
mod tests;
