//! Kind `decrypt`: a document with encrypted content.
//!
//! In:  a document, the keys that the manifest names, and the plaintext where there is one.
//! Out: accepted if all of it decrypts to what it should; else the first refusal.
//! Never: AES-CBC only one way: content in it is refused wherever it was not opted for.
//!
//! XML Encryption 1.1.

use symbolon_keys::{Certificate, DecryptionKey, MacAlgorithm, PublicKey, SecretKey};
use symbolon_testkit::{Seeded, ready};
use symbolon_xml::{C14n, Element, Place, Shape, Tree, time};
use symbolon_xmlsec::{
    Accepts, ENCRYPTION_NAMESPACE, EncryptedData, EncryptedElement, EncryptedKey, KeyHint, KeyInfo,
    NAMESPACE, Plain, UnwrappedBy, references,
};

use crate::canonical::{self, parsed};
use crate::corpus::{Corpus, Expected, Row, unwrapped};
use crate::exceptions::{self, Mend, OCTETS};
use crate::keyring;
use crate::private::{self, Secrets};
use crate::signing::{BUDGET, cause};
use crate::verdict::{Cause, Found, Verdict, hold};
use crate::wycheproof::hexadecimal;

const PLAIN: &str = "decrypted";
const CBC_TOO: Accepts = Accepts::AUTHENTICATED.and_cbc();
const SAML2: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const AN_ELEMENT: &str = " Type=\"http://www.w3.org/2001/04/xmlenc#Element\"";
/// The suite whose service provider offers its key only while the certificate is valid.
const OFFERS_VALID_KEYS: &str = "gosaml2";

pub(crate) fn judge(corpus: &Corpus, row: &Row) -> Result<Verdict, String> {
    let octets = corpus.sent(row)?;
    let text = String::from_utf8_lossy(&octets);
    let found = |mend| -> Result<Found, String> {
        let mended = match mend {
            Mend::Type => text.replacen(AN_ELEMENT, "", 1),
            Mend::Nothing | Mend::Key | Mend::Size => text.clone().into_owned(),
        };
        let opened = match parsed(mended.as_bytes()) {
            Ok(tree) => open(corpus, row, tree, mend)?,
            Err(cause) => Err(cause),
        };
        Ok(opened.map_or_else(Found::Refused, |()| Found::Accepted(PLAIN)))
    };
    let plainly = found(Mend::Nothing)?;
    let mend = match (&plainly, &row.expected) {
        (Found::Refused(Cause::KeySize), Expected::Accept) => Mend::Size,
        _ => exceptions::of(row).map_or(Mend::Nothing, |exception| exception.mend),
    };
    if mend != Mend::Nothing {
        let mended = found(mend)?;
        if mended != Found::Accepted(PLAIN) {
            return Err(format!("mended, and yet {mended}"));
        }
    }
    Ok(hold(row, plainly, &text))
}

/// A refusal is a result; an error is a plaintext that is not the one it must be.
type Opened<T> = Result<T, Cause>;

fn open(corpus: &Corpus, row: &Row, mut tree: Tree, mend: Mend) -> Result<Opened<()>, String> {
    let datas = encrypted(tree.root(), "EncryptedData");
    if datas.is_empty() {
        return mac_key(corpus, row, &tree, mend);
    }
    for (number, element) in (0..).zip(&datas) {
        let opted_out = EncryptedData::parse(element, &Accepts::AUTHENTICATED, &mut { BUDGET });
        if row.says("cbc") && opted_out.is_ok() {
            return Err("AES-CBC without opting for it".to_owned());
        }
        let keys = Keys { corpus, row, root: tree.root(), mend };
        let (plain, shape) = match keys.decrypt(element) {
            Ok(plain) => plain,
            Err(cause) => return Ok(Err(cause)),
        };
        let came = match shape {
            None => plain.octets().map(|octets| Some(Came::Octets(octets.to_vec()))),
            Some(_) if element.same(tree.root()) => plain.tree().map(Came::Document).map(Some),
            Some(_) => plain.graft(&mut tree, Place(number, 0)).map(|_| None),
        };
        match came {
            Ok(None) => {}
            Ok(Some(came)) => return compare(corpus, row, &came, mend).map(Ok),
            Err(flaw) => return Ok(Err(cause(&flaw))),
        }
    }
    compare(corpus, row, &Came::Document(tree), mend).map(Ok)
}

