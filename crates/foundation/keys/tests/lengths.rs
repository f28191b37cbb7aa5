//! Lengths inside a certificate that are not what stands there: CVE-2026-95616, where one in the key identifier's extension
//! made a receiver reserve 2 GiB for a stranger.

#![expect(clippy::unwrap_used, reason = "what goes wrong outside the product fails the test")]

use symbolon_keys::{Certificate, CertificateFlaw};

/// With a key identifier of 20 octets, among other extensions.
const NAMED: &str = include_str!("../src/certificate/named.pem");

/// Lengths of 2 GiB - 1, of 4 GiB - 1, of no end, and more octets than any number has.
const LENGTHS: [&[u8]; 5] = [
    &[0x84, 0x7f, 0xff, 0xff, 0xff],
    &[0x84, 0xff, 0xff, 0xff, 0xff],
    &[0x80],
    &[0xff],
    &[0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
];

fn find(der: &[u8], octets: &[u8]) -> usize {
    der.windows(octets.len()).position(|window| window == octets).unwrap()
}

#[test]
fn a_key_identifier_longer_than_the_certificate_is_refused() {
    let certificate = Certificate::from_pem(NAMED).unwrap();
    let identifier = certificate.subject_key_identifier().unwrap().to_vec();
    let der = certificate.der();
    // OCTET STRING { OCTET STRING { identifier } }
    let at = find(der, &[&[4, 22, 4, 20], &identifier[..]].concat());
    for length in LENGTHS {
        for place in [at + 1, at + 3] {
            let mut hostile = der.to_vec();
            hostile[place..place + length.len()].copy_from_slice(length);
            let flaw = Certificate::from_der(&hostile).err();
            assert_eq!(flaw, Some(CertificateFlaw::Malformed), "{length:x?} at {place}");
        }
    }
}

#[test]
fn no_length_anywhere_makes_more_of_a_certificate_than_was_sent() {
    let der = Certificate::from_pem(NAMED).unwrap().der().to_vec();
    let mut refused = 0;
    for length in LENGTHS {
        for place in 1..=der.len() - length.len() {
            let mut hostile = der.clone();
            hostile[place..place + length.len()].copy_from_slice(length);
            match Certificate::from_der(&hostile) {
                Ok(read) => {
                    let identifier = read.subject_key_identifier().unwrap_or_default();
                    assert!(identifier.len() <= der.len() && read.serial().len() <= 3 * der.len());
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > der.len(), "{refused}");
}
