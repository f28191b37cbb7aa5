//! The second reader against the words of the standards.

use super::*;

fn reads(document: &str) -> bool {
    read_any(document.as_bytes()).is_some()
}

#[test]
fn what_is_well_formed_is_read() {
    for document in [
        "<a/>",
        "\u{FEFF}<?xml version='1.0' encoding=\"utf-8\" standalone='no' ?>\r\n<!-- c --><a></a ><!----> ",
        "<a b = '>\"&lt;' c=\"'\"/>",
        "<a>&#65;&#x41;&amp;&lt;&gt;&apos;&quot;<![CDATA[<&]]]]>]]&gt;</a>",
        "<a xmlns='urn:a' xmlns:b='urn:b' b:c='1' c='1' xml:lang='en'><b:d xmlns=''/></a>",
        "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
        "<\u{C0}-.\u{B7}1/>",
    ] {
        assert!(reads(document), "{document}");
    }
}

#[test]
fn what_is_not_well_formed_is_not_read() {
    for document in [
        "",
        " ",
        "a",
        "<a>",
        "<a/><b/>",
        "<a></b>",
        "<a/>x",
        "x<a/>",
        "<a b='1'c='2'/>",
        "<a b/>",
        "<a b=1/>",
        "<a b='<'/>",
        "<a b='1' b='2'/>",
        "<a>]]></a>",
        "<a>&</a>",
        "<a>&b;</a>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a>&#;</a>",
        "<a>&#+65;</a>",
        "<a>&#xFFFE;</a>",
        "<a>\u{1}</a>",
        "<a>\u{FFFF}</a>",
        "<a><!-- -- --></a>",
        "<a><!----->-></a>",
        "<a><!--></a>",
        "< a/>",
        "<1/>",
        "<a/ >",
        "</a>",
        "<![CDATA[]]><a/>",
        "<a><?b?></a>",
        "<!DOCTYPE a><a/>",
        "<?xml version='1.1'?><a/>",
        " <?xml version='1.0'?><a/>",
        "<?xml version='1.0' encoding='latin1'?><a/>",
        "<?xml encoding='utf-8'?><a/>",
        "<?xml?><a/>",
    ] {
        assert!(!reads(document), "{document}");
    }
}

#[test]
fn what_breaks_the_rules_of_namespaces_is_not_read() {
    for document in [
        "<a:b/>",
        "<a b:c=''/>",
        "<:a/>",
        "<a:/>",
        "<a:b:c xmlns:a='urn:a'/>",
        "<a:1 xmlns:a='urn:a'/>",
        "<a xmlns:b=''/>",
        "<a xmlns:xmlns='urn:a'/>",
        "<a xmlns:xml='urn:a'/>",
        "<a xmlns:b='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<xmlns:a/>",
        "<a xmlns='urn:a' xmlns='urn:b'/>",
        "<a xmlns:b='urn:a' xmlns:c='urn:a' b:d='' c:d=''/>",
        "<a xmlns:b='urn:a' b:xmlns=''/>",
    ] {
        assert!(!reads(document), "{document}");
    }
}

#[test]
fn a_limit_is_met_and_not_passed() {
    let limits = Limits { octets: 40, depth: 2, attributes: 2, declarations: 2 };
    let reads = |document: &str| read(document.as_bytes(), &limits).is_some();
    assert!(reads("<a b='' c=''><d/></a>"));
    assert!(!reads("<a b='' c='' d=''/>"));
    assert!(!reads("<a><b><c/></b></a>"));
    assert!(!reads("<a xmlns='u:'><b xmlns='u:'/><b xmlns='u:'/></a>"));
    assert!(!reads(&format!("<a>{}</a>", "x".repeat(34))));
}

#[test]
fn values_and_text_are_normalised_as_they_must_be() {
    let root =
        read_any(b"<a b='1\t2\n3\r\n4&#9;5&#xD;'>x\r\ny\rz<!-- -->&#xD;<![CDATA[w]]></a>").unwrap();
    assert_eq!(root.attributes[0].value, "1 2 3 4\t5\r");
    assert_eq!(root.text(), "x\ny\nz\rw");
}

/// Forms of the second element, `b`.
fn form(exclusive: Option<&[&str]>, comments: bool) -> Option<String> {
    let document = b"<a xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q' xml:lang='en'><p:b z='1' p:y='\"' x='&#9;'><!--c-->&amp;\
        <c xmlns=''><d/></c></p:b></a>";
    let exclusive = exclusive.map(|listed| listed.iter().map(|one| (*one).to_owned()).collect());
    canonical(&read_any(document).unwrap(), 1, Some(3), &Form { exclusive, comments })
}

#[test]
fn canonical_forms_are_as_specified() {
    let expected = "<p:b xmlns:p=\"urn:p\" x=\"&#x9;\" z=\"1\" p:y=\"&quot;\">&amp;<c></c></p:b>";
    assert_eq!(form(Some(&[]), false).unwrap(), expected);
    let expected = "<p:b xmlns=\"urn:d\" xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" x=\"&#x9;\" z=\"1\" xml:lang=\"en\" \
        p:y=\"&quot;\"><!--c-->&amp;<c xmlns=\"\"></c></p:b>";
    assert_eq!(form(None, true).unwrap(), expected);
    let expected = "<p:b xmlns=\"urn:d\" xmlns:p=\"urn:p\" x=\"&#x9;\" z=\"1\" p:y=\"&quot;\">&amp;<c xmlns=\"\"></c></p:b>";
    assert_eq!(form(Some(&["#default", "none"]), false).unwrap(), expected);
}

#[test]
fn a_relative_namespace_that_is_written_has_no_canonical_form() {
    let exclusive = Form { exclusive: Some(Vec::new()), comments: false };
    let inclusive = Form { exclusive: None, comments: false };
    let root = read_any(b"<a xmlns:p='p'><b xmlns='b:'/></a>").unwrap();
    assert!(canonical(&root, 0, None, &exclusive).is_some());
    assert_eq!(canonical(&root, 0, None, &inclusive), None);
}
