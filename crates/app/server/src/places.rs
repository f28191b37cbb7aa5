//! How many connections there may be, in all and from one source.
//!
//! In:  the source of a new connection.
//! Out: a [`Place`], given back when dropped, or why there is none.
//! Never: an entry for a source that has no connection.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The places of one listener.
#[derive(Debug)]
pub(crate) struct Places(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    all: usize,
    per_source: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_source: HashMap<IpAddr, usize>,
}

/// One connection's place.
#[derive(Debug)]
pub(crate) struct Place {
    shared: Arc<Shared>,
    source: IpAddr,
}

/// Why there is no place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NoPlace {
    Anywhere,
    ForThisSource,
}

impl Places {
    pub(crate) fn new(all: usize, per_source: usize) -> Self {
        Self(Arc::new(Shared { all, per_source, taken: Mutex::default() }))
    }

    pub(crate) fn take(&self, source: IpAddr) -> Result<Place, NoPlace> {
        let mut taken = self.0.taken();
        let of_source = taken.by_source.get(&source).copied().unwrap_or(0);
        if taken.all >= self.0.all {
            return Err(NoPlace::Anywhere);
        }
        if of_source >= self.0.per_source {
            return Err(NoPlace::ForThisSource);
        }
        taken.all = taken.all.saturating_add(1);
        taken.by_source.insert(source, of_source.saturating_add(1));
        Ok(Place { shared: Arc::clone(&self.0), source })
    }
}

impl Shared {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        // Counting cannot panic half-way: what a poisoned lock guards is still right.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.shared.taken();
        taken.all = taken.all.saturating_sub(1);
        if let Some(left) = taken.by_source.get_mut(&self.source) {
            *left = left.saturating_sub(1);
            if *left == 0 {
                taken.by_source.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn one_source_cannot_take_the_places_of_another() {
        let places = Places::new(3, 2);
        let _held = [places.take(HERE).unwrap(), places.take(HERE).unwrap()];
        assert_eq!(places.take(HERE).unwrap_err(), NoPlace::ForThisSource);
        let _other = places.take(THERE).unwrap();
        assert_eq!(places.take(THERE).unwrap_err(), NoPlace::Anywhere);
    }

    #[test]
    fn a_place_is_given_back_and_the_source_forgotten() {
        let places = Places::new(1, 1);
        drop(places.take(HERE).unwrap());
        assert!(places.0.taken().by_source.is_empty());
        assert!(places.take(THERE).is_ok());
    }
}
