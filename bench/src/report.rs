//! What came of a run: medians, ceilings and ratios, for people and for programs.
//!
//! In:  [`Measured`].
//! Out: text, or one JSON object with the same numbers.
//! Never: a ratio without the floors that it was made of.

use serde_json::{Value, json};

use crate::CONNECTIONS;
use crate::flows::Flow;
use crate::run::{Measured, Served, Xml};
use crate::{oracle, xml};

/// Microseconds that a ceiling allows for parsing, look-ups and writing.
const PARSE_AND_WRITE: f64 = 6.0;
/// The least that our raw RSA floor must reach of openssl's rate.
const FAIR: f64 = 0.9;

impl Measured {
    /// The least that a request of that flow can cost, microseconds.
    fn ceiling(&self, served: &Served) -> f64 {
        let primitives = match served.flow {
            Flow::A => median(&self.rsa_sign),
            Flow::B => median(&self.p256_sign),
            Flow::C => median(&self.p256_verify) + median(&self.p256_sign),
        };
        primitives + median(&served.echo) + median(&self.row) + PARSE_AND_WRITE
    }

    fn ratio(&self, served: &Served) -> f64 {
        self.ceiling(served) / median(&served.cpu)
    }

    /// The same where the primitives run in the echo, under the flow's own load: two processors that are threads of one core
    /// slow each other down, and the raw floors are measured while nobody asks.
    fn ratio_under_load(&self, served: &Served) -> f64 {
        let ceiling = median(&served.echo_with_primitives) + median(&self.row) + PARSE_AND_WRITE;
        ceiling / median(&served.cpu)
    }

    /// How fast our raw RSA floor is, as a part of openssl's rate.
    fn of_openssl(&self) -> Result<f64, &str> {
        let openssl = self.openssl.as_ref().map_err(String::as_str)?;
        Ok(openssl / median(&self.rsa_sign))
    }

    /// False where the RSA floor is slower than it may be, so that the ratio of flow a flatters us.
    pub(crate) fn floor_is_fair(&self) -> bool {
        self.of_openssl().map_or(true, |part| part >= FAIR)
    }
}

/// For people.
pub(crate) fn text(measured: &Measured) -> String {
    let mut lines = vec![
        format!(
            "Medians of {} rounds of {} ms windows; {CONNECTIONS} connections; µs of processor time.",
            measured.rounds,
            measured.window.as_millis()
        ),
        if measured.pinned {
            "What is measured runs on one processor, and who asks on another.".to_owned()
        } else {
            "Nobody has a processor of their own (no taskset, or only one processor).".to_owned()
        },
        String::new(),
        "Floors".to_owned(),
        row("RSA-2048 sign", median(&measured.rsa_sign), "µs"),
        format!("    {}", openssl(measured)),
        row("P-256 sign", median(&measured.p256_sign), "µs"),
        row("P-256 verify", median(&measured.p256_verify), "µs"),
        row("durable row (SQLite, FULL, in groups)", median(&measured.row), "µs"),
    ];
    for served in &measured.flows {
        let name = format!("echo over TLS, sizes of {}", served.flow.letter());
        lines.push(row(&name, median(&served.echo), "µs"));
    }
    for served in &measured.flows {
        let name = format!("the same echo with the primitives of {}", served.flow.letter());
        lines.push(row(&name, median(&served.echo_with_primitives), "µs"));
    }
    lines.push(row("parsing, look-ups, writing (fixed)", PARSE_AND_WRITE, "µs"));
    lines.extend([
        String::new(),
        "Flows (release default: TLS, SQLite FULL, audit; verifier cache warm)".to_owned(),
    ]);
    lines.extend(measured.flows.iter().flat_map(|served| flow(measured, served)));
    if !measured.memory_store.is_empty() {
        lines.extend([String::new(), "Another store, not the default: memory".to_owned()]);
        for served in &measured.memory_store {
            lines.push(row(
                &format!("{}  {}", served.flow.letter(), served.flow.title()),
                median(&served.cpu),
                "µs",
            ));
        }
    }
    lines.extend([
        String::new(),
        "Cold login (argon2id, verifier cache empty)".to_owned(),
        row("processor time", measured.cold.cpu / 1e3, "ms"),
        row("latency, median", percentile(&measured.cold.latencies, 0.5) / 1e3, "ms"),
        String::new(),
        "Server".to_owned(),
        row("idle memory", measured.idle_mb, "MB"),
        row("memory after the load", measured.loaded_mb, "MB"),
        row("start with existing keys, to the first answer", median(&measured.start_ms), "ms"),
        row("program", measured.binary_mb, "MB"),
        String::new(),
        xml_text(&measured.xml),
    ]);
    lines.join("\n")
}

