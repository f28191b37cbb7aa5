//! JSON in which every name stands once.
//!
//! In:  octets from anybody, already bounded in number by the caller.
//! Out: an object.
//! Never: one name twice at any depth, however it is escaped; deep nesting; anything after the
//!        object.
//!
//! RFC 8259 §4, RFC 7515 §4 and §5.2, RFC 7519 §4 (the stricter choice: duplicates are refused).

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// LIMIT: an `act` chain costs one level per actor (RFC 8693 §4.1) and no chain of ours is as long;
/// below it the recursion of this parser is far from any stack's end.
const DEPTH: usize = 32;

/// Why octets are not an object that we read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JsonFlaw {
    /// Not JSON in UTF-8, or octets after it.
    #[error("not JSON")]
    Malformed,
    /// JSON, but not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A name stands twice in one object.
    #[error("a name twice in a JSON object")]
    Duplicate,
    /// Nested deeper than 32 levels.
    #[error("JSON nested too deeply")]
    TooDeep,
}

/// Parses one JSON object.
///
/// # Errors
/// [`JsonFlaw`].
pub fn strict_object(octets: &[u8]) -> Result<Map<String, Value>, JsonFlaw> {
    let flaw = Cell::new(JsonFlaw::Malformed);
    let mut parser = serde_json::Deserializer::from_slice(octets);
    let value = Strict { left: DEPTH, flaw: &flaw }
        .deserialize(&mut parser)
        .and_then(|value| parser.end().map(|()| value))
        .map_err(|_| flaw.get())?;
    match value {
        Value::Object(members) => Ok(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(JsonFlaw::NotAnObject)
        }
    }
}

/// Builds a value and says in `flaw` what was wrong, other than the JSON itself.
#[derive(Clone, Copy)]
struct Strict<'f> {
    left: usize,
    flaw: &'f Cell<JsonFlaw>,
}

impl Strict<'_> {
    fn refuse<E: Error>(self, flaw: JsonFlaw) -> E {
        self.flaw.set(flaw);
        E::custom(flaw)
    }

    fn inside<E: Error>(self) -> Result<Self, E> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(Self { left, ..self }),
            None => Err(self.refuse(JsonFlaw::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Value, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| self.refuse(JsonFlaw::Malformed))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(inside)? {
            out.push(item);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut out = Map::new();
        // SECURITY: with one name twice, two readers may see two values. The names are compared
        // unescaped. Test: a_name_twice_is_refused_at_any_depth.
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(inside)?;
            if out.insert(name, value).is_some() {
                return Err(self.refuse(JsonFlaw::Duplicate));
            }
        }
        Ok(Value::Object(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(text: &str) -> JsonFlaw {
        strict_object(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_name_twice_is_refused_at_any_depth() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"b":2,"a":null}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"\u0062":2}]}"#,
            r#"{"":1,"":2}"#,
            r#"{"😀":1,"\ud83d\ude00":2}"#,
        ] {
            assert_eq!(flaw(text), JsonFlaw::Duplicate, "{text}");
        }
    }

    #[test]
    fn names_that_only_look_alike_are_two_names() {
        let object = strict_object(r#"{"a":1,"A":2,"а":3,"a ":4}"#.as_bytes()).unwrap();
        assert_eq!(object.len(), 4);
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        for text in ["[]", "null", "1", "\"a\"", "true", r#"[{"a":1}]"#] {
            assert_eq!(flaw(text), JsonFlaw::NotAnObject, "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "",
            "{",
            "{}x",
            "{}{}",
            "{} //",
            r#"{"a":1,}"#,
            r#"{'a':1}"#,
            r#"{a:1}"#,
            r#"{"a":NaN}"#,
            r#"{"a":Infinity}"#,
            r#"{"a":1e999}"#,
            r#"{"a":01}"#,
            r#"{"a":+1}"#,
            r#"{"a":.5}"#,
            r#"{"a":"\ud800"}"#,
            "{\"a\":\"\n\"}",
            "\u{feff}{}",
        ] {
            assert_eq!(flaw(text), JsonFlaw::Malformed, "{text}");
        }
        assert_eq!(strict_object(b"{\"a\":\"\xff\"}"), Err(JsonFlaw::Malformed));
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| {
            let open = "[".repeat(depth.saturating_sub(1));
            let close = "]".repeat(depth.saturating_sub(1));
            format!(r#"{{"a":{open}{close}}}"#).replace(r#""a":}"#, r#""a":0}"#)
        };
        assert!(strict_object(nested(DEPTH).as_bytes()).is_ok());
        assert_eq!(flaw(&nested(DEPTH + 1)), JsonFlaw::TooDeep);
        assert_eq!(flaw(&nested(100)), JsonFlaw::TooDeep);
        assert_eq!(flaw(&"{\"a\":".repeat(10_000)), JsonFlaw::TooDeep);
    }
}
