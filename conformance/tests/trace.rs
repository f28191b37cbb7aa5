//! One request, file by file: what `ARCHITECTURE.md` says is what a traced request does.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use std::sync::{Arc, Mutex};

use symbolon_conformance::Rst;
use symbolon_model::signals::STAGE;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// The files from which stages were entered, in order.
#[derive(Clone, Default)]
struct Walk(Arc<Mutex<Vec<&'static str>>>);

impl<S: Subscriber> Layer<S> for Walk {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        if metadata.target() == STAGE {
            self.0.lock().unwrap().extend(metadata.file());
        }
    }
}

/// The numbered files of the walk in `ARCHITECTURE.md`.
fn documented() -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../ARCHITECTURE.md"));
    let text = text.unwrap();
    let (_, walk) = text.split_once("## One request, file by file").unwrap();
    let (walk, _) = walk.split_once("\n## ").unwrap();
    let numbered = walk.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    numbered.map(|line| line.split('`').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn the_documented_walk_is_the_one_that_a_request_takes() {
    let walk = Walk::default();
    tracing_subscriber::registry().with(walk.clone()).init();
    assert_eq!(Rst::for_party("urn:rp:app").send().status, 200);
    let walked = walk.0.lock().unwrap().clone();
    assert_eq!(walked, documented());
    assert!(walked.len() <= 8, "{walked:?}");
    for file in walked {
        let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
        let lines = std::fs::read_to_string(path).unwrap().lines().count();
        assert!(lines <= 700, "{file} has {lines} lines");
    }
}
