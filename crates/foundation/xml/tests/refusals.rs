//! Every refusal with its exact flaw, and beside it what is just allowed.

use symbolon_xml::{Document, Flaw, Limits};

fn parse(text: &str) -> Result<(), Flaw> {
    Document::parse(text.as_bytes(), &Limits::MESSAGE).map(drop)
}

#[track_caller]
fn refused(flaw: &Flaw, texts: &[&str]) {
    for text in texts {
        assert_eq!(parse(text).as_ref(), Err(flaw), "{text:?}");
    }
}

#[track_caller]
fn accepted(texts: &[&str]) {
    for text in texts {
        assert_eq!(parse(text), Ok(()), "{text:?}");
    }
}

fn limited(text: &str, change: impl FnOnce(&mut Limits)) -> Result<(), Flaw> {
    let mut limits = Limits { octets: 1 << 20, depth: 1000, attributes: 1000, declarations: 1000 };
    change(&mut limits);
    Document::parse(text.as_bytes(), &limits).map(drop)
}

#[test]
fn one_octet_above_the_size_limit_is_refused() {
    assert_eq!(limited("<a></a>", |l| l.octets = 7), Ok(()));
    assert_eq!(limited("<a></a>", |l| l.octets = 6), Err(Flaw::TooLarge));
}

#[test]
fn one_level_above_the_depth_limit_is_refused() {
    for text in ["<a><b><c/></b></a>", "<a><x/><b><c></c></b></a>", "<a><x></x><b><c/></b></a>"] {
        assert_eq!(limited(text, |l| l.depth = 3), Ok(()));
        assert_eq!(limited(text, |l| l.depth = 2), Err(Flaw::TooDeep));
    }
}

#[test]
fn one_attribute_above_the_limit_is_refused() {
    let text = r#"<a><b c="1" xmlns:d='urn:d' d:e="/>"/></a>"#;
    assert_eq!(limited(text, |l| l.attributes = 3), Ok(()));
    assert_eq!(limited(text, |l| l.attributes = 2), Err(Flaw::TooManyAttributes));
}

#[test]
fn one_namespace_declaration_above_the_limit_is_refused() {
    let text = r#"<a xmlns="urn:a"><b xmlns:b="urn:b"/><c xmlns=""/></a>"#;
    assert_eq!(limited(text, |l| l.declarations = 3), Ok(()));
    assert_eq!(limited(text, |l| l.declarations = 2), Err(Flaw::TooManyDeclarations));
}

#[test]
fn more_than_64_namespaces_in_scope_are_refused() {
    let declare = |from: usize, to: usize| {
        (from..to).map(|n| format!(" xmlns:n{n}='urn:{n}'")).collect::<String>()
    };
    let nested = |most: usize| format!("<a{}><b{}/></a>", declare(0, 40), declare(40, most));
    assert_eq!(parse(&nested(64)), Ok(()));
    assert_eq!(parse(&nested(65)), Err(Flaw::TooManyDeclarations));
    // What is out of scope again does not count.
    let empty = format!("<b{}/>", declare(40, 64)).repeat(9);
    let full = format!("<b{}><c/></b>", declare(40, 64)).repeat(9);
    assert_eq!(parse(&format!("<a{}>{empty}{full}</a>", declare(0, 40))), Ok(()));
}

#[test]
fn a_million_open_tags_are_refused_without_being_parsed() {
    let text = "<a>".repeat(1_000_000);
    assert_eq!(limited(&text, |l| l.octets = usize::MAX), Err(Flaw::TooDeep));
    assert_eq!(limited(&text, |_| ()), Err(Flaw::TooLarge));
}

#[test]
fn octets_that_are_not_utf8_are_refused() {
    for octets in [b"<a>\xff</a>".as_slice(), b"<a>\xed\xa0\x80</a>", b"\xff\xfe<\0a\0/\0>\0"] {
        assert_eq!(Document::parse(octets, &Limits::MESSAGE).map(drop), Err(Flaw::NotUtf8));
    }
}

#[test]
fn a_document_type_is_refused() {
    refused(
        &Flaw::Doctype,
        &[
            "<!DOCTYPE a><a/>",
            "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
            "<!-- --><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
            "<a><!DOCTYPE a></a>",
        ],
    );
    refused(&Flaw::Malformed, &["<!doctype a><a/>", "<a><!ENTITY e 'x'></a>", "<a>&e;</a>"]);
}

#[test]
fn a_processing_instruction_is_refused_wherever_it_stands() {
    refused(
        &Flaw::ProcessingInstruction,
        &[
            "<?p?><a/>",
            "<a><?p x?></a>",
            "<a/><?p?>",
            " <?xml version='1.0'?><a/>",
            "<?xml version='1.0'?><?xml version='1.0'?><a/>",
            "<?xml-stylesheet href='x'?><a/>",
            "<?xml?><a/>",
        ],
    );
    accepted(&["<a><!-- <?p?> <!DOCTYPE --></a>", "<a><![CDATA[<?p?>]]></a>"]);
}

