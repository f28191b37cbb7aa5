//! One EncryptedData is decrypted.
//!
//! In:  an item of the plan, and its key if that is known.
//! Out: the message with the content in its place, seen from below the list that names it; what it reveals is planned.
//! Never: a word of what failed. Content that does not decrypt, does not parse, or does not belong where it stands is one flaw,
//!        and told last.
//!
//! WSS SOAP Message Security 1.1.1 §9.4; XML Encryption 1.1 §4.4.

use super::Opener;
use super::plan::{Decryption, KeyFrom, Spot};
use super::resolve::Look;
use super::ring::{Found, KeyId, Use};
use crate::security::SecurityFlaw;
use symbolon_xml::{Element, Place};

/// What was decrypted, for judging signatures over it.
#[derive(Debug, Clone)]
pub(super) struct Decrypted {
    /// The EncryptedData.
    pub(super) data: Element,
    /// What stands in its place now.
    pub(super) elements: Vec<Element>,
    /// The place of the list that names it.
    pub(super) by: Place,
    /// With which key.
    pub(super) key: KeyId,
    /// Whether decryption alone shows that nobody changed it.
    pub(super) is_authenticated: bool,
}

impl Opener {
    /// Decrypts; `false` where the key is missing.
    pub(super) fn decrypt(
        &mut self,
        by: Place,
        decryption: &Decryption,
    ) -> Result<bool, SecurityFlaw> {
        let data = &decryption.data;
        let cipher = data.cipher();
        let mut look = Look {
            tree: &self.message.tree,
            left: &mut self.left,
            accepts: &self.accepts,
            octets: Some(cipher.key_octets()),
            steps: 0,
        };
        let found = match &decryption.key {
            KeyFrom::EncryptedKey(node) => self.ring.node(*node, &mut look)?,
            KeyFrom::KeyInfo(info) => self.ring.key_info(info, &mut look)?,
        };
        let Found::Key(key) = found else { return Ok(false) };
        let secret = self.ring.secret(key, Use::Decrypt(cipher))?;
        // The place of what comes out is that of the list, or of the header's child: nothing below is seen from above.
        let revealed = data.decrypt(&secret).graft(&mut self.message.tree, by);
        let placed = revealed.map_err(SecurityFlaw::from).and_then(|elements| {
            let revealed = self.take_revealed(&decryption.spot, &elements, by);
            let (data, is_authenticated) = (data.element().clone(), cipher.is_authenticated());
            self.decrypted.push(Decrypted { data, elements, by, key, is_authenticated });
            revealed
        });
        if let Err(flaw) = placed {
            self.hidden.failed.get_or_insert(flaw);
        }
        Ok(true)
    }

    /// Plans what came out of an encryption.
    fn take_revealed(
        &mut self,
        spot: &Spot,
        elements: &[Element],
        by: Place,
    ) -> Result<(), SecurityFlaw> {
        match (spot, elements) {
            (Spot::Body, _) => Ok(()),
            (Spot::Security(number), [child]) => {
                let Place(list, _) = by;
                self.plan_revealed(child, Place(*number.max(&list), 1))
            }
            (Spot::Header(around), [block]) => {
                self.contents.revealed.push((around.clone(), block.clone()));
                Ok(())
            }
            (Spot::Security(_) | Spot::Header(_), _) => Err(SecurityFlaw::Misplaced),
        }
    }
}
