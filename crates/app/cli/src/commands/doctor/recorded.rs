//! A recorded request, and what is put in its places.
//!
//! In:  `METHOD PATH`, headers, an empty line, the body; places written `@NAME@`.
//! Out: headers and body that can be sent now.
//! Never: a value unescaped: in XML as XML, in a form as a form.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use symbolon_client::Secret;
use symbolon_keys::fill_random;
use symbolon_model::Timestamp;

use crate::output::Failed;

/// A recording.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) method: String,
    pub(super) path: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// What is put in the places.
#[derive(Debug)]
pub(super) struct Filling {
    pub(super) url: String,
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) wrong_password: bool,
    pub(super) applies_to: String,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<Secret>,
    pub(super) subject_token: Option<Vec<u8>>,
    pub(super) now: Timestamp,
}

type Filled = (Vec<(String, String)>, Vec<u8>);

impl Recorded {
    pub(super) fn parse(text: &str) -> Result<Self, Failed> {
        let parsed = || {
            let (head, body) = text.split_once("\n\n")?;
            let mut lines = head.lines();
            let (method, path) = lines.next()?.split_once(' ')?;
            let header = |line: &str| {
                line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()))
            };
            let headers = lines.map(header).collect::<Option<Vec<_>>>()?;
            let (method, path) = (method.to_owned(), path.to_owned());
            Some(Self { method, path, headers, body: body.to_owned() })
        };
        parsed().ok_or_else(|| Failed::new("a recording in this program cannot be read"))
    }

    /// Headers and body with every place filled.
    pub(super) fn filled(&self, filling: &Filling) -> Result<Filled, Failed> {
        let mut headers = self.headers.clone();
        for (_, value) in &mut headers {
            if value.contains("@BASIC@") {
                *value = value.replace("@BASIC@", &filling.basic()?);
            }
        }
        let is_form = headers.iter().any(|(_, value)| value.contains("x-www-form-urlencoded"));
        let escape: fn(&str) -> String = if is_form { in_form } else { in_xml };
        let mut body = self.body.clone();
        while body.contains("@ID@") {
            body = body.replacen("@ID@", &random_id()?, 1);
        }
        for (place, value) in filling.values()? {
            if body.contains(place) {
                body = body.replace(place, &escape(&value?));
            }
        }
        Ok((headers, body.into_bytes()))
    }
}

