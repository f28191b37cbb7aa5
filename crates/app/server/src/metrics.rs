//! Counters, gauges and histograms, under the names of `model::signals`.
//!
//! In:  what listener and routes saw; closures that read numbers which adapters keep.
//! Out: OpenMetrics text.
//! Never: a label that a stranger chooses: realm, protocol, operation, outcome, cause and reason are all ours.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeLabelSet, EncodeLabelValue, EncodeMetric, LabelValueEncoder,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use symbolon_model::{RealmId, signals};

/// Upper ends of the histogram's buckets, seconds: around our own 100 µs, and around argon2id's 50 ms.
const SECONDS: [f64; 12] =
    [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.25, 1.0, 10.0];

/// All that is measured.
#[derive(Debug)]
pub struct Meters {
    registry: Registry,
    exchanges: Family<Exchange, Counter>,
    seconds: Seconds,
    refused: Family<Refused, Counter>,
    /// Open connections of the main listener.
    pub connections: Gauge,
}

/// Labels of [`signals::EXCHANGES`].
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub struct Exchange {
    /// The realm; empty where no endpoint was found.
    pub realm: Realm,
    /// `wstrust`, `oauth`; `http` where no endpoint was found.
    pub protocol: &'static str,
    /// `issue`, …; empty where it was not understood.
    pub operation: &'static str,
    /// `issued`, `refused`, …
    pub outcome: &'static str,
    /// The cause of a refusal; else empty.
    pub cause: &'static str,
}

/// A realm as a label.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Realm(pub RealmId);

impl EncodeLabelValue for Realm {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.0.as_str().encode(encoder)
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Protocol {
    protocol: &'static str,
}

/// One histogram for each protocol, found without a look-up.
#[derive(Debug)]
struct Seconds {
    wstrust: Histogram,
    oauth: Histogram,
    http: Histogram,
}

impl Seconds {
    fn of(family: &Family<Protocol, Histogram>) -> Self {
        let of = |protocol| family.get_or_create_owned(&Protocol { protocol });
        Self { wstrust: of("wstrust"), oauth: of("oauth"), http: of("http") }
    }

    fn of_protocol(&self, protocol: &str) -> &Histogram {
        match protocol {
            "wstrust" => &self.wstrust,
            "oauth" => &self.oauth,
            _ => &self.http,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Refused {
    reason: &'static str,
}

impl Default for Meters {
    fn default() -> Self {
        Self::new()
    }
}

impl Meters {
    /// Meters at zero.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let exchanges = Family::default();
        registry.register(signals::EXCHANGES, "Exchanges by what came of them", exchanges.clone());
        let seconds =
            Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
        registry.register(
            signals::EXCHANGE_SECONDS,
            "From the last octet of a request to its answer",
            seconds.clone(),
        );
        let seconds = Seconds::of(&seconds);
        let connections = Gauge::default();
        registry.register(signals::CONNECTIONS, "Open connections", connections.clone());
        let refused = Family::default();
        registry.register(
            signals::CONNECTIONS_REFUSED,
            "Connections that ended before a request was complete, by reason",
            refused.clone(),
        );
        Self { registry, exchanges, seconds, refused, connections }
    }

    /// Numbers that only grow and that somebody else counts, by `label`; read at every scrape.
    pub fn counters(
        &mut self,
        name: &'static str,
        help: &'static str,
        label: &'static str,
        read: impl Fn() -> Vec<(&'static str, u64)> + Send + Sync + 'static,
    ) {
        let read = Read::Counters(label, Box::new(read));
        self.registry.register_collector(Box::new(Elsewhere { name, help, read }));
    }

    /// A number that only grows and that somebody else counts; read at every scrape.
    pub fn counter(
        &mut self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> u64 + Send + Sync + 'static,
    ) {
        let read = Read::Counter(Box::new(read));
        self.registry.register_collector(Box::new(Elsewhere { name, help, read }));
    }

    /// A number that somebody else keeps; read at every scrape.
    pub fn gauge(
        &mut self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> i64 + Send + Sync + 'static,
    ) {
        let read = Read::Gauge(Box::new(read));
        self.registry.register_collector(Box::new(Elsewhere { name, help, read }));
    }

    /// Everything else that prometheus-client can register, such as a histogram that an adapter fills.
    pub fn registry(&mut self) -> &mut Registry {
        &mut self.registry
    }

    pub(crate) fn exchanged(&self, exchange: &Exchange, seconds: f64) {
        self.exchanges.get_or_create(exchange).inc();
        self.seconds.of_protocol(exchange.protocol).observe(seconds);
    }

    pub(crate) fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&Refused { reason }).inc();
    }

    /// All of it as OpenMetrics 1.0 text; `None` where a collector failed.
    pub fn text(&self) -> Option<String> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).ok()?;
        Some(text)
    }
}

