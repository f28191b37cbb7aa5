//! Throwaway.
#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::allow_attributes_without_reason,
    clippy::allow_attributes
)]
use symbolon_formats::{Draft, Format, NameId, saml2::Saml2};
use symbolon_model::*;
use symbolon_testkit::{KnownKey, P256, RSA, at, ready};

fn cpu() -> u64 {
    use std::sync::OnceLock;
    static T: OnceLock<std::time::Instant> = OnceLock::new();
    T.get_or_init(std::time::Instant::now).elapsed().as_nanos() as u64
}
fn draft() -> Draft {
    let mut attributes = Claims::none();
    attributes.add(
        ClaimName::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"),
        ["alice@example.com".to_owned()],
    );
    attributes.add(ClaimName::new("groups"), ["staff & board".to_owned(), "<ops>".to_owned()]);
    Draft {
        id: TokenId::new("_0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
        issuer: IssuerName::new("https://sts.example/demo"),
        issued_at: at(0),
        subject: NameId {
            value: "alice".to_owned(),
            format: Some("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified".to_owned()),
        },
        audiences: vec![PartyId::new("https://orders.example/")],
        lifetime: Lifetime::new(at(0), at(3600)).unwrap(),
        authenticated: Some(Authenticated { method: AuthenticationMethod::Password, at: at(-5) }),
        attributes,
        confirmation: Confirmation::Bearer,
        client: None,
        scope: None,
        lineage: Lineage::new("l1"), layout: symbolon_formats::Layout::Prefixed,
    }
}
fn med(v: &mut Vec<u64>) -> u64 {
    v.sort();
    v[v.len() / 10]
}
fn go(name: &str, key: KnownKey, n: u64) {
    let signer = key.signer();
    let draft = draft();
    let token = ready(Saml2.encode(&draft, &signer)).unwrap().into_vec();
    let text = String::from_utf8(token.clone()).unwrap();
    let s = text.find("<ds:SignedInfo").unwrap();
    let e = text.find("</ds:SignedInfo>").unwrap() + 16;
    let info = text[s..e].replacen(
        "<ds:SignedInfo",
        "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
        1,
    );
    let key = key.private();
    use symbolon_keys::SigningKey as _;
    let mut raw = vec![];
    let mut enc = vec![];
    let mut ratio = vec![];
    for _ in 0..1500 {
        let a = cpu();
        for _ in 0..n {
            std::hint::black_box(ready(key.sign(std::hint::black_box(info.as_bytes()))).unwrap());
        }
        let b = cpu();
        for _ in 0..n {
            std::hint::black_box(
                ready(Saml2.encode(std::hint::black_box(&draft), &signer)).unwrap(),
            );
        }
        let c = cpu();
        raw.push((b - a) / n);
        enc.push((c - b) / n);
        ratio.push((b - a) * 100_000 / (c - b));
    }

    { use symbolon_xmlsec::SignedInfo;
      let mut t = vec![vec![];6]; let un = symbolon_formats::saml2::probe(&draft); let cert = signer.certificate().clone();
      let at0 = symbolon_testkit::NOW;
      for _ in 0..3000 {
        let a = cpu(); for _ in 0..10 { std::hint::black_box(symbolon_formats::saml2::probe(std::hint::black_box(&draft))); }
        let b = cpu(); for _ in 0..10 { std::hint::black_box(symbolon_keys::sha256(std::hint::black_box(&un))); }
        let c = cpu(); let mut info = None; for _ in 0..10 { info = Some(std::hint::black_box(SignedInfo::enveloped("_0f1e2d3c4b5a69788796a5b4c3d2e1f0", std::hint::black_box(&un), symbolon_keys::SignatureAlgorithm::EcdsaSha256).unwrap())); }
        let d = cpu(); let info = info.unwrap(); for _ in 0..10 { let mut out = Vec::with_capacity(4096); out.extend_from_slice(&un); info.write_signature(&[7;64], Some(&cert), &mut out); out.extend_from_slice(&un[..200]); std::hint::black_box(out); }
        let e = cpu(); for _ in 0..10 { std::hint::black_box(symbolon_xml::time::DateTime::from_millis(std::hint::black_box(at0.millis()))); }
        let f = cpu();
        for (i, x) in [b-a, c-b, d-c, e-d, f-e].into_iter().enumerate() { t[i].push(x/10); }
      }
      for (i, n) in ["compose","sha256 of unsigned","enveloped","assemble","datetime"].iter().enumerate() { println!("   {n}: {} ns", med(&mut t[i])); }
      println!("   unsigned {}", un.len());
    }
    let h = {
        let a = cpu();
        for _ in 0..20000 {
            std::hint::black_box(symbolon_keys::sha256(std::hint::black_box(&token[..2000])));
        }
        (cpu() - a) / 20000
    };
    println!(
        "{name}: raw {} ns, encode {} ns, ratio {:.1} % (median {:.1} %), overhead {} ns; sha256 of 2000: {h} ns; info {} token {}",
        med(&mut raw),
        med(&mut enc),
        med(&mut raw) as f64 * 100.0 / med(&mut enc) as f64,
        {
            ratio.sort();
            ratio[ratio.len() / 2] as f64 / 1000.0
        },
        med(&mut enc) as i64 - med(&mut raw) as i64,
        info.len(),
        text.len()
    );
}
fn main() { if std::env::args().nth(1).is_some() { let signer = P256.signer(); let d = draft(); for _ in 0..150000 { std::hint::black_box(ready(Saml2.encode(std::hint::black_box(&d), &signer)).unwrap()); } return; } 
    go("P-256", P256, 20);
    go("RSA", RSA, 2);
}
