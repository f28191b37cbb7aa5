//! xs:dateTime, as WS-Security, WS-Trust and SAML carry it.
//!
//! In:  the text of an element or attribute.
//! Out: milliseconds since 1970-01-01T00:00:00Z; and back, always as `YYYY-MM-DDThh:mm:ss.mmmZ`.
//! Never: a guess. A time without zone, a leap second, 24:00 or a year of other than four digits is refused.
//!
//! XML Schema Part 2 §3.2.7; WSS SOAP Message Security §10; BSP R3217, R3220; SAML 2.0 core §1.3.3.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "every operand is bounded by the number of digits read, or by the clamp before writing"
)]

use std::fmt;

/// Why a text is not a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeFlaw {
    /// Not of the form `YYYY-MM-DDThh:mm:ss[.fraction]zone`.
    #[error("not an xs:dateTime")]
    Form,
    /// No `Z` and no offset: it could mean any of 27 hours.
    #[error("a time without zone")]
    NoZone,
    /// A field out of its range: month 13, 30 February, hour 24, second 60, an offset beyond 14:00.
    #[error("a field out of range")]
    Range,
}

const DAY: u64 = 86_400_000; // milliseconds
const MILLIS_PER_DAY: i64 = DAY.cast_signed();
const FIRST: i64 = -62_135_596_800_000; // 0001-01-01T00:00:00.000Z
const ERA_BEGINS: i64 = -719_468 * MILLIS_PER_DAY; // 0000-03-01, from which `civil` counts
const LAST: i64 = 253_402_300_799_999; // 9999-12-31T23:59:59.999Z
// LIMIT: xs:dateTime sets no bound; nine digits are nanoseconds, more than any clock writes.
const FRACTION_DIGITS: usize = 9;

/// Reads an xs:dateTime: milliseconds since the epoch, what is finer cut off. White space around it is XML's own.
///
/// # Errors
/// [`TimeFlaw`], exactly.
pub fn parse(text: &str) -> Result<i64, TimeFlaw> {
    let mut rest = Digits(text.trim_matches([' ', '\t', '\r', '\n']).as_bytes());
    let year = rest.number(4)?;
    rest.expect(b'-')?;
    let month = rest.number(2)?;
    rest.expect(b'-')?;
    let day = rest.number(2)?;
    rest.expect(b'T')?;
    let hour = rest.number(2)?;
    rest.expect(b':')?;
    let minute = rest.number(2)?;
    rest.expect(b':')?;
    let second = rest.number(2)?;
    let millis = rest.fraction()?;
    let offset = rest.zone()?;

    let day_fits = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    // SPEC: WSS SMS §10: leap seconds must not be used.
    if year == 0 || !day_fits || hour > 23 || minute > 59 || second > 59 {
        return Err(TimeFlaw::Range);
    }
    // No product below leaves i64: the year has four digits, every other field is bounded above.
    let of_day = ((hour * 60 + minute) * 60 + second) * 1000 + millis;
    Ok(days_from_epoch(year, month, day) * MILLIS_PER_DAY + of_day - offset * 60_000)
}

/// Reads an xs:dateTime that must be in UTC, with `Z` and nothing around it, as SAML demands.
///
/// # Errors
/// As [`parse`]; [`TimeFlaw::Form`] too for an offset, zero among them, and for white space.
pub fn parse_utc(text: &str) -> Result<i64, TimeFlaw> {
    let at = parse(text)?;
    // What parses begins with a digit or white space, and ends with `Z`, an offset or white space.
    let bare = text.ends_with('Z') && text.starts_with(|c: char| c.is_ascii_digit());
    if bare { Ok(at) } else { Err(TimeFlaw::Form) }
}

/// A moment as messages write it, on the stack: `2026-11-20T10:00:01.000Z`.
///
/// Always three digits of fraction and `Z`: the one layout that every client we know reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DateTime([u8; 24]);

impl DateTime {
    /// The moment that many milliseconds after the epoch; `None` outside the years 1 to 9999.
    #[must_use]
    pub fn of(millis: i64) -> Option<Self> {
        (FIRST..=LAST).contains(&millis).then(|| Self::from_millis(millis))
    }

    /// As [`of`](Self::of), but what four digits of year cannot hold is held at its bounds.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        // Unsigned and short from here on: a token has five of these, and signed division by ten is slow.
        let since = u64::try_from(millis.clamp(FIRST, LAST) - ERA_BEGINS).unwrap_or(0);
        let (days, of_day) = (short(since / DAY), short(since % DAY));
        let (year, month, day) = civil(days);
        let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (second, milli) = (of_day / 1000 % 60, of_day % 1000);
        let out = [
            digit(year / 1000),
            digit(year / 100),
            digit(year / 10),
            digit(year),
            b'-',
            digit(month / 10),
            digit(month),
            b'-',
            digit(day / 10),
            digit(day),
            b'T',
            digit(hour / 10),
            digit(hour),
            b':',
            digit(minute / 10),
            digit(minute),
            b':',
            digit(second / 10),
            digit(second),
            b'.',
            digit(milli / 100),
            digit(milli / 10),
            digit(milli),
            b'Z',
        ];
        Self(out)
    }

    /// The 24 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn short(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(0) // INVARIANT: days up to the year 9999, or milliseconds of one day
}

/// The last decimal digit.
fn digit(value: u32) -> u8 {
    b'0' | u8::try_from(value % 10).unwrap_or(0)
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is left to read.
struct Digits<'t>(&'t [u8]);

impl Digits<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self, width: usize) -> Result<i64, TimeFlaw> {
        let mut value = 0_i64;
        for _ in 0..width {
            let digit = self.next().filter(u8::is_ascii_digit).ok_or(TimeFlaw::Form)?;
            value = value * 10 + i64::from(digit - b'0');
        }
        Ok(value)
    }

    fn expect(&mut self, what: u8) -> Result<(), TimeFlaw> {
        if self.next() == Some(what) { Ok(()) } else { Err(TimeFlaw::Form) }
    }

    /// `.` and digits, or nothing: whole milliseconds.
    fn fraction(&mut self) -> Result<i64, TimeFlaw> {
        let Some(after) = self.0.strip_prefix(b".") else { return Ok(0) };
        self.0 = after;
        let digits = self.0.iter().take_while(|octet| octet.is_ascii_digit()).count();
        if !(1..=FRACTION_DIGITS).contains(&digits) {
            return Err(TimeFlaw::Form);
        }
        let mut millis = 0_i64;
        for place in 0..digits.max(3) {
            let digit = if place < digits { self.number(1)? } else { 0 };
            if place < 3 {
                millis = millis * 10 + digit;
            }
        }
        Ok(millis)
    }

    /// `Z` or `±hh:mm`, and then nothing more: minutes east of UTC.
    fn zone(&mut self) -> Result<i64, TimeFlaw> {
        let minutes = match self.next() {
            None => return Err(TimeFlaw::NoZone),
            Some(b'Z') => 0,
            Some(sign @ (b'+' | b'-')) => {
                let hours = self.number(2)?;
                self.expect(b':')?;
                let minutes = self.number(2)?;
                if minutes > 59 || hours * 60 + minutes > 14 * 60 {
                    return Err(TimeFlaw::Range);
                }
                let east = hours * 60 + minutes;
                if sign == b'-' { -east } else { east }
            }
            Some(_) => return Err(TimeFlaw::Form),
        };
        if self.0.is_empty() { Ok(minutes) } else { Err(TimeFlaw::Form) }
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
const fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a day counted from 0000-03-01 (the same author's inverse).
const fn civil(days: u32) -> (u32, u32, u32) {
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests;