/// What came of encrypted content.
enum Came {
    /// Octets of no form.
    Octets(Vec<u8>),
    /// A document.
    Document(Tree),
}

/// Holds what came against the plaintext that lies beside the file, if there is one.
fn compare(corpus: &Corpus, row: &Row, came: &Came, mend: Mend) -> Result<(), String> {
    let wanted =
        match row.said("plaintext").map(|named| named.split_once(' ').unwrap_or((named, ""))) {
            _ if mend == Mend::Type => hexadecimal(OCTETS)?,
            Some((file, "(base64)")) => unwrapped(&corpus.octets(&row.beside(file))?)?,
            Some((file, _)) => corpus.octets(&row.beside(file))?,
            None => return Ok(()),
        };
    let same = match came {
        Came::Octets(octets) => *octets == wanted,
        Came::Document(tree) => {
            let wanted = parsed(&wanted).map_err(|cause| format!("the plaintext: {cause}"))?;
            let form = |tree: &Tree| canonical::octets(tree, tree.root(), &C14n::inclusive());
            form(tree) == form(&wanted)
        }
    };
    if same { Ok(()) } else { Err("another plaintext".to_owned()) }
}

/// Where the keys of one document are.
struct Keys<'r> {
    corpus: &'r Corpus,
    row: &'r Row,
    root: &'r Element,
    mend: Mend,
}

impl Keys<'_> {
    fn decrypt(&self, element: &Element) -> Opened<(Plain, Option<Shape>)> {
        let around = element.parent();
        let is_saml = around.as_ref().is_some_and(|around| around.namespace() == SAML2);
        if let Some(around) = around.as_ref().filter(|_| is_saml) {
            let encrypted = EncryptedElement::parse(around, &CBC_TOO, &mut { BUDGET });
            let encrypted = encrypted.map_err(|flaw| cause(&flaw))?;
            if self.row.source() == OFFERS_VALID_KEYS {
                encrypted.keys().iter().try_for_each(|key| self.check_validity(key))?;
            }
            let key = self.private()?;
            let plain = ready(encrypted.decrypt(&*key, &Seeded::new(1)));
            return Ok((plain.map_err(|flaw| cause(&flaw))?, encrypted.data().shape()));
        }
        let data = EncryptedData::parse(element, &CBC_TOO, &mut { BUDGET });
        let data = data.map_err(|flaw| cause(&flaw))?;
        let wanted = data.cipher().key_octets();
        let beside = around.iter().flat_map(Element::elements);
        let inside = data.key_info().into_iter().flat_map(Element::elements);
        let is_key = |one: &Element| one.is(ENCRYPTION_NAMESPACE, "EncryptedKey");
        let mut listed = self.root.descendants().filter(|one| is_key(one) && lists(one, data.id()));
        let key = match inside.chain(beside).find(is_key).or_else(|| listed.next()) {
            Some(key) => self.unwrap(&key, Some(wanted))?,
            None => self.secrets()?.find(data.key_info()).ok_or(Cause::NoKey)?,
        };
        Ok((data.decrypt(&key), data.shape()))
    }

    /// The key that an EncryptedKey holds.
    fn unwrap(&self, element: &Element, wanted: Option<usize>) -> Opened<SecretKey> {
        let key = EncryptedKey::parse(element, &CBC_TOO, &mut { BUDGET });
        let key = key.map_err(|flaw| cause(&flaw))?;
        let random = Seeded::new(1);
        let asked = wanted.filter(|_| self.mend != Mend::Key);
        let unwrapped = match key.unwrapped_by() {
            UnwrappedBy::Rsa | UnwrappedBy::Agreement(Some(_)) => {
                ready(key.unwrap(&*self.private()?, asked, &random))
            }
            UnwrappedBy::Agreement(None) => {
                let key = key.with_originator(self.originator()?);
                ready(key.unwrap(&*self.private()?, asked, &random))
            }
            UnwrappedBy::Secret { .. } => {
                let by = self.secrets()?.find(key.key_info()).ok_or(Cause::NoKey)?;
                key.unwrap_with(&by, asked, &random)
            }
        };
        let key = unwrapped.map_err(|_| Cause::NoKey)?;
        Ok(wanted.and_then(|octets| key.part(0..octets)).unwrap_or(key))
    }

    /// Whether the certificate by which the message names the key is valid at the time of the message.
    fn check_validity(&self, key: &EncryptedKey) -> Opened<()> {
        let sent = self.root.attribute("IssueInstant").and_then(|t| time::parse(t).ok());
        let hints = key.key_info().map(KeyInfo::read).and_then(Result::ok).unwrap_or_default();
        let valid = |certificate: &Certificate, now| certificate.validity().contains(now);
        let is_out = hints.iter().any(|hint| match (hint, sent) {
            (KeyHint::Certificate(certificate), Some(now)) => !valid(certificate, now),
            _ => false,
        });
        if is_out { Err(Cause::NoKey) } else { Ok(()) }
    }

    fn private(&self) -> Opened<Box<dyn DecryptionKey>> {
        match self.mend {
            Mend::Size => Ok(Box::new(private::small_key(self.corpus, &self.row.keys)?)),
            Mend::Nothing | Mend::Key | Mend::Type => {
                Ok(Box::new(private::decryption_key(self.corpus, &self.row.keys)?))
            }
        }
    }

    /// The sender's key, where the message only names it.
    fn originator(&self) -> Opened<PublicKey> {
        let file = self.row.keys.split(';').nth(1).ok_or(Cause::NoKey)?;
        let octets = self.corpus.octets(keyring::path(file)).map_err(|_| Cause::NoKey)?;
        keyring::public_key(&octets)
    }

    fn secrets(&self) -> Opened<Secrets> {
        if self.row.keys == "-" {
            return Secrets::read(self.corpus, &self.row.beside("keys.xml"));
        }
        Secrets::read(self.corpus, keyring::path(&self.row.keys))
    }
}

