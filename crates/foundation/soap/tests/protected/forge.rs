//! Messages put together by hand: what no honest writer would write, and what other writers do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{ContentCipher, MacAlgorithm, SecretKey, SigningKey as _, p_sha1};
use symbolon_testkit::{KnownKey, Seeded, ready};
use symbolon_xml::{C14n, Document, EVERYTHING, Limits, Tree, Writer};
use symbolon_xmlsec::{KeyInfo, Naming, Reference, SealedKey, SignedInfo, Transport};

pub(crate) const LABEL: &[u8] = b"WS-SecureConversationWS-SecureConversation";
pub(crate) const TIMESTAMP: &str =
    "<u:Timestamp u:Id=\"ts\"><u:Created>2026-11-21T00:00:00Z</u:Created></u:Timestamp>";
pub(crate) const USERNAME: &str = "<o:UsernameToken u:Id=\"ut\"><o:Username>alice</o:Username>\
     <o:Password>clarinet</o:Password></o:UsernameToken>";
pub(crate) const ASK: &str = "<t:Ask xmlns:t=\"urn:t\">for a token</t:Ask>";
pub(crate) const TO: &str = "<a:To u:Id=\"to\">https://sts.example/</a:To>";
const ACTION: &str = "<a:Action u:Id=\"action\">urn:ask</a:Action>";

pub(crate) const ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
pub(crate) const CONTENT: &str = "http://www.w3.org/2001/04/xmlenc#Content";

/// A message with prefixes `s`, `a`, `o`, `u`, `k`, `c`, `x`, `ds`.
#[derive(Clone)]
pub(crate) struct Forge {
    /// The header blocks beside Security.
    pub(crate) headers: Vec<String>,
    /// The children of Security.
    pub(crate) security: Vec<String>,
    /// The content of the Body.
    pub(crate) body: String,
}

/// With what a forged signature is made.
pub(crate) enum Pen<'k> {
    Mac(&'k SecretKey),
    Key(KnownKey),
}

impl Forge {
    pub(crate) fn new(security: &[&str]) -> Self {
        Self {
            headers: vec![ACTION.to_owned(), TO.to_owned()],
            security: security.iter().map(|child| (*child).to_owned()).collect(),
            body: ASK.to_owned(),
        }
    }

    pub(crate) fn text(&self) -> String {
        format!(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
             xmlns:a=\"http://www.w3.org/2005/08/addressing\" \
             xmlns:o=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" \
             xmlns:u=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\" \
             xmlns:k=\"http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd\" \
             xmlns:c=\"http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512\" \
             xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\" \
             xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\
             <s:Header>{}<o:Security s:mustUnderstand=\"1\">{}</o:Security></s:Header>\
             <s:Body u:Id=\"body\">{}</s:Body></s:Envelope>",
            self.headers.concat(),
            self.security.concat(),
            self.body
        )
    }

    /// A signature over these ids as the message is now.
    pub(crate) fn signature(
        &self,
        ids: &[&str],
        pen: &Pen<'_>,
        key_info: &str,
        id: &str,
    ) -> String {
        let root = Document::parse(self.text().as_bytes(), &Limits::MESSAGE).unwrap();
        let tree = Tree::new(root).unwrap();
        let view = tree.view(EVERYTHING);
        let canonical = |id: &&str| {
            let element = view.id(id).unwrap();
            view.canonicalize(&element, &C14n::exclusive(), None, 1 << 20).unwrap()
        };
        let octets: Vec<Vec<u8>> = ids.iter().map(canonical).collect();
        let references: Vec<_> =
            ids.iter().zip(&octets).map(|(id, octets)| Reference::new(id, octets)).collect();
        written(&references, pen, key_info, id)
    }

    /// The same, put last into the header.
    pub(crate) fn sign(&mut self, ids: &[&str], pen: &Pen<'_>, key_info: &str, id: &str) {
        let signature = self.signature(ids, pen, key_info, id);
        self.security.push(signature);
    }

    /// Encrypts the body's content.
    pub(crate) fn encrypt_body(&mut self, id: &str, key: &SecretKey, key_info: &str) {
        self.body = data(id, CONTENT, &self.body, (ContentCipher::Aes256Gcm, key), key_info);
    }

    /// Encrypts the child of Security with that number.
    pub(crate) fn encrypt(&mut self, number: usize, id: &str, key: &SecretKey, key_info: &str) {
        let child = &mut self.security[number];
        *child = data(id, ELEMENT, child, (ContentCipher::Aes256Gcm, key), key_info);
    }
}

