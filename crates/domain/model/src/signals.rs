//! Names of metrics, log fields and audit fields. They stand here and nowhere else, so that a dashboard, a log search and
//! the audit trail say the same word for the same thing.
//!
//! Labels of metrics are `realm`, `protocol`, `operation`, `outcome` and `cause`: never a party or a subject, which would let
//! strangers grow the metric set.

/// Counter: exchanges by realm, protocol, operation, outcome and cause.
pub const EXCHANGES: &str = "symbolon_exchanges";
/// Histogram, seconds: from the last octet of a request to the first octet of its answer.
pub const EXCHANGE_SECONDS: &str = "symbolon_exchange_seconds";
/// Gauge: open connections.
pub const CONNECTIONS: &str = "symbolon_connections";
/// Counter: connections ended before a request was complete, by reason.
pub const CONNECTIONS_REFUSED: &str = "symbolon_connections_refused";
/// Gauge: revision of the snapshot in use.
pub const REVISION: &str = "symbolon_snapshot_revision";
/// Counter: password verifications by kind (`argon2id`, `cached`, `refused`).
pub const PASSWORD_CHECKS: &str = "symbolon_password_checks";
/// Histogram, seconds: one group commit of the store.
pub const COMMIT_SECONDS: &str = "symbolon_store_commit_seconds";
/// Counter: rows written by group commits.
pub const COMMITTED: &str = "symbolon_store_committed";
/// Counter: refusals of strangers that were coalesced.
pub const COALESCED: &str = "symbolon_refusals_coalesced";

/// Target of the events that say which stage an exchange enters, each from the file where that stage stands: with them
/// `ARCHITECTURE.md` walks one request, and a test compares.
pub const STAGE: &str = "symbolon::stage";

/// Log and audit field: the request id.
pub const REQUEST: &str = "request";
/// Log and audit field, metric label: the realm.
pub const REALM: &str = "realm";
/// Log and audit field: the endpoint.
pub const ENDPOINT: &str = "endpoint";
/// Log and audit field, metric label: `wstrust`, `oauth`, …
pub const PROTOCOL: &str = "protocol";
/// Log and audit field, metric label: `issue`, `validate`, …
pub const OPERATION: &str = "operation";
/// Log and audit field, metric label: `issued`, `refused`, …
pub const OUTCOME: &str = "outcome";
/// Log and audit field, metric label: the cause of a refusal.
pub const CAUSE: &str = "cause";
/// Log and audit field: what exactly failed; never sent to the requestor.
pub const DETAIL: &str = "detail";