/// XML security, for people.
pub(crate) fn xml_text(measured: &Xml) -> String {
    let mut lines = vec!["XML security (no network; one thread)".to_owned()];
    for one in &measured.costs {
        let sizes = format!("{} octets unsigned", one.assertion_octets);
        lines.push(format!("  {}", one.name));
        lines.push(row(&format!("sign an assertion, {sizes}"), median(&one.sign), "µs"));
        lines.push(format!(
            "    {:.1} % of the signature alone ({:.1} µs); {:.1} % of it and SHA-256 of the same octets ({:.2} µs)",
            one.sign_of_raw() * 100.0,
            median(&one.raw_sign),
            one.sign_of_raw_and_digest() * 100.0,
            median(&one.digest)
        ));
        lines.push(row("verify it: guard, parse, signature", median(&one.verify), "µs"));
        lines.push(match &one.peer {
            Ok(peer) => format!(
                "    {:.2} × libxml2 with xmlsec1 ({:.1} µs)",
                one.verify_of(peer),
                median(peer)
            ),
            Err(why) => format!("    xmlsec1 skipped: {why}"),
        });
        let request = format!("five signed parts of a request, {} octets", one.request_octets);
        lines.push(row(&request, median(&one.request), "µs"));
        lines.push(format!(
            "    {:.1} µs beyond the verification alone ({:.1} µs)",
            one.request_beyond_raw(),
            median(&one.raw_request)
        ));
    }
    lines.push("  decrypting an assertion, however it ends (RSA-OAEP, medians)".to_owned());
    for ending in &measured.endings {
        let beyond = match opened(&measured.endings, ending.cipher) {
            Some(opened) if !std::ptr::eq(opened, ending) => {
                format!(" ({:+.1} %)", ending.beyond(opened) * 100.0)
            }
            _ => String::new(),
        };
        let name = format!("{}: {}", ending.cipher, ending.name);
        lines.push(row(&name, median(&ending.micros), "µs") + &beyond);
    }
    lines.join("\n")
}

/// The ending that the others with that cipher are held against: success.
fn opened<'e>(endings: &'e [oracle::Ending], cipher: &str) -> Option<&'e oracle::Ending> {
    endings.iter().find(|ending| ending.cipher == cipher && ending.opens)
}

/// XML security, for programs.
pub(crate) fn xml_json(measured: &Xml) -> Value {
    let of = |one: &xml::Costs| {
        json!({
            "sign_us": median(&one.sign),
            "raw_sign_us": median(&one.raw_sign),
            "digest_us": median(&one.digest),
            "sign_of_raw": one.sign_of_raw(),
            "sign_of_raw_and_digest": one.sign_of_raw_and_digest(),
            "verify_us": median(&one.verify),
            "raw_verify_us": median(&one.raw_verify),
            "peer_verify_us": one.peer.as_ref().map(|peer| median(peer)).ok(),
            "verify_of_peer": one.peer.as_ref().map_or_else(|why| json!(format!("skipped: {why}")), |peer| json!(one.verify_of(peer))),
            "request_us": median(&one.request),
            "raw_request_us": median(&one.raw_request),
            "request_beyond_raw_us": one.request_beyond_raw(),
        })
    };
    let costs = measured.costs.iter().map(|one| (one.name.to_owned(), of(one)));
    let endings = measured.endings.iter().map(|ending| {
        (format!("{}: {}", ending.cipher, ending.name), json!(median(&ending.micros)))
    });
    json!({
        "keys": costs.collect::<Value>(),
        "decryption_us": endings.collect::<Value>(),
    })
}

