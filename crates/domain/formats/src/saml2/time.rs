//! xs:dateTime as SAML writes it: UTC, `Z`, no other offset.
//!
//! In:  a [`Timestamp`], or the text of an attribute.
//! Out: the text with exactly three digits of fraction (the one form that every known client reads); or a [`Timestamp`],
//!      what is finer than a millisecond cut off.
//! Never: a leap second, a missing zone, a year that has not four digits.
//!
//! SAML 2.0 core §1.3.3.

use jiff::tz::Offset;
use symbolon_model::Timestamp;

/// A moment as text, on the stack.
pub(super) struct Moment([u8; 24]);

impl Moment {
    /// `None` outside the years 1 to 9999, whose last two days count as outside.
    pub(super) fn of(at: Timestamp) -> Option<Self> {
        let at = Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(at.millis()).ok()?);
        if at.year() < 1 {
            return None;
        }
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let fields = [
            (0, 4, at.year()),
            (5, 2, at.month().into()),
            (8, 2, at.day().into()),
            (11, 2, at.hour().into()),
            (14, 2, at.minute().into()),
            (17, 2, at.second().into()),
            (20, 3, at.millisecond()),
        ];
        for (start, width, mut value) in fields {
            for digit in text.iter_mut().skip(start).take(width).rev() {
                *digit |= u8::try_from(value % 10).ok()?;
                value /= 10;
            }
        }
        Some(Self(text))
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default() // INVARIANT: digits and the punctuation of `of`
    }
}

/// The moment that a text names; `None` where it names none, or not in UTC.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    const SHAPE: &[u8; 19] = b"0000-00-00T00:00:00";
    let (seconds, rest) = text.split_at_checked(SHAPE.len())?;
    let shaped = seconds.bytes().zip(SHAPE).all(|(octet, shape)| match shape {
        b'0' => octet.is_ascii_digit(),
        _ => octet == *shape,
    });
    let fraction = rest.strip_suffix('Z')?;
    let fraction_shaped = fraction.is_empty()
        || fraction.strip_prefix('.').is_some_and(|digits| {
            !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit())
        });
    // SPEC: core §1.3.3: no leap seconds; the parser would take one for the second before it.
    if !shaped || !fraction_shaped || seconds.ends_with("60") {
        return None;
    }
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_millis(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_three_digits_of_fraction_and_a_z() {
        let text = |millis| Moment::of(Timestamp::from_millis(millis)).unwrap().as_str().to_owned();
        assert_eq!(text(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(text(1_795_219_201_007), "2026-11-21T00:00:01.007Z");
        assert_eq!(text(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(text(253_402_127_999_999), "9999-12-29T23:59:59.999Z");
    }

    #[test]
    fn what_is_written_is_read_back() {
        for millis in [0, 951_782_400_000, 1_795_219_201_007, 4_102_444_799_999] {
            let at = Timestamp::from_millis(millis);
            assert_eq!(parse(Moment::of(at).unwrap().as_str()), Some(at));
        }
    }

    #[test]
    fn the_end_of_time_is_not_written() {
        assert!(Moment::of(Timestamp::from_millis(i64::MAX)).is_none());
        assert!(Moment::of(Timestamp::from_millis(i64::MIN)).is_none());
        assert!(Moment::of(Timestamp::from_millis(-62_167_219_200_000)).is_none()); // the year 0
    }

    #[test]
    fn any_number_of_digits_of_fraction_up_to_nanoseconds_is_read() {
        let at = |text| parse(text).map(Timestamp::millis);
        assert_eq!(at("2026-11-21T00:00:01Z"), Some(1_795_219_201_000));
        assert_eq!(at("2026-11-21T00:00:01.5Z"), Some(1_795_219_201_500));
        assert_eq!(at("2026-11-21T00:00:01.1239999Z"), Some(1_795_219_201_123));
    }

    #[test]
    fn what_is_not_a_moment_in_utc_is_refused() {
        for text in [
            "",
            "2026-11-21",
            "2026-11-21T00:00:01",
            "2026-11-21T00:00:01+00:00",
            "2026-11-21T00:00:01.Z",
            "2026-11-21T00:00:01.1234567890Z",
            "2026-11-21T00:00:60Z",
            "2026-11-21T24:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-21 00:00:01Z",
            "2026-11-21t00:00:01z",
            "+002026-11-21T00:00:01Z",
            "-0001-11-21T00:00:01Z",
            " 2026-11-21T00:00:01Z",
            "2026-11-21T00:00:01Z[UTC]",
            "20261121T000001Z",
            "2026-11-21T00:00:0\u{661}Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
