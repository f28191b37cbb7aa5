//! The moment at which every test takes place.

use symbolon_model::Timestamp;

/// 2026-11-21T00:00:00Z.
pub const NOW: Timestamp = Timestamp::from_seconds(1_795_219_200);

/// So many seconds after [`NOW`], or before it.
#[must_use]
pub const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(NOW.seconds().saturating_add(seconds))
}
