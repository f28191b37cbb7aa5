use super::*;

#[test]
fn times_as_clients_send_them_are_read() {
    for (text, millis) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-21T20:47:34.257Z", 1_795_294_054_257),
        ("2026-11-21T20:47:03+00:00", 1_795_294_023_000),
        ("2026-11-21T22:47:03.5+02:00", 1_795_294_023_500),
        ("2026-11-21T15:17:03.123456789-05:30", 1_795_294_023_123),
        (" 2024-02-29T23:59:59.9999999Z\n", 1_709_251_199_999),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("1969-12-31T23:59:59.999Z", -1),
    ] {
        assert_eq!(parse(text), Ok(millis), "{text}");
    }
}

#[test]
fn what_is_no_moment_is_refused() {
    use TimeFlaw::{Form, NoZone, Range};
    for (text, flaw) in [
        ("", Form),
        ("now", Form),
        ("2026-11-21", Form),
        ("2026-11-21 20:47:03Z", Form),
        ("2026-11-21t20:47:03Z", Form),
        ("2026-11-21T20:47Z", Form),
        ("2026-11-21T20:47:03.Z", Form),
        ("2026-11-21T20:47:03,5Z", Form),
        ("2026-11-21T20:47:03z", Form),
        ("2026-11-21T20:47:03Zx", Form),
        ("2026-11-21T20:47:03+0200", Form),
        ("+026-11-21T20:47:03Z", Form),
        ("-2026-11-21T20:47:03Z", Form),
        ("12026-11-21T20:47:03Z", Form),
        ("2026-11-21T20:47:03.0000000000000000001Z", Form),
        ("２026-11-21T20:47:03Z", Form),
        ("2026-11-21T20:47:03", NoZone),
        ("2026-11-21T20:47:03.123", NoZone),
        ("0000-01-01T00:00:00Z", Range),
        ("2026-13-01T00:00:00Z", Range),
        ("2026-00-01T00:00:00Z", Range),
        ("2025-02-29T00:00:00Z", Range),
        ("1900-02-29T00:00:00Z", Range),
        ("2026-11-31T00:00:00Z", Range),
        ("2026-11-00T00:00:00Z", Range),
        ("2026-11-21T24:00:00Z", Range),
        ("2026-11-21T20:60:00Z", Range),
        ("2026-06-30T23:59:60Z", Range),
        ("2026-11-21T20:47:03+14:01", Range),
        ("2026-11-21T20:47:03+00:60", Range),
    ] {
        assert_eq!(parse(text), Err(flaw), "{text}");
    }
}

#[test]
fn every_day_written_is_read_back() {
    let mut millis = -62_135_596_800_000_i64;
    while millis < 253_402_300_799_999 {
        assert_eq!(parse(DateTime::from_millis(millis).as_str()), Ok(millis));
        millis += 86_400_000 - 61_001; // every day, ever another time of it
    }
}

#[test]
fn moments_are_written_with_three_digits_and_z() {
    assert_eq!(DateTime::from_millis(1_795_294_054_257).as_str(), "2026-11-21T20:47:34.257Z");
    assert_eq!(DateTime::from_millis(1_709_164_800_000).as_str(), "2024-02-29T00:00:00.000Z");
    assert_eq!(DateTime::from_millis(i64::MAX).as_str(), "9999-12-31T23:59:59.999Z");
    assert_eq!(DateTime::from_millis(i64::MIN).as_str(), "0001-01-01T00:00:00.000Z");
}

#[test]
fn moments_around_the_epoch_and_at_the_end_of_time_are_written() {
    let text = |millis| DateTime::of(millis).unwrap().as_str().to_owned();
    assert_eq!(text(0), "1970-01-01T00:00:00.000Z");
    assert_eq!(text(1_795_219_201_007), "2026-11-21T00:00:01.007Z");
    assert_eq!(text(-1), "1969-12-31T23:59:59.999Z");
    assert_eq!(text(253_402_127_999_999), "9999-12-29T23:59:59.999Z");
    assert_eq!(text(253_402_300_799_999), "9999-12-31T23:59:59.999Z");
}

#[test]
fn what_is_written_is_read_back_as_utc() {
    for millis in [0, 951_782_400_000, 1_795_219_201_007, 4_102_444_799_999] {
        assert_eq!(parse_utc(DateTime::of(millis).unwrap().as_str()), Ok(millis));
    }
}

#[test]
fn beyond_the_end_of_time_there_is_no_moment() {
    assert_eq!(DateTime::of(i64::MAX), None);
    assert_eq!(DateTime::of(i64::MIN), None);
    assert_eq!(DateTime::of(253_402_300_800_000), None); // the year 10000
    assert_eq!(DateTime::of(-62_135_596_800_001), None);
    assert_eq!(DateTime::of(-62_167_219_200_000), None); // the year 0
}

#[test]
fn any_number_of_digits_of_fraction_up_to_nanoseconds_is_read() {
    assert_eq!(parse_utc("2026-11-21T00:00:01Z"), Ok(1_795_219_201_000));
    assert_eq!(parse_utc("2026-11-21T00:00:01.5Z"), Ok(1_795_219_201_500));
    assert_eq!(parse_utc("2026-11-21T00:00:01.1239999Z"), Ok(1_795_219_201_123));
    assert_eq!(parse_utc("2026-11-21T00:00:01.123456789Z"), Ok(1_795_219_201_123));
}

#[test]
fn what_is_not_a_moment_in_utc_is_refused() {
    for text in [
        "",
        "2026-11-21",
        "2026-11-21T00:00:01",
        "2026-11-21T00:00:01+00:00",
        "2026-11-21T00:00:01-00:00",
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
        "2026-11-21T00:00:01Z ",
        "2026-11-21T00:00:01Z[UTC]",
        "20261121T000001Z",
        "2026-11-21T00:00:0\u{661}Z",
    ] {
        assert!(parse_utc(text).is_err(), "{text}");
    }
}