#[test]
fn an_xml_declaration_that_is_not_1_0_in_utf8_is_refused() {
    refused(
        &Flaw::Declaration,
        &[
            "<?xml version='1.1'?><a/>",
            "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
            "<?xml version='1.0' encoding='UTF-16'?><a/>",
            "<?xml encoding='UTF-8'?><a/>",
            "<?xml encoding='UTF-8' version='1.0'?><a/>",
            "<?xml version='1.0' standalone='maybe'?><a/>",
            "<?xml version='1.0' version='1.0'?><a/>",
            "<?xml version='1.0'encoding='UTF-8'?><a/>",
            "<?xml version='1.0' other='x'?><a/>",
            "<?xml version=1.0?><a/>",
            "<?xml version='1.0\"?><a/>",
            "<?xml version='1.0'",
        ],
    );
    accepted(&[
        "<?xml version='1.0'?><a/>",
        "<?xml\tversion = \"1.0\"\r\nencoding='utf-8' standalone='yes' ?>\n<a/>",
        "\u{FEFF}<?xml version='1.0' encoding='UTF-8'?><a/>",
        "\u{FEFF}<a/>",
        "\r\n\t <a/>\n<!-- end -->\n",
    ]);
}

#[test]
fn a_second_byte_order_mark_is_refused() {
    refused(
        &Flaw::Malformed,
        &["\u{FEFF}\u{FEFF}<a/>", "<?xml version='1.0'?>\u{FEFF}<a/>", " \u{FEFF}<a/>"],
    );
}

// Leniencies of parsers that are in use, each of which would be read as something.

#[test]
fn a_name_with_an_empty_prefix_is_refused() {
    refused(
        &Flaw::EmptyPrefix,
        &["<:a/>", "<:a></:a>", "<a></:a>", "<a :b='1'/>", "<a :xmlns='urn:a'/>", "<a><:b/></a>"],
    );
}

#[test]
fn a_forbidden_namespace_declaration_is_refused() {
    refused(
        &Flaw::NamespaceDeclaration,
        &[
            "<a xmlns:b=''/>",
            "<a xmlns:b = \"\"/>",
            "<a xmlns:xmlns='urn:a'/>",
            "<a xmlns:b='urn:b' b:xmlns='urn:evil'/>",
            "<a unbound:xmlns='urn:evil'/>",
            "<a xmlns='urn:a' xmlns='urn:b'/>",
            "<a xmlns='' b='1' xmlns=''/>",
            "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' \
             xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
            "<a xmlns:b='urn:b' xmlns:b='urn:b'/>",
            "<a xmlns:xml='urn:x'/>",
            "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
            "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
            "<a xmlns:b='http://www.w3.org/XML/1998/namespace'/>",
            "<a xmlns:b='http://www.w3.org/XML/1998/namespac&#x65;'/>",
        ],
    );
    refused(&Flaw::Malformed, &["<a xmlns:='urn:a'/>"]);
    accepted(&["<a xmlns='urn:a'><b xmlns=''/></a>", "<a xmlns:xmlnsx='urn:x' b='xmlns:c='/>"]);
}

#[test]
fn a_reference_to_what_is_no_character_is_refused() {
    for reference in [
        "&#xD800;",
        "&#xDFFF;",
        "&#55296;",
        "&#xFFFE;",
        "&#xFFFF;",
        "&#0;",
        "&#x1;",
        "&#x110000;",
        "&#1114112;",
        "&#x100000041;",
        "&#99999999999999999999;",
    ] {
        refused(
            &Flaw::CharacterReference,
            &[&format!("<a>{reference}</a>"), &format!("<a b=\"'{reference}\"/>")],
        );
        accepted(&[&format!("<a><!--{reference}--><![CDATA[{reference}]]></a>")]);
    }
    refused(&Flaw::Malformed, &["<a>&#x41</a>", "<a>&#65 ;</a>"]);
    accepted(&["<a b='&#x9;&#10;&#xD;'>&#x10FFFF;&#xE000;&#x0000000041;&amp;#xD800;</a>"]);
}

#[test]
fn what_is_not_well_formed_is_refused() {
    refused(
        &Flaw::Malformed,
        &[
            "",
            " ",
            "text",
            "<a>",
            "<a",
            "<a ",
            "</a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>text",
            "text<a/>",
            "<a><b></a></b>",
            "<a b='1' b='2'/>",
            "<a b=1/>",
            "<a b/>",
            "<a b='1'c='2'/>",
            "<a b='<'/>",
            "<a>]]></a>",
            "<a><!-- -- --></a>",
            "<a><!-- --->",
            "<a><!-->",
            "<a><![CDATA[</a>",
            "<1/>",
            "<a>\u{1}</a>",
            "<a>\u{FFFE}</a>",
            "<a b='\u{8}'/>",
            "<p:a/>",
            "<a p:b='1'/>",
            "< a/>",
            "<a:b:c xmlns:a='urn:a'/>",
            "<xmlns:a/>",
            "<![CDATA[x]]><a/>",
            "<a>&undefined;</a>",
            "<a>&amp</a>",
            "<a>&</a>",
            "<a b='&'/>",
            "<a b='1",
            "<a / >",
            "<a><</a>",
            "<a>\0</a>",
            "<a xmlns:p='urn:p' xmlns:q='urn:p' p:x='1' q:x='1'/>",
            "<a xml:b='1' xml:b='2'/>",
        ],
    );
    accepted(&["<a xmlns='urn:a' xmlns:p='urn:a' b='1' p:b='2' xml:b='3' B='4'/>"]);
}
