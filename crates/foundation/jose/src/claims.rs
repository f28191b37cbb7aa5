//! The claims of a JWT, with the registered ones typed.
//!
//! In:  the payload of a JWS.
//! Out: [`Claims`].
//! Never: a registered claim of the wrong type taken for an absent one; a time outside the years
//!        1970 to 9999.
//!
//! RFC 7519 §4.1 and §2 (NumericDate). Whether now is within the times is the caller's to say.

use std::fmt;

use serde_json::{Map, Value};

use crate::json::{JsonFlaw, strict_object};

/// LIMIT: the largest token that we accept is 64 KiB, and base64url adds a third.
const OCTETS: usize = 64 * 1024;

/// 9999-12-31T23:59:59.999Z, the last moment of our timestamps.
const LAST: i64 = 253_402_300_799_999;

/// The claims of a JWT. The registered ones are checked when parsed; times are Unix milliseconds.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    all: Map<String, Value>,
    audience: Vec<String>,
    expires: Option<i64>,
    not_before: Option<i64>,
    issued_at: Option<i64>,
}

/// Why a payload is not the claims of a JWT.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ClaimsFlaw {
    /// More than 64 KiB.
    #[error("claims too large")]
    TooLarge,
    /// Not a JSON object with unique names.
    #[error("claims: {0}")]
    Json(#[from] JsonFlaw),
    /// A registered claim of a type that it does not have, null included.
    #[error("claim {0} of the wrong type")]
    WrongType(&'static str),
    /// A NumericDate before 1970 or after 9999.
    #[error("claim {0} out of range")]
    OutOfRange(&'static str),
}

impl Claims {
    /// Parses a payload.
    ///
    /// # Errors
    /// [`ClaimsFlaw`].
    pub fn parse(payload: &[u8]) -> Result<Self, ClaimsFlaw> {
        if payload.len() > OCTETS {
            return Err(ClaimsFlaw::TooLarge);
        }
        let all = strict_object(payload)?;
        for name in ["iss", "sub", "jti"] {
            if all.get(name).is_some_and(|value| !value.is_string()) {
                return Err(ClaimsFlaw::WrongType(name));
            }
        }
        Ok(Self {
            audience: audience(all.get("aud"))?,
            expires: numeric_date(&all, "exp")?,
            not_before: numeric_date(&all, "nbf")?,
            issued_at: numeric_date(&all, "iat")?,
            all,
        })
    }

    /// `iss`.
    #[must_use]
    pub fn iss(&self) -> Option<&str> {
        self.string("iss")
    }

    /// `sub`.
    #[must_use]
    pub fn sub(&self) -> Option<&str> {
        self.string("sub")
    }

    /// `jti`.
    #[must_use]
    pub fn jti(&self) -> Option<&str> {
        self.string("jti")
    }

    /// `aud`, sent as one string or as an array of strings; empty if absent.
    #[must_use]
    pub fn aud(&self) -> &[String] {
        &self.audience
    }

    /// `exp` in Unix milliseconds, rounded down.
    #[must_use]
    pub fn exp(&self) -> Option<i64> {
        self.expires
    }

    /// `nbf` in Unix milliseconds, rounded down.
    #[must_use]
    pub fn nbf(&self) -> Option<i64> {
        self.not_before
    }

    /// `iat` in Unix milliseconds, rounded down.
    #[must_use]
    pub fn iat(&self) -> Option<i64> {
        self.issued_at
    }

    /// Any claim, as sent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.all.get(name)
    }

    /// All claims, as sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.all.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// A claim that is a string.
    fn string(&self, name: &str) -> Option<&str> {
        self.all.get(name).and_then(Value::as_str)
    }
}

// What the claims say of a person is for audit and policy, not for a log that prints a struct.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims")?;
        f.debug_list().entries(self.all.keys()).finish()
    }
}

fn audience(sent: Option<&Value>) -> Result<Vec<String>, ClaimsFlaw> {
    let one = |value: &Value| value.as_str().map(str::to_owned).ok_or(ClaimsFlaw::WrongType("aud"));
    match sent {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => values.iter().map(one).collect(),
        Some(value) => Ok(vec![one(value)?]),
    }
}

