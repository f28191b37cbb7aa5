//! Signature wrapping, case by case: XSW1 to XSW8 of Somorovsky et al., "On Breaking SAML" (2012), in every variant that a
//! signature of ours could be made for.

use symbolon_xml::{Document, EVERYTHING, Element, Flaw as XmlFlaw, Limits, Tree};
use symbolon_xmlsec::{Budget, Expected, Profile};

use crate::support::{
    EC, ENVELOPED, EXCLUSIVE, Scene, T, alice, first_signature, name, parse, reference, scene,
    unsigned, with_signature,
};

/// What the attacker has: alice's signed token, and its parts.
struct Loot {
    /// The token with its signature in it.
    signed: String,
    /// The signature alone.
    signature: String,
    /// The token without its signature.
    original: String,
    /// A token about mallory, and where a signature goes in it.
    evil: String,
    place: usize,
}

impl Loot {
    /// Of a signature inside its token, and of one that need not stand there, as message signatures need not.
    fn all() -> [Self; 2] {
        let original = unsigned("alice").0;
        let Scene { evil, place, .. } = scene();
        [&[ENVELOPED, EXCLUSIVE][..], &[EXCLUSIVE]].map(|transforms| {
            let signature = EC.signature(&reference("#_1", transforms, &alice()));
            Self {
                signed: with_signature(&original, place, &signature),
                signature,
                original: original.clone(),
                evil: evil.replace("\"_1\"", "\"_2\""),
                place,
            }
        })
    }

    /// mallory's token with that in the place of its signature.
    fn evil_with(&self, inside: &str) -> String {
        with_signature(&self.evil, self.place, inside)
    }

    /// The signature with that at its end.
    fn signature_with(&self, inside: &str) -> String {
        self.signature.replace("</ds:Signature>", &format!("{inside}</ds:Signature>"))
    }

    /// The eight wrappings, and the forms of a ds:Object.
    fn wrapped(&self) -> Vec<(&'static str, String)> {
        let Self { signed, signature, original, evil, .. } = self;
        let object = format!("<ds:Object>{original}</ds:Object>");
        let response = |inside: &str| format!("<r ID=\"_r\">{inside}</r>");
        vec![
            ("XSW1: original inside the signature", self.evil_with(&self.signature_with(original))),
            ("XSW1: in an object", self.evil_with(&self.signature_with(&object))),
            (
                "XSW2: original before the signature",
                self.evil_with(&format!("{original}{signature}")),
            ),
            ("XSW2: original behind it", self.evil_with(&format!("{signature}{original}"))),
            ("XSW3: evil before the signed", response(&format!("{evil}{signed}"))),
            ("XSW3: evil behind it", response(&format!("{signed}{evil}"))),
            ("XSW4: evil around the signed", response(&self.evil_with(signed))),
            ("XSW4: evil root", self.evil_with(signed)),
            (
                "XSW5: signature in evil, original at the end",
                response(&format!("{}{original}", self.evil_with(signature))),
            ),
            (
                "XSW6: original in the signature in evil",
                response(&self.evil_with(&self.signature_with(original))),
            ),
            (
                "XSW7: evil in extensions",
                response(&format!("<Extensions>{evil}</Extensions>{signed}")),
            ),
            (
                "XSW7: signed in extensions",
                response(&format!("<Extensions>{signed}</Extensions>{evil}")),
            ),
            (
                "XSW8: original in an object of evil's signature",
                response(&self.evil_with(&self.signature_with(&object))),
            ),
        ]
    }
}

/// Every element that speaks for mallory.
fn evils(root: &Element) -> Vec<Element> {
    root.descendants().filter(|e| e.is(T, "Assertion") && name(e) == "mallory").collect()
}

#[test]
fn no_wrapping_makes_the_signature_speak_for_mallory() {
    for loot in Loot::all() {
        for (wrapping, text) in loot.wrapped() {
            for profile in [Profile::Narrow, Profile::Full] {
                let root = parse(&text);
                let tree = Tree::new(root.clone()).unwrap();
                let signature = first_signature(&root);
                let verified = |expected: Expected<'_>| {
                    let (view, mut left) = (tree.view(EVERYTHING), Budget::MESSAGE);
                    profile.verify(view, &signature, &EC.key(), expected, None, &mut left)
                };
                let evils = evils(&root);
                assert!(!evils.is_empty(), "{wrapping}");
                for evil in &evils {
                    let exactly = Expected::Exactly(std::slice::from_ref(evil));
                    assert!(verified(exactly).is_err(), "{wrapping}, {profile:?}");
                    assert!(verified(Expected::Document(evil)).is_err(), "{wrapping}, {profile:?}");
                }
                assert!(verified(Expected::Document(&root)).is_err(), "{wrapping}, {profile:?}");
                // Whoever expects nothing is told of alice alone: the very element that was signed.
                if let Ok(any) = verified(Expected::Any) {
                    let said: Vec<_> = any.covered().iter().map(|c| name(c.element())).collect();
                    assert_eq!(said, ["alice"], "{wrapping}, {profile:?}");
                    assert!(evils.iter().all(|evil| !any.covered()[0].element().same(evil)));
                }
            }
        }
    }
}

#[test]
fn no_wrapping_with_one_id_on_both_reaches_verification() {
    for loot in Loot::all() {
        for (wrapping, text) in loot.wrapped() {
            let text = text.replace("\"_2\"", "\"_1\"");
            let root = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
            let outcome = Tree::new(root).map(drop);
            assert_eq!(outcome, Err(XmlFlaw::DuplicateId("_1".to_owned())), "{wrapping}");
        }
    }
}

/// Without its id the original cannot be what is referred to; mallory's token takes the id over.
#[test]
fn a_stolen_id_is_a_wrong_digest() {
    for loot in Loot::all() {
        for (wrapping, text) in loot.wrapped() {
            let text = text.replace("ID=\"_1\"", "ID=\"_3\"").replace("ID=\"_2\"", "ID=\"_1\"");
            for profile in [Profile::Narrow, Profile::Full] {
                let root = parse(&text);
                let tree = Tree::new(root.clone()).unwrap();
                let (view, mut left) = (tree.view(EVERYTHING), Budget::MESSAGE);
                let (signature, expected) = (first_signature(&root), Expected::Any);
                let outcome =
                    profile.verify(view, &signature, &EC.key(), expected, None, &mut left);
                assert!(outcome.is_err(), "{wrapping}, {profile:?}");
            }
        }
    }
}
