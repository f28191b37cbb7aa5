//! The log: one line per event, as JSON or as text, written by a thread of its own.
//!
//! In:  `tracing` events; of other crates only warnings and errors.
//! Out: lines on standard error.
//! Never: a secret; a line that the text of another event began; a request that waits for whoever reads the log.
//!
//! The audit trail is what must not be lost. A log whose reader stands still loses lines, and says how many.

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Deserialize;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// LIMIT: octets of lines that wait for a slow reader.
const WAITING: usize = 4 << 20;
/// What a line takes at first: that of a request has some three hundred octets.
const LINE: usize = 512;
/// How long lines are collected before they are written together.
const PAUSE: Duration = Duration::from_millis(20);

/// How lines are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// One JSON object per line.
    #[default]
    Json,
    /// For people.
    Text,
}

/// Something else logs in this process already.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("this process has a log already")]
pub struct AlreadyLogging;

/// Writes what is left when dropped. Keep it until the process ends.
#[derive(Debug)]
pub struct Logging {
    lines: Lines,
    thread: Option<JoinHandle<()>>,
}

/// Logs to standard error from here on, for the whole process: our events from `level` on.
///
/// # Errors
/// [`AlreadyLogging`]: nothing was changed.
pub fn install(format: Format, level: LevelFilter) -> Result<Logging, AlreadyLogging> {
    let logging = Logging::to(io::stderr());
    tracing_subscriber::registry()
        .with(filter(level))
        .with(layer(format, logging.lines.clone()))
        .try_init()
        .map_err(|_| AlreadyLogging)?;
    Ok(logging)
}

/// SECURITY: what other crates say below a warning may hold what a requestor sent.
fn filter(level: LevelFilter) -> Targets {
    Targets::new().with_default(level.min(LevelFilter::WARN)).with_target("symbolon", level)
}

fn layer<S, W>(format: Format, writer: W) -> impl tracing_subscriber::Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::fmt::layer().event_format(Line(format)).with_writer(writer)
}

/// Formats an event as one line.
struct Line(Format);

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let level = event.metadata().level();
        let at = jiff::Timestamp::now();
        // A line of its own first: what `out` is takes every word by a call of its own.
        let mut line = String::with_capacity(LINE);
        match self.0 {
            Format::Json => write!(line, "{{\"at\":\"{at:.3}\",\"level\":\"{level}\"")?,
            Format::Text => write!(line, "{at:.3} {level:>5}")?,
        }
        let mut fields = Fields { format: self.0, out: &mut line, done: Ok(()) };
        event.record(&mut fields);
        fields.done?;
        line.push_str(if self.0 == Format::Json { "}\n" } else { "\n" });
        out.write_str(&line)
    }
}

struct Fields<'a> {
    format: Format,
    out: &'a mut String,
    done: fmt::Result,
}

