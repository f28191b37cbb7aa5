//! Kind `c14n`: a document or a reference, and its canonical octets.
//!
//! In:  a document with the octets that it must become, or octets with the reference that they are digested for.
//! Out: whether our canonical octets are the same; where the reference is outside the profile, whether it is refused.
//! Never: C14N 1.1: it cannot even be asked for, and a signature that names it is refused.
//!
//! Canonical XML 1.0; Exclusive XML Canonicalization 1.0.

use symbolon_xml::{C14n, EVERYTHING, Element, Tree};
use symbolon_xmlsec::NAMESPACE;

use crate::corpus::{Corpus, Expected, Row};
use crate::parsing::{self, parse};
use crate::signing::ALLOWED;
use crate::unkeyed::shape;
use crate::verdict::{Cause, Found, Verdict, hold};

const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const WITH_COMMENTS: &str = "WithComments";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

const SAME: &str = "the same octets";
const OTHER: &str = "other octets";
const MOST: usize = 16 * 1024 * 1024;

const C14N11: &str = "http://www.w3.org/2006/12/xml-c14n11";

pub(crate) fn judge(corpus: &Corpus, row: &Row) -> Result<Verdict, String> {
    match (&row.expected, row.keys.as_str()) {
        (Expected::Refuse(_), "-") if row.algorithms == "c14n11" => {
            let reference = "<Reference URI=\"\"><DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
                             <DigestValue>AAAA</DigestValue></Reference>";
            let scope = format!(" xmlns=\"{NAMESPACE}\"");
            Ok(hold(row, refusal(C14N11, &scope, reference)?, ""))
        }
        (Expected::Refuse(_), "-") => {
            let octets = corpus.octets(&row.path)?;
            let found = parsed(&octets).map_or_else(Found::Refused, |_| Found::Accepted("parsed"));
            Ok(hold(row, found, &String::from_utf8_lossy(&octets)))
        }
        (Expected::Refuse(_), holder) => {
            let octets = corpus.octets(holder)?;
            let (found, text) = reference_refused(row, &octets)?;
            Ok(hold(row, found, &text))
        }
        (Expected::Unknown, "-") if row.said("output").is_none() => {
            let octets = corpus.octets(&row.path)?;
            Ok(Verdict::Pinned(form(&octets).to_string()))
        }
        (_, "-") => document(corpus, row),
        (_, holder) => reference(corpus, row, holder),
    }
}

/// A document, or one element of it, against the file that holds its canonical form.
fn document(corpus: &Corpus, row: &Row) -> Result<Verdict, String> {
    let wanted = corpus.octets(&row.beside(row.said("output").ok_or("no output is named")?))?;
    let tree = match parsed(&corpus.octets(&row.path)?) {
        Ok(tree) => tree,
        Err(cause) => return Ok(hold(row, Found::Refused(cause), "")),
    };
    if row.expected == Expected::Unknown {
        // Nobody says which part and which method: the part is that of the same name.
        let root = parse(&wanted).map_err(|cause| format!("the output: {cause}"))?;
        let apex = named(&tree, root.local()).ok_or("no such part")?;
        let method =
            METHODS.into_iter().find(|(_, method)| octets(&tree, &apex, &method()) == wanted);
        return Ok(Verdict::Pinned(match method {
            Some((name, _)) => format!("accepted: {SAME}, {name}"),
            None => format!("accepted: {OTHER}"),
        }));
    }
    let apex = match row.said("subtree of").map(first_word) {
        None => tree.root().clone(),
        Some(name) => named(&tree, name).ok_or("no such subtree")?,
    };
    let method = METHODS.into_iter().find(|(name, _)| *name == row.algorithms);
    let (_, method) = method.ok_or("an unknown method")?;
    Ok(same(row, &octets(&tree, &apex, &method()), &wanted))
}

/// A method's name, and how it is made.
type Method = (&'static str, fn() -> C14n);

const METHODS: [Method; 4] = [
    ("c14n", C14n::inclusive),
    ("exc", C14n::exclusive),
    ("c14n with comments", || C14n::inclusive().with_comments()),
    ("exc with comments", || C14n::exclusive().with_comments()),
];

/// What a signature digests, or signs, against the octets that it must.
fn reference(corpus: &Corpus, row: &Row, holder: &str) -> Result<Verdict, String> {
    let wanted = corpus.octets(&row.path)?;
    let tree = match parsed(&corpus.octets(holder)?) {
        Ok(tree) => tree,
        Err(cause) => return Ok(hold(row, Found::Refused(cause), "")),
    };
    let made = match number(row) {
        Some(number) => {
            let reference = nth_reference(&tree, number).ok_or("no such reference")?;
            digested(&tree, &reference).map_err(|cause| cause.to_string())?.1
        }
        None => {
            let is_info = |inside: &Element| inside.is(NAMESPACE, "SignedInfo");
            let info = tree.root().descendants().find(is_info).ok_or("no SignedInfo")?;
            signed(&tree, &info).ok_or("SignedInfo is not in the profile")?
        }
    };
    Ok(same(row, &made, &wanted))
}

fn same(row: &Row, made: &[u8], wanted: &[u8]) -> Verdict {
    if made == wanted {
        hold(row, Found::Accepted(SAME), "")
    } else {
        Verdict::Failed(OTHER.to_owned())
    }
}

/// What a reference of the profile is to, and the octets that it digests.
pub(crate) fn digested(tree: &Tree, reference: &Element) -> Result<(Element, Vec<u8>), Cause> {
    let target = match reference.attribute("URI").ok_or(Cause::Structure)? {
        "" => tree.root().clone(),
        uri => {
            let id = uri.strip_prefix('#').ok_or(Cause::Unsupported)?;
            tree.view(EVERYTHING).id(id).ok_or(Cause::UnknownReference)?
        }
    };
    let (mut without, mut c14n) = (None, C14n::inclusive());
    for transform in reference.descendants().filter(|inside| inside.is(NAMESPACE, "Transform")) {
        if transform.attribute("Algorithm") == Some(ENVELOPED) {
            without = around(reference, "Signature");
        } else {
            c14n = method(&transform, Comments::Out).ok_or(Cause::Unsupported)?;
        }
    }
    let octets = tree.view(EVERYTHING).canonicalize(&target, &c14n, without.as_ref(), MOST);
    octets.map(|octets| (target, octets)).map_err(|_| Cause::Unsupported)
}

/// The octets that are signed by way of a SignedInfo.
pub(crate) fn signed(tree: &Tree, info: &Element) -> Option<Vec<u8>> {
    let stated = info.child(NAMESPACE, "CanonicalizationMethod").ok()??;
    Some(octets(tree, info, &method(&stated, Comments::AsStated)?))
}

/// What becomes of comments. A same-document reference has lost them before any transform.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comments {
    Out,
    AsStated,
}

