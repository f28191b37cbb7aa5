//! Elements, trees and views: what callers read, and what they must not be able to misread.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use symbolon_xml::{Document, EVERYTHING, Element, Flaw, Limits, Place, Repeated, Tree};

const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

fn parse(text: &str) -> Element {
    Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap()
}

#[test]
fn a_comment_does_not_truncate_text() {
    let name = parse("<n>admin<!-- -->@example<![CDATA[.com]]>.evil<b>no</b>.org</n>");
    assert_eq!(name.text(), "admin@example.com.evil.org");
    let tree = Tree::new(name.clone()).unwrap();
    assert_eq!(tree.view(EVERYTHING).text(&name), name.text());
}

#[test]
fn a_child_that_stands_twice_is_an_error_and_never_the_first_or_the_last() {
    let root = parse("<r xmlns:p='urn:p'><a>1</a><p:b/><a>2</a></r>");
    assert_eq!(root.child("", "a").map(|_| ()), Err(Repeated));
    assert!(root.child("urn:p", "b").unwrap().is_some());
    assert!(root.child("", "b").unwrap().is_none());
    assert!(root.child("urn:p", "a").unwrap().is_none());
}

#[test]
fn names_are_namespace_and_local_name_and_the_prefix_is_as_written() {
    let root = parse("<p:r xmlns:p='urn:p' xmlns='urn:d'><a/><b xmlns=''/></p:r>");
    let [a, b] = root.elements().collect::<Vec<_>>().try_into().unwrap();
    assert!(root.is("urn:p", "r") && a.is("urn:d", "a") && b.is("", "b"));
    assert_eq!([root.prefix(), a.prefix(), b.prefix()], ["p", "", ""]);
    assert_eq!([root.namespace(), a.namespace(), b.namespace()], ["urn:p", "urn:d", ""]);
    assert!(!root.is("urn:p", "R") && !root.is("", "r") && !a.is("", "a"));
}

#[test]
fn an_attribute_is_found_only_in_its_own_namespace() {
    let root = parse("<r xmlns:p='urn:p' xmlns='urn:d' id='1' p:id='2' p:only='3'/>");
    assert_eq!(root.attribute("id"), Some("1"));
    assert_eq!(root.attribute_in("urn:p", "id"), Some("2"));
    assert_eq!(root.attribute("only"), None);
    assert_eq!(root.attribute_in("urn:d", "id"), None);
    assert_eq!(root.attributes().count(), 3);
}

#[test]
fn prefixes_are_resolved_where_they_are_used() {
    let root = parse("<r xmlns:p='urn:1' xmlns='urn:d'><p:a xmlns:p='urn:2' xmlns=''/></r>");
    let a = root.elements().next().unwrap();
    assert_eq!([root.declared("p"), root.declared("")], [Some("urn:1"), Some("urn:d")]);
    assert_eq!([a.declared("p"), a.declared(""), a.declared("q")], [Some("urn:2"), None, None]);
    assert_eq!(a.declared("xml"), Some(symbolon_xml::XML_NAMESPACE));
    assert_eq!(a.in_scope(), [("p".to_owned(), "urn:2".to_owned())]);
}

#[test]
fn source_is_what_was_sent() {
    let root = parse("<r>\n <a  b='1'>x<!-- y --></a ></r>");
    assert_eq!(root.elements().next().unwrap().source(), "<a  b='1'>x<!-- y --></a >");
}

#[test]
fn identity_is_of_the_node_and_not_of_its_content() {
    let (one, other) = (parse("<r><a/><a/></r>"), parse("<r><a/><a/></r>"));
    let [a, b] = one.elements().collect::<Vec<_>>().try_into().unwrap();
    assert!(a.same(&one.elements().next().unwrap()));
    assert!(!a.same(&b) && !one.same(&other) && !a.same(&other.elements().next().unwrap()));
    assert!(a.parent().unwrap().same(&one) && one.parent().is_none());
}

#[test]
fn an_element_outlives_the_handle_it_came_from() {
    fn kept<T: Send + Sync + Clone + 'static>(value: T) -> T {
        value
    }
    let kept = kept(parse("<r><a>x</a></r>").elements().next().unwrap());
    assert_eq!(std::thread::spawn(move || kept.text()).join().unwrap(), "x");
}

#[test]
fn debug_shows_no_content() {
    let shown = format!("{:?}", parse("<r secret='secret'>secret</r>"));
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn every_kind_of_id_is_found_and_nothing_else_is_an_id() {
    let text = format!(
        "<r xmlns:u='{WSU}' xmlns:o='urn:o'><a Id='1'/><a ID='2'/><a id='3'/><a AssertionID='4'/>\
         <a u:Id='5'/><a xml:id='6'/><a u:ID='7'/><a o:Id='8'/><a ResponseID='9'/><a Id=''/></r>"
    );
    let tree = Tree::new(parse(&text)).unwrap();
    let view = tree.view(Place(0, 0));
    let children: Vec<_> = tree.root().elements().collect();
    for (number, child) in children.iter().enumerate().take(6) {
        assert!(view.id(&(number + 1).to_string()).unwrap().same(child));
    }
    for none in ["7", "8", "9", "", "a"] {
        assert!(view.id(none).is_none(), "{none:?}");
    }
}

#[test]
fn an_id_on_two_elements_is_refused() {
    for text in [
        "<r><a Id='x'/><b Id='x'/></r>",
        "<r ID='x'><a><b id='x'/></a></r>",
        "<r AssertionID='x'><a xml:id='x'/></r>",
        "<r Id='x' ID='x'/>",
        "<r><a Id='x'/><b Id='&#x78;'/></r>",
    ] {
        let flaw = Tree::new(parse(text)).map(drop);
        assert_eq!(flaw, Err(Flaw::DuplicateId("x".to_owned())), "{text}");
    }
}

#[test]
fn a_detached_token_reaches_nothing_outside() {
    let message = parse("<r><t ID='t'><in Id='in'/></t><out Id='out'/></r>");
    let token = message.elements().next().unwrap();
    let tree = Tree::detached(&token).unwrap();
    let view = tree.view(EVERYTHING);
    assert!(view.id("t").unwrap().same(&token) && view.id("in").is_some());
    assert!(view.id("out").is_none());

    // Its ids are its own: the message may use them too, the token itself may not twice.
    let message = parse("<r><t ID='t'><in Id='in'/></t><out Id='in'/></r>");
    assert!(Tree::new(message.clone()).is_err());
    assert!(Tree::detached(&message.elements().next().unwrap()).is_ok());
    assert!(Tree::detached(&parse("<t ID='t'><in Id='t'/></t>")).is_err());
}