fn flow(measured: &Measured, served: &Served) -> [String; 4] {
    let (cpu, ceiling) = (median(&served.cpu), measured.ceiling(served));
    [
        format!("  {}  {}", served.flow.letter(), served.flow.title()),
        format!(
            "     {cpu:8.1} µs each (least {:.1}, most {:.1}); ceiling {ceiling:.1} µs; ratio {:.1} %",
            percentile(&served.cpu, 0.0),
            percentile(&served.cpu, 1.0),
            measured.ratio(served) * 100.0
        ),
        format!(
            "     {:>8} against the primitives under the same load (not the target's ratio)",
            format!("{:.1} %", measured.ratio_under_load(served) * 100.0)
        ),
        format!(
            "     {:8.0} a second and processor; seen {:.0} a second, p50 {:.0} µs, p99 {:.0} µs",
            1e6 / cpu,
            median(&served.per_second),
            percentile(&served.latencies, 0.5),
            percentile(&served.latencies, 0.99)
        ),
    ]
}

fn row(name: &str, value: f64, unit: &str) -> String {
    format!("  {name:<48} {value:8.1} {unit}")
}

fn openssl(measured: &Measured) -> String {
    match measured.of_openssl() {
        Ok(part) => format!(
            "{:.0} % of openssl speed rsa2048 in this run: {}",
            part * 100.0,
            if part >= FAIR { "fair" } else { "TOO SLOW A FLOOR, flow a is flattered" }
        ),
        Err(why) => format!("skipped: {why}"),
    }
}

/// For programs.
pub(crate) fn json(measured: &Measured) -> Value {
    let flows = object(&measured.flows, |served| flow_json(measured, served));
    let echo = object(&measured.flows, |served| json!(median(&served.echo)));
    let memory = object(&measured.memory_store, |served| json!({ "cpu_us": median(&served.cpu) }));
    json!({
        "rounds": measured.rounds,
        "pinned": measured.pinned,
        "window_ms": u64::try_from(measured.window.as_millis()).unwrap_or(u64::MAX),
        "connections": CONNECTIONS,
        "floors": {
            "rsa2048_sign_us": median(&measured.rsa_sign),
            "p256_sign_us": median(&measured.p256_sign),
            "p256_verify_us": median(&measured.p256_verify),
            "durable_row_us": median(&measured.row),
            "echo_us": echo,
            "fixed_us": PARSE_AND_WRITE,
            "openssl_rsa2048_sign_us": measured.openssl.as_ref().ok(),
            "rsa2048_of_openssl": measured.of_openssl().map_or_else(|why| json!(format!("skipped: {why}")), |part| json!(part)),
            "fair": measured.floor_is_fair(),
        },
        "flows": flows,
        "flows_on_memory_store": memory,
        "cold_login": {
            "cpu_us": measured.cold.cpu,
            "p50_us": percentile(&measured.cold.latencies, 0.5),
        },
        "idle_mb": measured.idle_mb,
        "loaded_mb": measured.loaded_mb,
        "start_ms": median(&measured.start_ms),
        "binary_mb": measured.binary_mb,
        "xml": xml_json(&measured.xml),
    })
}

fn flow_json(measured: &Measured, served: &Served) -> Value {
    let cpu = median(&served.cpu);
    json!({
        "name": served.flow.title(),
        "cpu_us": cpu,
        "ceiling_us": measured.ceiling(served),
        "ratio": measured.ratio(served),
        "ratio_under_load": measured.ratio_under_load(served),
        "echo_with_primitives_us": median(&served.echo_with_primitives),
        "per_second_per_core": 1e6 / cpu,
        "per_second": median(&served.per_second),
        "p50_us": percentile(&served.latencies, 0.5),
        "p99_us": percentile(&served.latencies, 0.99),
    })
}

fn object(flows: &[Served], value: impl Fn(&Served) -> Value) -> Value {
    flows.iter().map(|served| (served.flow.letter().to_owned(), value(served))).collect()
}

/// The middle of all samples; of an even number, the lower one.
pub(crate) fn median(samples: &[f64]) -> f64 {
    percentile(samples, 0.5)
}

/// The sample below which that part of all samples lies; not a number for none.
fn percentile(samples: &[f64], part: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = f64::from(u32::try_from(sorted.len().saturating_sub(1)).unwrap_or(u32::MAX));
    let ranked = sorted.iter().zip(0_u32..);
    ranked
        .take_while(|(_, rank)| f64::from(*rank) <= part * last)
        .last()
        .map_or(f64::NAN, |(s, _)| *s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples() {
        let samples = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(median(&samples), 3.0);
        assert_eq!(percentile(&samples, 0.0), 1.0);
        assert_eq!(percentile(&samples, 1.0), 5.0);
        assert_eq!(median(&[1.0, 2.0]), 1.0);
        assert!(median(&[]).is_nan());
    }
}
