//! What is let in is what the standards let in, less what we refuse, and within the limits.
//!
//! In:  octets from anywhere.
//! Out: nothing; panics where the two readers disagree.
//! Never: which flaw it is; that is for tests that know.

use symbolon_xml::{Document, Limits};

use crate::strict;

/// Limits that a small document can meet.
const TIGHT: Limits = Limits { octets: 256, depth: 4, attributes: 3, declarations: 4 };

/// Holds the verdict on a document against the second reader's, within three sets of limits.
///
/// # Panics
/// Where they differ.
pub fn guard(octets: &[u8]) {
    for limits in [Limits::MESSAGE, Limits::TOKEN, TIGHT] {
        let ours = Document::parse(octets, &limits).err();
        let theirs = strict::read(octets, &limits);
        assert_eq!(ours.is_none(), theirs.is_some(), "within {limits:?} our verdict is {ours:?}");
    }
}