struct Elsewhere {
    name: &'static str,
    help: &'static str,
    read: Read,
}

enum Read {
    Counters(&'static str, Box<dyn Fn() -> Vec<(&'static str, u64)> + Send + Sync>),
    Counter(Box<dyn Fn() -> u64 + Send + Sync>),
    Gauge(Box<dyn Fn() -> i64 + Send + Sync>),
}

impl Collector for Elsewhere {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let kind = match &self.read {
            Read::Counters(..) | Read::Counter(_) => MetricType::Counter,
            Read::Gauge(_) => MetricType::Gauge,
        };
        let mut metric = encoder.encode_descriptor(self.name, self.help, None, kind)?;
        match &self.read {
            Read::Counters(label, read) => {
                for (value, count) in read() {
                    ConstCounter::new(count).encode(metric.encode_family(&[(*label, value)])?)?;
                }
                Ok(())
            }
            Read::Counter(read) => ConstCounter::new(read()).encode(metric),
            Read::Gauge(read) => ConstGauge::new(read()).encode(metric),
        }
    }
}

impl fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Elsewhere({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_is_counted_under_the_names_of_the_signals() {
        let meters = Meters::new();
        let exchange = Exchange {
            realm: Realm("default".into()),
            protocol: "wstrust",
            operation: "issue",
            outcome: "refused",
            cause: "target",
        };
        meters.exchanged(&exchange, 0.0003);
        let text = meters.text().unwrap();
        let (realm, protocol, operation) = (signals::REALM, signals::PROTOCOL, signals::OPERATION);
        let (outcome, cause) = (signals::OUTCOME, signals::CAUSE);
        let counted = format!(
            "{}_total{{{realm}=\"default\",{protocol}=\"wstrust\",{operation}=\"issue\",{outcome}=\"refused\",{cause}=\"target\"}} 1\n",
            signals::EXCHANGES
        );
        assert!(text.contains(&counted), "{text}");
        let bucket = format!(
            "{}_bucket{{le=\"0.0005\",protocol=\"wstrust\"}} 1\n",
            signals::EXCHANGE_SECONDS
        );
        assert!(text.contains(&bucket), "{text}");
    }

    #[test]
    fn numbers_kept_elsewhere_are_read_at_every_scrape() {
        let mut meters = Meters::new();
        meters.counter(signals::COALESCED, "Refusals of strangers that were coalesced", || 7);
        let kinds = || vec![("argon2id", 5), ("cached", 9)];
        meters.counters(signals::PASSWORD_CHECKS, "Password verifications", "kind", kinds);
        meters.gauge(signals::REVISION, "Revision of the snapshot in use", || 3);
        let text = meters.text().unwrap();
        assert!(text.contains("symbolon_refusals_coalesced_total 7\n"), "{text}");
        assert!(text.contains("symbolon_snapshot_revision 3\n"), "{text}");
        assert!(text.contains("symbolon_password_checks_total{kind=\"cached\"} 9\n"), "{text}");
        assert_eq!(text.matches("# TYPE symbolon_password_checks counter").count(), 1, "{text}");
    }
}
