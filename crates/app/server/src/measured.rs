//! What store and directory count of their own work, among the meters.
//!
//! In:  the store's reports of its group commits; the directory's counters.
//! Out: metrics under the names of `model::signals`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::metrics::histogram::Histogram;
use symbolon_directory::Checks;
use symbolon_kernel::Kernel;
use symbolon_model::signals;
use symbolon_store::Observer;

use crate::metrics::Meters;

/// Upper ends of the buckets, seconds: a fast disk syncs in 50 µs, a slow one in 50 ms.
const SECONDS: [f64; 9] = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25];

/// Counts group commits.
pub(crate) struct Commits {
    seconds: Histogram,
    rows: AtomicU64,
    coalesced: AtomicU64,
}

impl Commits {
    pub(crate) fn measured(meters: &mut Meters) -> Arc<Self> {
        let commits = Arc::new(Self {
            seconds: Histogram::new(SECONDS),
            rows: AtomicU64::new(0),
            coalesced: AtomicU64::new(0),
        });
        let help = "One group commit of the store";
        meters.registry().register(signals::COMMIT_SECONDS, help, commits.seconds.clone());
        let rows = Arc::clone(&commits);
        let read = move || rows.rows.load(Ordering::Relaxed);
        meters.counter(signals::COMMITTED, "Rows written by group commits", read);
        let coalesced = Arc::clone(&commits);
        let read = move || coalesced.coalesced.load(Ordering::Relaxed);
        meters.counter(signals::COALESCED, "Refusals of strangers that were coalesced", read);
        commits
    }
}

impl Observer for Commits {
    fn committed(&self, rows: usize, took: Duration) {
        self.seconds.observe(took.as_secs_f64());
        self.rows.fetch_add(u64::try_from(rows).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn coalesced(&self) {
        self.coalesced.fetch_add(1, Ordering::Relaxed);
    }
}

pub(crate) fn revision(kernel: &Arc<Kernel>, meters: &mut Meters) {
    let kernel = Arc::clone(kernel);
    let read = move || i64::try_from(kernel.snapshot().revision).unwrap_or(i64::MAX);
    meters.gauge(signals::REVISION, "Revision of the snapshot in use", read);
}

pub(crate) fn password_checks(checks: &Arc<Checks>, meters: &mut Meters) {
    let checks = Arc::clone(checks);
    let read = move || {
        vec![
            ("argon2id", checks.argon2id()),
            ("cached", checks.cached()),
            ("refused", checks.refused()),
        ]
    };
    let help = "Password verifications by kind";
    meters.counters(signals::PASSWORD_CHECKS, help, "kind", read);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_adapters_count_stands_under_the_names_of_the_signals() {
        let mut meters = Meters::new();
        let commits = Commits::measured(&mut meters);
        password_checks(&Arc::default(), &mut meters);
        commits.committed(3, Duration::from_micros(150));
        commits.coalesced();
        let text = meters.text().unwrap();
        for line in [
            "symbolon_store_committed_total 3\n",
            "symbolon_refusals_coalesced_total 1\n",
            "symbolon_store_commit_seconds_bucket{le=\"0.0002\"} 1\n",
            "symbolon_password_checks_total{kind=\"argon2id\"} 0\n",
            "symbolon_password_checks_total{kind=\"refused\"} 0\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
    }
}
