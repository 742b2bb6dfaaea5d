//! Where an invocation belongs, as far as its id does not say it. It does not know what an invocation is.

use super::wrong;
use crate::id::{InvocationId, Site};

/// Where in the plan an invocation is, and who made it.
pub(super) struct Place {
    pub(super) site: Site,
    pub(super) attempt: u32,
    pub(super) caller: Option<InvocationId>,
}

impl Place {
    /// What an id says; nothing, if it is not made as ids are.
    fn of(id: &InvocationId) -> Option<Place> {
        let (site, calls) = id.as_str().split_once('#')?;
        let caller = calls.rsplit_once('/').map(|(caller, _)| InvocationId::parse(&format!("{site}#{caller}")));
        let attempt = calls.split('/').next()?.parse().ok()?;
        Some(Place { site: Site::read(site), attempt, caller })
    }

    /// The fields that are written: none, if the id says the same.
    pub(super) fn written(
        id: &InvocationId,
        (site, attempt, caller): (&Site, u32, &Option<InvocationId>),
    ) -> (Option<Site>, Option<u32>, Option<InvocationId>) {
        let follows = Place::of(id)
            .is_some_and(|place| place.site == *site && place.attempt == attempt && place.caller == *caller);
        if follows { (None, None, None) } else { (Some(site.clone()), Some(attempt), caller.clone()) }
    }

    pub(super) fn read(
        id: &InvocationId,
        written: (Option<Site>, Option<u32>, Option<InvocationId>),
    ) -> Result<Place, serde_json::Error> {
        match written {
            (Some(site), Some(attempt), caller) => Ok(Place { site, attempt, caller }),
            (None, None, None) => Place::of(id).ok_or_else(|| wrong("its invocation does not say where it is")),
            _ => Err(wrong("it says of its site or its attempt only one")),
        }
    }
}