/// Whether an EncryptedKey says that it is for the content of that id: in a Security header it stands apart from it.
fn lists(key: &Element, id: Option<&str>) -> bool {
    let is_list = |child: &Element| child.is(ENCRYPTION_NAMESPACE, "ReferenceList");
    let lists = key.elements().find(is_list).and_then(|list| references(&list).ok());
    id.is_some_and(|id| lists.is_some_and(|ids| ids.iter().any(|listed| listed == id)))
}

/// The `encsig` files: a key of HMAC, encrypted in the KeyInfo of the signature that was made with it. What the signature is over
/// lies elsewhere.
fn mac_key(corpus: &Corpus, row: &Row, tree: &Tree, mend: Mend) -> Result<Opened<()>, String> {
    let keys = Keys { corpus, row, root: tree.root(), mend };
    let Some(element) = encrypted(tree.root(), "EncryptedKey").into_iter().next() else {
        return Err("nothing is encrypted".to_owned());
    };
    let key = match keys.unwrap(&element, None) {
        Ok(key) => key,
        Err(cause) => return Ok(Err(cause)),
    };
    let part = |local| {
        let found = tree.root().descendants().find(|one| one.is(NAMESPACE, local));
        found.ok_or_else(|| format!("no {local}"))
    };
    let algorithm = match part("SignatureMethod")?.attribute("Algorithm") {
        Some("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256") => MacAlgorithm::HmacSha256,
        Some("http://www.w3.org/2001/04/xmldsig-more#hmac-sha384") => MacAlgorithm::HmacSha384,
        Some("http://www.w3.org/2001/04/xmldsig-more#hmac-sha512") => MacAlgorithm::HmacSha512,
        _ => return Ok(Err(Cause::Unsupported)),
    };
    let signed = canonical::signed(tree, &part("SignedInfo")?).ok_or("no canonical SignedInfo")?;
    let value = unwrapped(part("SignatureValue")?.text().as_bytes())?;
    key.verify_mac(algorithm, &signed, &value).map_err(|_| "another key".to_owned()).map(Ok)
}

/// The encrypted elements of that name that are in no other.
fn encrypted(root: &Element, local: &str) -> Vec<Element> {
    let is = |one: &Element| one.is(ENCRYPTION_NAMESPACE, local);
    let is_inner = |one: &Element| {
        let mut around = std::iter::successors(one.parent(), Element::parent);
        around.any(|outer| outer.is(ENCRYPTION_NAMESPACE, local))
    };
    root.descendants().filter(|one| is(one) && !is_inner(one)).collect()
}
