//! A verified element is made by signature verification alone.
use symbolon_xml::Element;
use symbolon_xmlsec::VerifiedElement;

fn forge(element: Element) -> VerifiedElement {
    VerifiedElement(element)
}

fn main() {}
