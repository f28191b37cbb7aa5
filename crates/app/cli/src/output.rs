//! What is shown, and how a command fails.
//!
//! In:  what a command found.
//! Out: lines on standard output; failures and notes on standard error.
//! Never: a control character from a token, a server or the audit trail: the terminal would carry it out.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use symbolon_model::Timestamp;

/// Why a command did not do what it was asked, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failed {
    what: String,
    remedy: Option<String>,
}

impl Failed {
    pub(crate) fn new(what: impl Display) -> Self {
        Self { what: what.to_string(), remedy: None }
    }

    /// What was being done, and why that failed.
    pub(crate) fn because(what: impl Display, why: impl Display) -> Self {
        Self::new(format!("{what}: {why}"))
    }

    /// The same, with what to do about it.
    pub(crate) fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// Says it on standard error; exit code 1.
    pub(crate) fn report(self) -> ExitCode {
        for line in self.what.lines() {
            note(&format!("symbolon: {}", clean(line)));
        }
        if let Some(remedy) = self.remedy {
            note(&format!("symbolon: {}", clean(&remedy)));
        }
        ExitCode::FAILURE
    }
}

impl Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

/// A line on standard output.
pub(crate) fn say(line: &str) {
    // Nobody may be reading any more (`| head`): then there is nobody to tell.
    let _closed = writeln!(std::io::stdout().lock(), "{line}");
}

/// A line on standard error.
pub(crate) fn note(line: &str) {
    let _closed = writeln!(std::io::stderr().lock(), "{line}");
}

/// A text on one line, without what a terminal would carry out.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '�' } else { c }).collect()
}

/// A moment, to the second.
pub(crate) fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.seconds())
        .map_or_else(|_| format!("{} s", at.seconds()), |moment| moment.to_string())
}

/// Labels and values in two columns; a label that repeats is written once.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    lines: Vec<(&'static str, String)>,
}

impl Sheet {
    pub(crate) fn line(&mut self, label: &'static str, value: impl Display) -> &mut Self {
        self.lines.push((label, clean(&value.to_string())));
        self
    }

    pub(crate) fn lines<T: Display>(
        &mut self,
        label: &'static str,
        values: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        values.into_iter().for_each(|value| {
            self.line(label, value);
        });
        self
    }

    pub(crate) fn optional<T: Display>(
        &mut self,
        label: &'static str,
        value: Option<T>,
    ) -> &mut Self {
        self.lines(label, value)
    }

    pub(crate) fn text(&self) -> String {
        let mut last = "";
        let mut out = Vec::with_capacity(self.lines.len());
        for (label, value) in &self.lines {
            let shown = if *label == last { "" } else { label };
            out.push(format!("{shown:<11} {value}"));
            last = label;
        }
        out.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_two_columns_and_repeats_no_label() {
        let mut sheet = Sheet::default();
        sheet.line("issuer", "i").lines("audience", ["a", "b"]).optional("id", None::<&str>);
        assert_eq!(sheet.text(), "issuer      i\naudience    a\n            b");
    }

    #[test]
    fn nothing_that_a_terminal_would_carry_out_is_shown() {
        let mut sheet = Sheet::default();
        sheet.line("subject", "al\u{1b}[2Jice\nchecked     everything");
        assert_eq!(sheet.text(), "subject     al�[2Jice�checked     everything");
    }

    #[test]
    fn moments_are_written_to_the_second() {
        assert_eq!(moment(Timestamp::from_millis(1_795_219_200_999)), "2026-11-21T00:00:00Z");
    }
}
