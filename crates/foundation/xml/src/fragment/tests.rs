//! What content may be, and what it inherits. How trees show it: `tests/grafts.rs`.

use proptest::prelude::*;

use crate::{C14n, Document, EVERYTHING, Element, Flaw, Fragment, Limits, Shape, Tree};

const LIMITS: Limits = Limits { octets: 4096, depth: 10, attributes: 10, declarations: 10 };

fn root(text: &str) -> Element {
    Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap()
}

/// The element called `at`.
fn place(text: &str) -> Element {
    root(text).descendants().find(|element| element.local() == "at").unwrap()
}

fn content(at: &Element, plain: &str) -> Result<Fragment, Flaw> {
    Tree::fragment(at, plain.as_bytes(), Shape::Content, &LIMITS)
}

fn element(at: &Element, plain: &str) -> Result<Element, Flaw> {
    Tree::fragment(at, plain.as_bytes(), Shape::Element, &LIMITS).map(|one| one.element().unwrap())
}

#[track_caller]
fn refused(flaw: &Flaw, plains: &[&str]) {
    let at = place("<m xmlns:p='urn:p'><at/></m>");
    for plain in plains {
        assert_eq!(content(&at, plain).map(drop).as_ref(), Err(flaw), "{plain:?}");
        assert_eq!(element(&at, plain).map(drop).as_ref(), Err(flaw), "{plain:?}");
    }
}

#[test]
fn content_that_ends_its_wrapper_is_refused() {
    refused(
        &Flaw::Malformed,
        &[
            "</w><w>",
            "<a/></w><w><a/>",
            "</w>",
            "</w><!-- --><w>",
            "<a></w>",
            "<w>",
            "<w><w></w>",
            "</w ><w>",
            "</w><w/>",
            "</w><w a='",
        ],
    );
}

const TOKENS: [&str; 18] = [
    "</w>",
    "<w>",
    "<w/>",
    "<w ",
    "<a>",
    "</a>",
    "<a/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    ">",
    "'",
    "\"",
    "b='",
    "text",
    "&lt;",
    " ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn content_is_well_formed_whatever_is_wrapped_around_it(
        tokens in proptest::collection::vec(proptest::sample::select(&TOKENS[..]), 0..8),
    ) {
        let plain = tokens.concat();
        let ours = content(&place("<m><at/></m>"), &plain);
        let other = Document::parse(format!("<v>{plain}</v>").as_bytes(), &LIMITS);
        match (ours, other) {
            (Ok(ours), Ok(other)) => {
                prop_assert_eq!(ours.elements().count(), other.elements().count(), "{}", plain);
            }
            (ours, other) => prop_assert_eq!(ours.err(), other.err(), "{}", plain),
        }
    }
}

#[test]
fn content_that_swallows_the_end_of_its_wrapper_is_refused() {
    refused(
        &Flaw::Malformed,
        &["<!--", "<!-- --", "<a/><!-- ", "<![CDATA[", "<a b='", "<a b=\"", "<a ", "<", "&"],
    );
}

#[test]
fn content_passes_the_guard_of_documents() {
    refused(&Flaw::ProcessingInstruction, &["<?xml version='1.0'?><a/>", "<a><?p?></a>", "<?p"]);
    refused(&Flaw::Doctype, &["<!DOCTYPE a><a/>"]);
    refused(&Flaw::EmptyPrefix, &["<:a/>"]);
    refused(&Flaw::NamespaceDeclaration, &["<a xmlns:b=''/>", "<a p:xmlns='urn:evil'/>"]);
    refused(&Flaw::CharacterReference, &["<a>&#xD800;</a>"]);
    refused(&Flaw::Malformed, &["<a/>\0", "]]>", "<a b='1' b='2'/>", "<q:a/>", "&a;", "<a>"]);
    let at = place("<m><at/></m>");
    let octets = Tree::fragment(&at, b"<a>\xff</a>", Shape::Content, &LIMITS);
    assert_eq!(octets.map(drop), Err(Flaw::NotUtf8));
}

#[test]
fn one_element_is_one_element_and_nothing_beside_it() {
    let at = place("<m><at/></m>");
    assert_eq!(element(&at, "<a>b<c/><!-- d --></a>").unwrap().text(), "b");
    for plain in [
        "",
        "text",
        " ",
        "<!-- a -->",
        "<a/><b/>",
        "<a/> ",
        "\n<a/>",
        "<a/>text",
        "<!-- --><a/>",
        "<a/><!-- -->",
        "<![CDATA[]]><a/>",
        "\u{FEFF}<a/>",
    ] {
        assert_eq!(element(&at, plain).map(drop), Err(Flaw::NotOneElement), "{plain:?}");
        assert!(content(&at, plain).is_ok(), "{plain:?}");
    }
    assert!(content(&at, "<a/>").unwrap().element().is_some());
    assert!(content(&at, "<a/><b/>").unwrap().element().is_none());
    assert_eq!(content(&at, "1<a/>2<b/>").unwrap().elements().count(), 2);
}

