//! Changes that know nothing of XML.
//!
//! In:  octets.
//! Out: other octets, mostly broken.
//! Never: empty ones.

use super::Edit;
use crate::Random;

const PIECES: [&str; 20] = [
    "<!---->",
    "<!--x-->",
    "<![CDATA[]]>",
    "<![CDATA[x]]>",
    " ",
    "\r\n",
    "\t",
    "&#x20;",
    "&#13;",
    "<x/>",
    "<t:NameID>m</t:NameID>",
    " xmlns=\"urn:m\"",
    " xmlns=\"\"",
    " xmlns:t=\"urn:m\"",
    " ID=\"_2\"",
    " Id=\"_1\"",
    " xml:space=\"preserve\"",
    "<?m?>",
    "<!DOCTYPE m>",
    "&m;",
];

/// LIMIT: longer runs would mostly leave no document at all.
const LONGEST: usize = 200;

pub(super) fn step(edit: &mut Edit, random: &mut Random) {
    let (at, other) = (random.below(edit.len()), random.below(edit.len()));
    let start = at.min(other);
    let end = at.max(other).min(start.saturating_add(LONGEST));
    match random.below(8) {
        0 => {
            let octet = random.one_of(b"<>&\"'= /:-!\0aA0_").unwrap_or_default();
            edit.replace(at..at.saturating_add(1), &[octet]);
        }
        1 => {
            let octet = edit.octets.get(at).copied().unwrap_or_default();
            let flipped = octet ^ random.one_of(&[1, 2, 4, 8, 16, 32, 64, 128]).unwrap_or_default();
            edit.replace(at..at.saturating_add(1), &[flipped]);
        }
        2 => edit.replace(start..end, b""),
        3 => {
            let copy = edit.at(start..end).to_vec();
            edit.insert(random.below(edit.len()), &copy);
        }
        4 => {
            let reversed: Vec<u8> = edit.at(start..end).iter().rev().copied().collect();
            edit.replace(start..end, &reversed);
        }
        5 => edit.insert(at, piece(random)),
        _ => {
            // At a tag's edge, where pieces do most.
            let rest = edit.at(at..edit.len());
            let edge = memchr::memchr2(b'<', b'>', rest).map_or(at, |by| at.saturating_add(by));
            edit.insert(edge, piece(random));
        }
    }
    if edit.octets.is_empty() {
        edit.octets.push(b'<');
    }
}

fn piece(random: &mut Random) -> &'static [u8] {
    random.one_of(&PIECES).unwrap_or_default().as_bytes()
}