/// A signature over references that were made by hand.
pub(crate) fn written(
    references: &[Reference<'_>],
    pen: &Pen<'_>,
    key_info: &str,
    id: &str,
) -> String {
    let info = match pen {
        Pen::Mac(_) => SignedInfo::over(references, MacAlgorithm::HmacSha256),
        Pen::Key(key) => SignedInfo::over(references, key.private().algorithm()),
    };
    let info = info.unwrap().with_id(id).unwrap();
    let value = match pen {
        Pen::Mac(key) => key.mac(MacAlgorithm::HmacSha256, info.octets()).as_ref().to_vec(),
        Pen::Key(key) => ready(key.private().sign(info.octets())).unwrap(),
    };
    let key_info = format!("<ds:KeyInfo>{key_info}</ds:KeyInfo>");
    String::from_utf8(info.into_signature(&value, KeyInfo::Written(key_info.as_bytes()))).unwrap()
}

/// A reference by id.
pub(crate) fn by_id(id: &str) -> String {
    format!("<o:SecurityTokenReference><o:Reference URI=\"#{id}\"/></o:SecurityTokenReference>")
}

/// A reference by key identifier.
pub(crate) fn by(value_type: &str, text: &str) -> String {
    format!(
        "<o:SecurityTokenReference><o:KeyIdentifier ValueType=\"{value_type}\">{text}\
         </o:KeyIdentifier></o:SecurityTokenReference>"
    )
}

pub(crate) fn certificate(id: &str, key: KnownKey) -> String {
    format!(
        "<o:BinarySecurityToken u:Id=\"{id}\" ValueType=\"{}\">{}</o:BinarySecurityToken>",
        symbolon_soap::names::X509_V3,
        key.certificate().base64()
    )
}

/// A key wrapped for somebody, and perhaps a list of what it encrypts.
pub(crate) fn wrapped(id: &str, to: KnownKey, key: &SecretKey, references: &[&str]) -> String {
    let transport = Transport::usual(to.public().kind());
    let sealed = SealedKey::to(&to.public(), key, &transport).unwrap().with_id(id);
    let mut out = Writer::new();
    sealed.with_references(references.iter().copied()).write(&mut out, Naming::Nothing);
    String::from_utf8(out.finish().unwrap()).unwrap()
}

/// A derived key token, with 32 octets from the beginning.
pub(crate) fn derived_token(id: &str, base: &str, nonce: &[u8]) -> String {
    derived_with(id, base, nonce, "<c:Offset>0</c:Offset><c:Length>32</c:Length>")
}

pub(crate) fn derived_with(id: &str, base: &str, nonce: &[u8], how: &str) -> String {
    let nonce = STANDARD.encode(nonce);
    format!(
        "<c:DerivedKeyToken u:Id=\"{id}\">{base}{how}<c:Nonce>{nonce}</c:Nonce></c:DerivedKeyToken>"
    )
}

/// The key that such a token means.
pub(crate) fn derived(base: &SecretKey, nonce: &[u8]) -> SecretKey {
    p_sha1(base.octets(), &[LABEL, nonce], 32).unwrap()
}

pub(crate) fn list(ids: &[&str]) -> String {
    let references: String =
        ids.iter().map(|id| format!("<x:DataReference URI=\"#{id}\"/>")).collect();
    format!("<x:ReferenceList>{references}</x:ReferenceList>")
}

/// An EncryptedData.
pub(crate) fn data(
    id: &str,
    kind: &str,
    plain: &str,
    (cipher, key): (ContentCipher, &SecretKey),
    key_info: &str,
) -> String {
    let octets = cipher.encrypt(key, plain.as_bytes(), &Seeded::new(5)).unwrap();
    raw_data(id, kind, cipher, &octets, key_info)
}

pub(crate) fn raw_data(
    id: &str,
    kind: &str,
    cipher: ContentCipher,
    octets: &[u8],
    key_info: &str,
) -> String {
    let algorithm = match cipher {
        ContentCipher::Aes256Gcm => "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        ContentCipher::Aes256Cbc => "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
        ContentCipher::Aes128Gcm
        | ContentCipher::Aes192Gcm
        | ContentCipher::Aes128Cbc
        | ContentCipher::Aes192Cbc => panic!("not needed"),
    };
    let key_info = if key_info.is_empty() {
        String::new()
    } else {
        format!("<ds:KeyInfo>{key_info}</ds:KeyInfo>")
    };
    format!(
        "<x:EncryptedData Id=\"{id}\" Type=\"{kind}\"><x:EncryptionMethod Algorithm=\"{algorithm}\"/>\
         {key_info}<x:CipherData><x:CipherValue>{}</x:CipherValue></x:CipherData></x:EncryptedData>",
        STANDARD.encode(octets)
    )
}

/// The key, its derived keys and all parts of a message as CXF writes it: signed, then encrypted, the signature too.
pub(crate) struct Session {
    pub(crate) secret: SecretKey,
    pub(crate) signing: SecretKey,
    pub(crate) encrypting: SecretKey,
}

impl Session {
    pub(crate) fn new(seed: u64) -> Self {
        let secret = crate::support::secret(seed);
        let (signing, encrypting) =
            (derived(&secret, b"nonce one"), derived(&secret, b"nonce two"));
        Self { secret, signing, encrypting }
    }

    /// The children of the header that are keys: `ek`, `d1` that signs, `d2` that encrypts.
    pub(crate) fn keys(&self) -> [String; 3] {
        [
            wrapped("ek", crate::support::OURS, &self.secret, &[]),
            derived_token("d1", &by_id("ek"), b"nonce one"),
            derived_token("d2", &by_id("ek"), b"nonce two"),
        ]
    }

    /// Timestamp, keys, list of `e1` to `e3`, password: children 0 to 5. Signed, not yet encrypted.
    pub(crate) fn message(&self) -> Forge {
        let [ek, d1, d2] = self.keys();
        let list = list(&["e1", "e2", "e3"]);
        Forge::new(&[TIMESTAMP, &ek, &d1, &d2, &list, USERNAME])
    }

    /// Encrypts password (`e1`), the last child, which is the signature (`e2`), and the body (`e3`).
    pub(crate) fn encrypt(&self, message: &mut Forge) {
        let (key, info) = (&self.encrypting, by_id("d2"));
        let last = message.security.len() - 1;
        message.encrypt(5, "e1", key, &info);
        message.encrypt(last, "e2", key, &info);
        message.encrypt_body("e3", key, &info);
    }

    /// The whole as it should be.
    pub(crate) fn good(&self) -> Forge {
        let mut message = self.message();
        let ids = ["body", "ts", "to", "ut"];
        message.sign(&ids, &Pen::Mac(&self.signing), &by_id("d1"), "sig");
        self.encrypt(&mut message);
        message
    }
}
