//! What was verified a short while ago, so that a client that logs in for every token does not cost an argon2id each time.
//!
//! In:  keys that only who knows name and secret can make, and what was proven by them.
//! Out: the same again, within its time and its generation.
//! Never: a secret, nor anything from which one could be guessed without this process's key; never a failure.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use symbolon_kernel::ports::PasswordHash;
use symbolon_keys::{NoRandomness, fill_random};
use symbolon_model::{AccountName, RealmId, Secret};
use tokio::time::Instant;

pub(crate) type Key = [u8; 32];

/// Makes keys: HMAC-SHA256 under a key that is made with the process and never leaves it.
pub(crate) struct Keyed(hmac::Key);

impl Keyed {
    pub(crate) fn new() -> Result<Self, NoRandomness> {
        let mut octets = [0; 32];
        fill_random(&mut octets)?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &octets)))
    }

    pub(crate) fn account(
        &self,
        realm: &RealmId,
        name: &AccountName,
        secret: &Secret<String>,
    ) -> Key {
        self.over(&["account", realm.as_str(), name.as_str(), secret.expose()])
    }

    pub(crate) fn client(&self, hash: &PasswordHash, secret: &Secret<String>) -> Key {
        self.over(&["client", hash.as_phc(), secret.expose()])
    }

    /// Every part with its length before it: no two lists of parts run together.
    fn over(&self, parts: &[&str]) -> Key {
        let mut mac = hmac::Context::with_key(&self.0);
        for part in parts {
            mac.update(&part.len().to_be_bytes());
            mac.update(part.as_bytes());
        }
        let mut key = [0; 32];
        key.iter_mut().zip(mac.sign().as_ref()).for_each(|(to, from)| *to = *from);
        key
    }
}

/// Bounded, for a bounded time, for one generation.
pub(crate) struct Cache<V> {
    state: Mutex<State<V>>,
    most: usize,
    kept: Duration,
}

struct State<V> {
    generation: u64,
    entries: HashMap<Key, Entry<V>>,
    /// Oldest first. A key that was inserted again stands here twice, and its first place no longer counts.
    order: VecDeque<(Instant, Key)>,
}

struct Entry<V> {
    inserted: Instant,
    value: V,
}

impl<V: Clone> Cache<V> {
    pub(crate) fn new(most: usize, kept: Duration) -> Self {
        let state = State { generation: 0, entries: HashMap::new(), order: VecDeque::new() };
        Self { state: Mutex::new(state), most, kept }
    }

    /// What was inserted under that key, in the same generation, not too long ago.
    pub(crate) fn get(&self, key: &Key, generation: u64, now: Instant) -> Option<V> {
        let mut state = self.state();
        state.enter(generation);
        let entry = state.entries.get(key)?;
        let age = now.saturating_duration_since(entry.inserted);
        (age < self.kept).then(|| entry.value.clone())
    }

    /// Remembers a success; in vain where the generation has changed since it was verified.
    pub(crate) fn insert(&self, key: Key, generation: u64, value: V, now: Instant) {
        let mut state = self.state();
        if state.generation != generation {
            return;
        }
        while state.order.len() >= self.most && state.forget_oldest() {}
        state.order.push_back((now, key));
        state.entries.insert(key, Entry { inserted: now, value });
    }

    fn state(&self) -> MutexGuard<'_, State<V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> State<V> {
    /// Whatever was verified in another generation is forgotten.
    fn enter(&mut self, generation: u64) {
        if self.generation != generation {
            self.generation = generation;
            self.entries.clear();
            self.order.clear();
        }
    }

    fn forget_oldest(&mut self) -> bool {
        let Some((inserted, key)) = self.order.pop_front() else { return false };
        if self.entries.get(&key).is_some_and(|entry| entry.inserted == inserted) {
            self.entries.remove(&key);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: Duration = Duration::from_secs(300);

    fn key(n: u8) -> Key {
        [n; 32]
    }

    #[test]
    fn an_entry_is_found_within_its_time_and_not_after() {
        let (cache, now) = (Cache::new(9, KEPT), Instant::now());
        cache.insert(key(1), 0, "alice", now);
        assert_eq!(cache.get(&key(1), 0, now + KEPT - Duration::from_nanos(1)), Some("alice"));
        assert_eq!(cache.get(&key(1), 0, now + KEPT), None);
        assert_eq!(cache.get(&key(2), 0, now), None);
    }

    #[test]
    fn another_generation_finds_nothing_and_leaves_nothing() {
        let (cache, now) = (Cache::new(9, KEPT), Instant::now());
        cache.insert(key(1), 0, "alice", now);
        assert_eq!(cache.get(&key(1), 1, now), None);
        assert_eq!(cache.get(&key(1), 0, now), None);
    }

    #[test]
    fn what_was_verified_before_a_change_is_not_remembered_after_it() {
        let (cache, now) = (Cache::new(9, KEPT), Instant::now());
        assert_eq!(cache.get(&key(1), 7, now), None); // begins to verify in generation 7
        assert_eq!(cache.get(&key(2), 8, now), None); // somebody sees generation 8
        cache.insert(key(1), 7, "alice", now);
        assert_eq!(cache.get(&key(1), 8, now), None);
    }

    #[test]
    fn the_oldest_gives_way() {
        let (cache, now) = (Cache::new(2, KEPT), Instant::now());
        for n in 1..=3 {
            cache.insert(key(n), 0, n, now + Duration::from_secs(n.into()));
        }
        let later = now + Duration::from_secs(4);
        assert_eq!(cache.get(&key(1), 0, later), None);
        assert_eq!(cache.get(&key(2), 0, later), Some(2));
        assert_eq!(cache.get(&key(3), 0, later), Some(3));
    }

    #[test]
    fn one_key_inserted_for_ever_takes_bounded_room_and_stays() {
        let (cache, now) = (Cache::new(8, KEPT), Instant::now());
        for n in 0..1_000 {
            cache.insert(key(1), 0, n, now + Duration::from_millis(n));
        }
        assert_eq!(cache.get(&key(1), 0, now + Duration::from_secs(1)), Some(999));
        assert!(cache.state().order.len() <= 8);
    }

    #[test]
    fn keys_differ_by_every_part_and_by_process() {
        let keyed = Keyed::new().unwrap();
        let key = |realm: &str, name: &str, secret: &str| {
            keyed.account(&realm.into(), &name.into(), &secret.into())
        };
        let one = key("main", "alice", "secret");
        assert_eq!(one, key("main", "alice", "secret"));
        assert_ne!(one, key("other", "alice", "secret"));
        assert_ne!(one, key("main", "alices", "ecret"));
        assert_ne!(one, key("main", "alice", "secreT"));
        assert_ne!(one, keyed.client(&PasswordHash::new("main"), &"secret".into()));
        let other = Keyed::new().unwrap();
        assert_ne!(one, other.account(&"main".into(), &"alice".into(), &"secret".into()));
    }
}