/// A place, and what stands there, or what is missing on the command line.
type Value = (&'static str, Result<String, Failed>);

impl Filling {
    /// Places in this order: the values of the later ones are never searched for places of the earlier ones.
    fn values(&self) -> Result<Vec<Value>, Failed> {
        // LIMIT: five minutes, as most of these clients write.
        const LASTS: i64 = 300_000;
        let moment = |millis| symbolon_xml::time::DateTime::from_millis(millis).as_str().to_owned();
        let now = self.now.millis();
        Ok(vec![
            ("@URL@", Ok(self.url.clone())),
            ("@CREATED@", Ok(moment(now))),
            ("@EXPIRES@", Ok(moment(now.saturating_add(LASTS)))),
            ("@SUBJECT_TYPE@", self.subject_type()),
            ("@SUBJECT@", self.subject()),
            ("@RP@", Ok(self.applies_to.clone())),
            ("@USER@", self.user.clone().ok_or_else(|| missing("--user"))),
            ("@PASSWORD@", self.password()),
        ])
    }

    fn password(&self) -> Result<String, Failed> {
        if self.wrong_password {
            return random_id();
        }
        let password = self.password.as_ref().ok_or_else(|| missing("--password-file"))?;
        Ok(password.expose().to_owned())
    }

    /// RFC 6749 §2.3.1, without the form encoding of name and secret, as google-auth sends it.
    fn basic(&self) -> Result<String, Failed> {
        let id = self.client_id.as_ref().ok_or_else(|| missing("--client-id"))?;
        let secret = self.client_secret.as_ref().ok_or_else(|| missing("--client-secret-file"))?;
        Ok(STANDARD.encode(format!("{id}:{}", secret.expose())))
    }

    fn token(&self) -> Result<&[u8], Failed> {
        let token = self.subject_token.as_ref().ok_or_else(|| missing("--subject-token"))?;
        Ok(token.trim_ascii())
    }

    /// RFC 8693 §3: an assertion goes in base64url.
    fn subject(&self) -> Result<String, Failed> {
        let token = self.token()?;
        match token.first() {
            Some(b'<') => Ok(URL_SAFE_NO_PAD.encode(token)),
            _ => Ok(String::from_utf8_lossy(token).into_owned()),
        }
    }

    fn subject_type(&self) -> Result<String, Failed> {
        let assertion = self.token()?.first() == Some(&b'<');
        let kind = if assertion { "saml2" } else { "jwt" };
        Ok(format!("urn:ietf:params:oauth:token-type:{kind}"))
    }
}

fn missing(option: &str) -> Failed {
    Failed::new(format!("this client's first call needs {option}"))
}

/// A UUID of version 4.
fn random_id() -> Result<String, Failed> {
    let mut octets = [0; 16];
    fill_random(&mut octets).map_err(Failed::new)?;
    let number =
        u128::from_be_bytes(octets) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{number:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    Ok([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
}

fn in_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn in_form(text: &str) -> String {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-._*".contains(&octet);
    let one = |octet: u8| {
        if plain(octet) { char::from(octet).to_string() } else { format!("%{octet:02X}") }
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::super::clients::Known;
    use super::*;
    use clap::ValueEnum as _;

    fn filling() -> Filling {
        Filling {
            url: "https://sts.example/t".to_owned(),
            user: Some("CORP\\al<ice".to_owned()),
            password: Some(Secret::from("s3cr&t<\">@USER@")),
            wrong_password: false,
            applies_to: "urn:rp:a&b".to_owned(),
            client_id: Some("cid".to_owned()),
            client_secret: Some(Secret::from("se:cr et")),
            subject_token: Some(b" a.b.c\n".to_vec()),
            now: Timestamp::from_seconds(1_795_219_200),
        }
    }

    #[test]
    fn every_recording_is_read_and_every_place_in_it_is_filled() {
        for known in Known::value_variants() {
            let recorded = Recorded::parse(known.recorded()).unwrap();
            let (headers, body) = recorded.filled(&filling()).unwrap();
            let body =
                String::from_utf8(body).unwrap().replace("s3cr&amp;t&lt;&quot;&gt;@USER@", "");
            assert!(!body.contains('@'), "{}: {body}", known.name());
            assert!(headers.iter().all(|(_, value)| !value.contains('@')), "{}", known.name());
        }
    }

    #[test]
    fn what_is_filled_in_is_escaped_and_not_searched_for_places() {
        let recorded = Recorded::parse(Known::Adal.recorded()).unwrap();
        let body = String::from_utf8(recorded.filled(&filling()).unwrap().1).unwrap();
        assert!(body.contains(">CORP\\al&lt;ice<") && body.contains(">urn:rp:a&amp;b<"), "{body}");
        assert!(body.contains(">s3cr&amp;t&lt;&quot;&gt;@USER@<"), "{body}");
        let recorded = Recorded::parse(Known::GoogleAuth.recorded()).unwrap();
        let body = String::from_utf8(recorded.filled(&filling()).unwrap().1).unwrap();
        assert!(body.contains("&audience=urn%3Arp%3Aa%26b&"), "{body}");
        assert!(body.contains("&subject_token=a.b.c&"), "{body}");
    }

    #[test]
    fn what_is_missing_on_the_command_line_is_named() {
        let recorded = Recorded::parse(Known::Zeep.recorded()).unwrap();
        let failed = recorded.filled(&Filling { user: None, ..filling() }).unwrap_err();
        assert_eq!(failed.to_string(), "this client's first call needs --user");
        let recorded = Recorded::parse(Known::GoogleAuth.recorded()).unwrap();
        let failed = recorded.filled(&Filling { subject_token: None, ..filling() }).unwrap_err();
        assert_eq!(failed.to_string(), "this client's first call needs --subject-token");
    }

    #[test]
    fn ids_are_uuids_and_differ() {
        let (one, other) = (random_id().unwrap(), random_id().unwrap());
        assert_ne!(one, other);
        assert_eq!((one.len(), one.as_bytes()[14], one.matches('-').count()), (36, b'4', 4));
    }
}