fn numeric_date(all: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, ClaimsFlaw> {
    let Some(sent) = all.get(name) else { return Ok(None) };
    let Value::Number(seconds) = sent else { return Err(ClaimsFlaw::WrongType(name)) };
    let millis = match seconds.as_i64() {
        Some(seconds) => seconds.checked_mul(1000),
        None => seconds.as_f64().and_then(fractional),
    };
    match millis {
        Some(millis) if (0..=LAST).contains(&millis) => Ok(Some(millis)),
        _ => Err(ClaimsFlaw::OutOfRange(name)),
    }
}

/// Seconds with a fraction (RFC 7519 §2), rounded down to milliseconds.
fn fractional(seconds: f64) -> Option<i64> {
    let millis = (seconds * 1000.0).floor();
    // Every integer of this range is exact in an f64; NaN is in no range.
    if !(0.0..=253_402_300_799_999.0).contains(&millis) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole, and within the range above")]
    let millis = millis as i64;
    Some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(text: &str) -> Result<Claims, ClaimsFlaw> {
        Claims::parse(text.as_bytes())
    }

    #[test]
    fn a_claim_twice_is_refused() {
        for text in [
            r#"{"sub":"alice","sub":"bob"}"#,
            r#"{"sub":"alice","\u0073ub":"bob"}"#,
            r#"{"act":{"sub":"a","sub":"b"}}"#,
        ] {
            assert_eq!(claims(text), Err(ClaimsFlaw::Json(JsonFlaw::Duplicate)), "{text}");
        }
    }

    #[test]
    fn registered_claims_of_the_wrong_type_are_refused() {
        for name in ["iss", "sub", "jti"] {
            for value in ["1", "null", "true", "[]", r#"["a"]"#, "{}"] {
                let refused = claims(&format!(r#"{{"{name}":{value}}}"#));
                assert_eq!(refused, Err(ClaimsFlaw::WrongType(name)), "{name} {value}");
            }
        }
        for value in ["1", "null", "{}", "[1]", r#"["a",null]"#, r#"[["a"]]"#] {
            let refused = claims(&format!(r#"{{"aud":{value}}}"#));
            assert_eq!(refused, Err(ClaimsFlaw::WrongType("aud")), "{value}");
        }
        for name in ["exp", "nbf", "iat"] {
            for value in [r#""1767225600""#, "null", "true", "[1]", "{}"] {
                let refused = claims(&format!(r#"{{"{name}":{value}}}"#));
                assert_eq!(refused, Err(ClaimsFlaw::WrongType(name)), "{name} {value}");
            }
        }
    }

    #[test]
    fn times_out_of_range_are_refused() {
        for value in [
            "-1",
            "-0.001",
            "253402300800",
            "9223372036854775807",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "1e300",
            "-1e300",
        ] {
            let refused = claims(&format!(r#"{{"exp":{value}}}"#));
            assert_eq!(refused, Err(ClaimsFlaw::OutOfRange("exp")), "{value}");
        }
    }

    #[test]
    fn a_number_that_is_none_is_refused() {
        for value in ["NaN", "Infinity", "-Infinity", "1e999", "0x10"] {
            let refused = claims(&format!(r#"{{"exp":{value}}}"#));
            assert_eq!(refused, Err(ClaimsFlaw::Json(JsonFlaw::Malformed)), "{value}");
        }
    }

    #[test]
    fn oversize_claims_are_refused() {
        let text = format!(r#"{{"a":"{}"}}"#, "a".repeat(OCTETS));
        assert_eq!(claims(&text), Err(ClaimsFlaw::TooLarge));
    }

    #[test]
    fn times_may_have_a_fraction_and_are_rounded_down() {
        for (sent, millis) in [
            ("0", 0),
            ("1767225600", 1_767_225_600_000),
            ("1767225600.5", 1_767_225_600_500),
            ("1767225600.9999", 1_767_225_600_999),
            ("1.7672256e9", 1_767_225_600_000),
            ("253402300799", 253_402_300_799_000),
        ] {
            let claims = claims(&format!(r#"{{"exp":{sent},"nbf":{sent},"iat":{sent}}}"#)).unwrap();
            let read = [claims.exp(), claims.nbf(), claims.iat()];
            assert_eq!(read, [Some(millis); 3], "{sent}");
        }
    }

    #[test]
    fn an_audience_is_one_or_many() {
        assert_eq!(claims("{}").unwrap().aud(), &[] as &[String]);
        assert_eq!(claims(r#"{"aud":[]}"#).unwrap().aud(), &[] as &[String]);
        assert_eq!(claims(r#"{"aud":"a"}"#).unwrap().aud(), ["a"]);
        assert_eq!(claims(r#"{"aud":["a","b"]}"#).unwrap().aud(), ["a", "b"]);
    }

    #[test]
    fn claims_are_read_as_sent() {
        let text = r#"{"iss":"https://a","sub":"b","jti":"c","roles":["x"]}"#;
        let claims = claims(text).unwrap();
        let registered = [claims.iss(), claims.sub(), claims.jti()];
        assert_eq!(registered, [Some("https://a"), Some("b"), Some("c")]);
        assert_eq!(claims.get("roles"), Some(&serde_json::json!(["x"])));
        assert_eq!(claims.get("absent"), None);
        assert_eq!(claims.exp(), None);
        assert_eq!(claims.iter().count(), 4);
    }
}