/// A canonicalization of the profile.
fn method(stated: &Element, comments: Comments) -> Option<C14n> {
    let algorithm = stated.attribute("Algorithm")?;
    let list = stated.elements().next();
    let prefixes = list.as_ref().and_then(|list| list.attribute("PrefixList")).unwrap_or_default();
    let (plain, variant) = if let Some(variant) = algorithm.strip_prefix(INCLUSIVE) {
        (C14n::inclusive(), variant.trim_start_matches('#'))
    } else {
        (C14n::exclusive_with(prefixes), algorithm.strip_prefix(EXCLUSIVE)?)
    };
    match variant {
        WITH_COMMENTS if comments == Comments::AsStated => Some(plain.with_comments()),
        WITH_COMMENTS | "" => Some(plain),
        _ => None,
    }
}

/// The canonical octets of an element.
pub(crate) fn octets(tree: &Tree, apex: &Element, method: &C14n) -> Vec<u8> {
    tree.view(EVERYTHING).canonicalize(apex, method, None, MOST).unwrap_or_default()
}

/// Whether the reference is refused; and the text that shows why it must be.
fn reference_refused(row: &Row, octets: &[u8]) -> Result<(Found, String), String> {
    let tree = match parsed(octets) {
        Ok(tree) => tree,
        Err(cause) => {
            return Ok((Found::Refused(cause), String::from_utf8_lossy(octets).into_owned()));
        }
    };
    let number = number(row).ok_or("no reference is named")?;
    let reference = nth_reference(&tree, number).ok_or("no such reference")?;
    let scope = reference.in_scope().into_iter().map(|(prefix, namespace)| match prefix.as_str() {
        "" => format!(" xmlns=\"{namespace}\""),
        prefix => format!(" xmlns:{prefix}=\"{namespace}\""),
    });
    let found = refusal(INCLUSIVE, &scope.collect::<String>(), reference.source())?;
    Ok((found, reference.source().to_owned()))
}

/// What becomes of a signature with that canonicalization and that one reference, and nothing else that could be wrong with it.
fn refusal(canonicalization: &str, scope: &str, reference: &str) -> Result<Found, String> {
    let text = format!(
        "<_:Signature xmlns:_=\"{NAMESPACE}\" {scope}><_:SignedInfo>\
         <_:CanonicalizationMethod Algorithm=\"{canonicalization}\"/>\
         <_:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>{reference}</_:SignedInfo>\
         <_:SignatureValue>AAAA</_:SignatureValue></_:Signature>"
    );
    let tree = parsed(text.as_bytes()).map_err(|cause| format!("around the reference: {cause}"))?;
    Ok(match shape(&tree, tree.root(), ALLOWED) {
        Ok(()) => Found::Accepted("in the profile"),
        Err(cause) => Found::Refused(cause),
    })
}

/// Octets that nobody vouches for: what they are to us.
fn form(octets: &[u8]) -> Found {
    match parsed(octets) {
        Err(cause) => Found::Refused(cause),
        Ok(tree) => {
            let again = self::octets(&tree, tree.root(), &C14n::inclusive().with_comments());
            let own = if again == octets { "its own canonical form" } else { "not canonical" };
            Found::Accepted(own)
        }
    }
}

/// A document with its index of ids.
pub(crate) fn parsed(octets: &[u8]) -> Result<Tree, Cause> {
    Tree::new(parse(octets)?).map_err(|flaw| parsing::cause(&flaw))
}

/// `7` of `octets that are digested for reference 7 of …`.
fn number(row: &Row) -> Option<usize> {
    first_word(row.notes.split_once(" reference ")?.1).parse().ok()
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

fn nth_reference(tree: &Tree, number: usize) -> Option<Element> {
    tree.root().descendants().filter(|inside| inside.is(NAMESPACE, "Reference")).nth(number)
}

fn named(tree: &Tree, local: &str) -> Option<Element> {
    tree.root().descendants().find(|inside| inside.local() == local)
}

fn around(element: &Element, local: &str) -> Option<Element> {
    std::iter::successors(element.parent(), Element::parent).find(|e| e.is(NAMESPACE, local))
}
