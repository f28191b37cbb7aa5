use std::sync::mpsc;

use super::*;

/// Hands every write to the test, once the test asks for it.
struct Pipe(mpsc::SyncSender<Vec<u8>>);

impl Write for Pipe {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.send(octets.to_vec()).map_err(io::Error::other)?;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logged(format: Format, log: impl FnOnce()) -> String {
    let (sender, received) = mpsc::sync_channel(64);
    let logging = Logging::to(Pipe(sender));
    let subscriber = tracing_subscriber::registry()
        .with(filter(LevelFilter::INFO))
        .with(layer(format, logging.lines.clone()));
    tracing::subscriber::with_default(subscriber, log);
    drop(logging);
    String::from_utf8(received.iter().flatten().collect()).unwrap()
}

#[test]
fn an_event_is_one_json_object_with_typed_fields() {
    let line = logged(Format::Json, || {
        tracing::info!(target: "symbolon_server", request = "0f", status = 200_u16, detail = "", ok = true, "answered");
    });
    let object: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(object["message"], "answered");
    assert_eq!(object["request"], "0f");
    assert_eq!(object["status"], 200);
    assert_eq!(object["ok"], true);
    assert_eq!(object["level"], "INFO");
    assert!(object.get("detail").is_none(), "what is empty is left out");
    assert!(object["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
}

#[test]
fn nobody_begins_a_line_but_the_log() {
    for format in [Format::Json, Format::Text] {
        let line = logged(format, || {
            tracing::info!(target: "symbolon_server", detail = "a\n{\"forged\":1}\r\u{2028}\u{1b}[2J\"\\", "x\ny");
            tracing::info!(target: "symbolon_server", detail = ?"a\nb", name = %"c\nd", "z");
        });
        assert_eq!(line.lines().count(), 2, "{line}");
        assert!(!line.contains(['\r', '\u{2028}', '\u{1b}']), "{line}");
    }
}

#[test]
fn escaped_text_reads_back_as_it_was() {
    let text = "a\"b\\c\nd\te\u{0}f\u{7f}g\u{85}h\u{2028}i é 🗝";
    let line =
        logged(Format::Json, || tracing::info!(target: "symbolon_server", detail = text, "m"));
    let object: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(object["detail"], text);
}

#[test]
fn other_crates_are_heard_only_when_they_warn() {
    let line = logged(Format::Text, || {
        tracing::info!(target: "h2", "a header");
        tracing::warn!(target: "h2", "a warning");
        tracing::debug!(target: "symbolon_server", "too fine");
    });
    assert!(line.contains("a warning") && line.lines().count() == 1, "{line}");
}

#[test]
fn a_reader_that_stands_still_costs_lines_and_never_time() {
    let (sender, received) = mpsc::sync_channel(0);
    let logging = Logging::to(Pipe(sender));
    let mut lines = logging.lines.clone();
    let line = vec![b'x'; 1 << 20];
    // Nobody reads yet: at most one batch is on its way and another one waits.
    for _ in 0..32 {
        lines.write_all(&line).unwrap();
    }
    let reader = std::thread::spawn(move || received.iter().flatten().collect::<Vec<u8>>());
    drop(logging);
    let written = reader.join().unwrap();
    assert!(written.len() <= 2 * WAITING + 200, "{}", written.len());
    assert!(String::from_utf8_lossy(&written).contains("log lines lost"));
}