#[test]
fn names_mean_what_they_mean_around_the_replaced_element_and_not_in_it() {
    let at = place(
        "<m xmlns='urn:d' xmlns:p='urn:&amp;&lt;&quot;&#9;' xmlns:q='urn:q'>\
         <n xmlns:q='urn:q2' xmlns=''><at xmlns='urn:evil' xmlns:p='urn:evil' xmlns:r='urn:r'/></n></m>",
    );
    let one = element(&at, "<p:a q:b='1'><c xmlns='urn:c'/></p:a>").unwrap();
    assert!(one.is("urn:&<\"\t", "a") && one.attribute_in("urn:q2", "b").is_some());
    assert!(one.elements().next().unwrap().is("urn:c", "c"));
    assert!(element(&at, "<a/>").unwrap().is("", "a"));
    assert_eq!(element(&at, "<r:a/>").map(drop), Err(Flaw::Malformed));
    // Without anything around it, nothing is in scope.
    let alone = root("<at xmlns:p='urn:p' xml:lang='en'/>");
    assert_eq!(element(&alone, "<p:a/>").map(drop), Err(Flaw::Malformed));
    assert!(element(&alone, "<a/>").unwrap().parent().is_none());
}

#[test]
fn attributes_in_the_xml_namespace_are_inherited_from_around_the_replaced_element() {
    let at = place(
        "<m xml:lang='en' xml:space='preserve'><n xml:lang='d&#10;&quot;e'>\
         <at xml:lang='evil' xml:base='evil'/></n></m>",
    );
    let one = element(&at, "<a/>").unwrap();
    assert_eq!(one.attributes().count(), 0);
    let tree = Tree::detached(&one).unwrap();
    let octets = tree.view(EVERYTHING).canonicalize(&one, &C14n::inclusive(), None, 999).unwrap();
    assert_eq!(
        String::from_utf8(octets).unwrap(),
        "<a xml:lang=\"d&#xA;&quot;e\" xml:space=\"preserve\"></a>"
    );
}

#[test]
fn line_ends_are_those_of_a_document() {
    let one = element(&place("<m><at/></m>"), "<a b='\r\n'>1\r\n2\r3&#xD;</a>").unwrap();
    assert_eq!((one.text().as_str(), one.attribute("b")), ("1\n2\n3\r", Some(" ")));
}

#[test]
fn content_is_as_deep_as_it_will_stand() {
    let nested = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
    let deep = place("<m><n><o><at/></o></n></m>");
    assert!(content(&deep, &nested(7)).is_ok());
    assert_eq!(content(&deep, &nested(8)).map(drop), Err(Flaw::TooDeep));
    let shallow = root("<at/>");
    assert!(content(&shallow, &nested(10)).is_ok());
    assert_eq!(content(&shallow, &nested(11)).map(drop), Err(Flaw::TooDeep));
    // What stands in content of its own counts the same.
    let inner = content(&deep, "<b><at/></b>").unwrap().element().unwrap();
    let inner = inner.elements().next().unwrap();
    assert!(content(&inner, &nested(6)).is_ok());
    assert_eq!(content(&inner, &nested(7)).map(drop), Err(Flaw::TooDeep));
}

#[test]
fn declarations_in_scope_count_for_the_scope_and_not_for_the_content() {
    let declare = |from: usize, to: usize| {
        (from..to).map(|n| format!(" xmlns:n{n}='urn:{n}'")).collect::<String>()
    };
    let limits = Limits { attributes: 100, declarations: 40, ..LIMITS };
    let of = |around: usize, inside: &str| {
        let at = place(&format!("<m{}><at/></m>", declare(0, around)));
        let fragment = Tree::fragment(&at, inside.as_bytes(), Shape::Content, &limits);
        fragment.map(|fragment| fragment.declarations())
    };
    assert_eq!(of(30, &format!("<a{}/>", declare(30, 64))), Ok(34));
    assert_eq!(of(31, &format!("<a{}/>", declare(31, 65))), Err(Flaw::TooManyDeclarations));
    assert_eq!(of(0, &format!("<a{}/>", declare(0, 40))), Ok(40));
    assert_eq!(of(0, &format!("<a{}/>", declare(0, 41))), Err(Flaw::TooManyDeclarations));
}

#[test]
fn what_is_inherited_is_within_the_limits_too() {
    let long = format!("<m xmlns:p='urn:{}'><at/></m>", "p".repeat(4096));
    assert_eq!(content(&place(&long), "").map(drop), Err(Flaw::TooLarge));
    let attributes: String = (0..11).map(|n| format!(" xml:a{n}=''")).collect();
    let many = format!("<m{attributes}><at/></m>");
    assert_eq!(content(&place(&many), "").map(drop), Err(Flaw::TooManyAttributes));
    let at = place("<m><at/></m>");
    let spaces = |count: usize| content(&at, &" ".repeat(count)).map(drop);
    assert_eq!((spaces(4089), spaces(4090)), (Ok(()), Err(Flaw::TooLarge)));
    assert_eq!(spaces(5000), Err(Flaw::TooLarge));
}

#[test]
fn replacements_directly_in_one_another_have_an_end() {
    let mut at = place("<m><at/></m>");
    for _ in 0..16 {
        at = element(&at, "<at/>").unwrap();
    }
    assert_eq!(element(&at, "<at/>").map(drop), Err(Flaw::TooDeep));
    assert_eq!(at.parent().unwrap().local(), "m");
}