/// A field's value.
#[derive(Clone, Copy)]
enum Value<'a> {
    Text(&'a str),
    Shown(&'a dyn fmt::Debug),
    Bare(fmt::Arguments<'a>),
}

impl Fields<'_> {
    fn field(&mut self, field: &Field, value: Value<'_>) {
        if self.done.is_ok() {
            self.done = self.write(field.name(), value);
        }
    }

    fn write(&mut self, name: &str, value: Value<'_>) -> fmt::Result {
        let message = self.format == Format::Text && name == "message";
        match self.format {
            Format::Json => {
                self.out.write_str(",\"")?;
                self.out.write_str(name)?;
                self.out.write_str("\":")?;
            }
            Format::Text => {
                self.out.write_char(' ')?;
                if !message {
                    self.out.write_str(name)?;
                    self.out.write_char('=')?;
                }
            }
        }
        let quote = if message { "" } else { "\"" };
        match value {
            Value::Bare(value) => return self.out.write_fmt(value),
            Value::Text(value) => {
                self.out.write_str(quote)?;
                Escaped(self.out).write_str(value)?;
            }
            Value::Shown(value) => {
                self.out.write_str(quote)?;
                write!(Escaped(self.out), "{value:?}")?;
            }
        }
        self.out.write_str(quote)
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.field(field, Value::Shown(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if !value.is_empty() {
            self.field(field, Value::Text(value));
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.field(field, Value::Bare(format_args!("{value}")));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.field(field, Value::Bare(format_args!("{value}")));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.field(field, Value::Bare(format_args!("{value}")));
    }
}

/// Escapes as JSON strings do, in text lines too.
///
/// SECURITY: log forging. A name with a line break in it would otherwise begin a line of its own. Test:
/// nobody_begins_a_line_but_the_log.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let plain = |b| matches!(b, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~');
        if text.bytes().fold(true, |all, b| all & plain(b)) {
            return self.0.write_str(text);
        }
        text.chars().try_for_each(|c| match c {
            '"' | '\\' => write!(self.0, "\\{c}"),
            '\n' => self.0.write_str("\\n"),
            // Controls, and the two separators that some readers take for a line's end.
            '\u{2028}' | '\u{2029}' => write!(self.0, "\\u{:04x}", u32::from(c)),
            c if c.is_control() => write!(self.0, "\\u{:04x}", u32::from(c)),
            c => self.0.write_char(c),
        })
    }
}

/// Where lines wait to be written. Never blocks whoever logs.
#[derive(Clone, Debug)]
struct Lines(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    waiting: Mutex<Waiting>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    octets: Vec<u8>,
    lost: u64,
    /// The thread sleeps until somebody wakes it; else it looks again by itself.
    asleep: bool,
    closed: bool,
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Lines {
    /// Takes a whole line, or counts it as lost.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.0.waiting();
        if waiting.octets.len().saturating_add(line.len()) > WAITING {
            waiting.lost = waiting.lost.saturating_add(1);
        } else {
            waiting.octets.extend_from_slice(line);
        }
        if std::mem::take(&mut waiting.asleep) {
            self.0.more.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Lines {
    type Writer = Lines;

    fn make_writer(&'w self) -> Lines {
        self.clone()
    }
}

impl Logging {
    fn to(out: impl Write + Send + 'static) -> Self {
        let lines = Lines(Arc::new(Shared { waiting: Mutex::default(), more: Condvar::new() }));
        let shared = Arc::clone(&lines.0);
        let thread =
            std::thread::Builder::new().name("log".into()).spawn(move || drain(&shared, out));
        Self { lines, thread: thread.ok() }
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        self.lines.0.waiting().closed = true;
        self.lines.0.more.notify_one();
        if let Some(thread) = self.thread.take() {
            let _its_panic_was_printed = thread.join();
        }
    }
}

/// Writes what waits, then pauses, so that many lines cost one write and at most fifty wake-ups a second.
fn drain(shared: &Shared, mut out: impl Write) {
    let mut batch = Vec::new();
    loop {
        let mut waiting = shared.waiting();
        while waiting.octets.is_empty() && !waiting.closed {
            waiting.asleep = true;
            waiting = shared.more.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        waiting.asleep = false;
        std::mem::swap(&mut batch, &mut waiting.octets);
        let (lost, closed) = (std::mem::take(&mut waiting.lost), waiting.closed);
        drop(waiting);

        if lost > 0 {
            let _to_nobody_else = writeln!(
                batch,
                "{{\"level\":\"WARN\",\"message\":\"log lines lost\",\"lost\":{lost}}}"
            );
        }
        let _nobody_reads = out.write_all(&batch).and_then(|()| out.flush());
        batch.clear();
        if closed {
            return;
        }
        let waiting = shared.waiting();
        let pause = shared.more.wait_timeout_while(waiting, PAUSE, |w| !w.closed);
        drop(pause);
    }
}

#[cfg(test)]
mod tests;
