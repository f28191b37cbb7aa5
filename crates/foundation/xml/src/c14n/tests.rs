//! What the standards say, one rule each. Agreement with libxml2 at large: `tests/libxml2.rs`.

use crate::{C14n, Document, EVERYTHING, Element, Limits, Tree, Uncanonical};

fn root(text: &str) -> Element {
    Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap()
}

fn canonical(apex: &Element, method: &C14n, without: Option<&Element>) -> String {
    let tree = Tree::new(apex.clone()).unwrap();
    let octets = tree.view(EVERYTHING).canonicalize(apex, method, without, usize::MAX).unwrap();
    String::from_utf8(octets).unwrap()
}

#[track_caller]
fn becomes(text: &str, expected: &str) {
    assert_eq!(canonical(&root(text), &C14n::exclusive(), None), expected, "{text:?}");
}

#[track_caller]
fn child_becomes(text: &str, method: &C14n, expected: &str) {
    let child = root(text).elements().next().unwrap();
    assert_eq!(canonical(&child, method, None), expected, "{text:?}");
}

#[test]
fn tags_are_written_in_full_with_double_quotes() {
    becomes("<a  b = 'c'\n/>", r#"<a b="c"></a>"#);
    becomes("<?xml version='1.0'?>\n<a ></a >\n", "<a></a>");
}

#[test]
fn comments_are_dropped_and_sections_become_text() {
    becomes("<!-- x --><a>b<!-- y -->c<![CDATA[<d>&]]></a><!-- z -->", "<a>bc&lt;d&gt;&amp;</a>");
}

#[test]
fn text_is_escaped() {
    becomes(
        "<a>&amp;&lt;&gt;>&quot;\"'\t\n&#xD;\u{e9}\u{FFFD}\u{F8FF}</a>",
        "<a>&amp;&lt;&gt;&gt;\"\"'\t\n&#xD;\u{e9}\u{FFFD}\u{F8FF}</a>",
    );
}

#[test]
fn attribute_values_are_normalised_and_escaped() {
    becomes(
        "<a b='&amp;&lt;&gt;>&quot;\"&#x9;&#xA;&#xD;x\ty\nz\r\nw\u{e9}'/>",
        "<a b=\"&amp;&lt;>>&quot;&quot;&#x9;&#xA;&#xD;x y z w\u{e9}\"></a>",
    );
}

#[test]
fn line_ends_are_line_feeds_also_beside_references() {
    becomes("<a>1\r\n2\r3\r\r\n4&#65;\r</a>", "<a>1\n2\n3\n\n4A\n</a>");
    becomes("<a>\r&#65;\r&#xA;<![CDATA[\r\n]]></a>", "<a>\nA\n\n\n</a>");
    becomes("<a>&#xD;\r\n</a>", "<a>&#xD;\n</a>");
}

#[test]
fn attributes_stand_in_order_of_namespace_name_then_local_name() {
    becomes(
        "<a xmlns:p='urn:z' xmlns:q='urn:b' p:a='1' q:z='2' xml:lang='en' b='3' a='4' q:b='5'/>",
        "<a xmlns:p=\"urn:z\" xmlns:q=\"urn:b\" a=\"4\" b=\"3\" xml:lang=\"en\" q:b=\"5\" q:z=\"2\" p:a=\"1\"></a>",
    );
}

#[test]
fn namespaces_are_declared_where_they_are_visibly_used() {
    becomes(
        "<a xmlns:u='urn:u' xmlns:v='urn:v' xmlns:w='urn:w'><u:b v:c=''/><u:b><u:d/></u:b></a>",
        "<a><u:b xmlns:u=\"urn:u\" xmlns:v=\"urn:v\" v:c=\"\"></u:b>\
         <u:b xmlns:u=\"urn:u\"><u:d></u:d></u:b></a>",
    );
}

#[test]
fn a_prefix_declared_anew_is_written_anew() {
    becomes(
        "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/></p:b><p:d xmlns:p='urn:1'/></p:a>",
        "<p:a xmlns:p=\"urn:1\"><p:b xmlns:p=\"urn:2\"><p:c xmlns:p=\"urn:1\"></p:c></p:b><p:d></p:d></p:a>",
    );
}

#[test]
fn an_undeclared_default_namespace_is_said_only_where_one_was_rendered() {
    becomes("<a xmlns=''><b xmlns=''/></a>", "<a><b></b></a>");
    becomes(
        "<a xmlns='urn:a'><b xmlns=''><c/></b></a>",
        "<a xmlns=\"urn:a\"><b xmlns=\"\"><c></c></b></a>",
    );
    becomes(
        "<p:a xmlns:p='urn:p' xmlns='urn:a'><b xmlns=''/></p:a>",
        "<p:a xmlns:p=\"urn:p\"><b></b></p:a>",
    );
}

#[test]
fn what_stands_around_the_apex_adds_only_what_is_used() {
    let text =
        "<x:w xmlns='urn:d' xmlns:x='urn:x' xmlns:y='urn:y' xml:lang='en'><a y:b='1'>t</a></x:w>";
    child_becomes(text, &C14n::exclusive(), "<a xmlns=\"urn:d\" xmlns:y=\"urn:y\" y:b=\"1\">t</a>");
}

#[test]
fn listed_prefixes_are_written_where_they_are_in_scope() {
    let text =
        "<w xmlns:x='urn:x' xmlns:y='urn:y'><a><b xmlns:x='urn:x2' xmlns:z='urn:z'/></a></w>";
    child_becomes(
        text,
        &C14n::exclusive_with(" x\n y x none xml "),
        "<a xmlns:x=\"urn:x\" xmlns:y=\"urn:y\"><b xmlns:x=\"urn:x2\"></b></a>",
    );
    child_becomes(text, &C14n::exclusive_with("z"), "<a><b xmlns:z=\"urn:z\"></b></a>");
    child_becomes(text, &C14n::exclusive_with(""), "<a><b></b></a>");
}

#[test]
fn the_listed_default_namespace_is_written_and_undone() {
    let text = "<w xmlns='urn:d' xmlns:p='urn:p'><p:a><p:b xmlns=''/></p:a></w>";
    child_becomes(
        text,
        &C14n::exclusive_with("#default"),
        "<p:a xmlns=\"urn:d\" xmlns:p=\"urn:p\"><p:b xmlns=\"\"></p:b></p:a>",
    );
    child_becomes(text, &C14n::exclusive(), "<p:a xmlns:p=\"urn:p\"><p:b></p:b></p:a>");
}

#[test]
fn comments_are_kept_where_the_method_says_so() {
    let text = "<!-- 0 --><a>b<!-- <c> & \"'> --><d><!----></d></a><!-- 9 -->";
    for method in [C14n::exclusive(), C14n::inclusive(), C14n::exclusive_with("p")] {
        assert_eq!(canonical(&root(text), &method, None), "<a>b<d></d></a>");
        let with_comments = canonical(&root(text), &method.with_comments(), None);
        assert_eq!(with_comments, "<a>b<!-- <c> & \"'> --><d><!----></d></a>");
    }
}

#[test]
fn inclusive_form_declares_every_namespace_in_scope_once() {
    let text = "<w xmlns='urn:d' xmlns:x='urn:x' xmlns:y='urn:y'><a xmlns:y='urn:y' xmlns:z='urn:z'>\
         <x:b xmlns:x='urn:x2'/><b xmlns='' xmlns:x='urn:x'/></a></w>";
    child_becomes(
        text,
        &C14n::inclusive(),
        "<a xmlns=\"urn:d\" xmlns:x=\"urn:x\" xmlns:y=\"urn:y\" xmlns:z=\"urn:z\">\
         <x:b xmlns:x=\"urn:x2\"></x:b><b xmlns=\"\"></b></a>",
    );
    child_becomes("<w xmlns=''><a xmlns=''/></w>", &C14n::inclusive(), "<a></a>");
}

#[test]
fn the_inclusive_apex_inherits_the_nearest_of_each_attribute_in_the_xml_namespace() {
    let text = "<w xml:lang='en' xml:space='preserve' xml:base='b' k='1'>\
                <v xml:lang='de' xml:id='i' xml:any='&#9;'><a xml:base='' z='2'><b/></a></v></w>";
    let a = root(text).elements().next().unwrap().elements().next().unwrap();
    assert_eq!(
        canonical(&a, &C14n::inclusive(), None),
        "<a z=\"2\" xml:any=\"&#x9;\" xml:base=\"\" xml:id=\"i\" xml:lang=\"de\" \
         xml:space=\"preserve\"><b></b></a>"
    );
    assert_eq!(canonical(&a, &C14n::exclusive(), None), "<a z=\"2\" xml:base=\"\"><b></b></a>");
}

#[test]
fn a_relative_namespace_has_no_canonical_form() {
    let fails = |text: &str, method: &C14n| {
        let apex = root(text);
        let tree = Tree::new(apex.clone()).unwrap();
        let octets = tree.view(EVERYTHING).canonicalize(&apex, method, None, usize::MAX);
        assert_eq!(octets, Err(Uncanonical::RelativeNamespace), "{text}");
    };
    for relative in ["1", "a", "../a", "#a", "//a.example/", "?a:b", "a/b:c", ":a", "1:a", " urn:a"]
    {
        fails(&format!("<a xmlns='{relative}'/>"), &C14n::exclusive());
        fails(&format!("<a><p:b xmlns:p='{relative}'/></a>"), &C14n::exclusive());
        fails(&format!("<a xmlns:p='{relative}' p:b=''/>"), &C14n::exclusive());
        fails(&format!("<a xmlns:p='{relative}'/>"), &C14n::exclusive_with("p"));
        fails(&format!("<a xmlns:p='{relative}'/>"), &C14n::inclusive());
        becomes(&format!("<a xmlns:p='{relative}'/>"), "<a></a>"); // not written
    }
    for absolute in ["urn:a", "x:", "a+b-c.1:d", "http://a.example/#b"] {
        becomes(&format!("<a xmlns='{absolute}'/>"), &format!("<a xmlns=\"{absolute}\"></a>"));
    }
}

#[test]
fn an_element_outside_the_tree_is_not_canonicalized() {
    let all = root("<a><b><c/></b><d/></a>");
    let [b, d] = all.elements().collect::<Vec<_>>().try_into().unwrap();
    let tree = Tree::detached(&b).unwrap();
    let of =
        |apex: &Element| tree.view(EVERYTHING).canonicalize(apex, &C14n::exclusive(), None, 99);
    assert!(of(&b).is_ok() && of(&b.elements().next().unwrap()).is_ok());
    for outside in [all, d, root("<b/>")] {
        assert_eq!(of(&outside), Err(Uncanonical::NotSeen));
    }
}

#[test]
fn a_start_tag_costs_what_it_declares() {
    let scope: String = (0..60).map(|n| format!(" xmlns:p{n}='urn:{n}'")).collect();
    let text = format!("<a{scope}><b/><b xmlns:q='urn:q'>xmlns</b><b c='xmlns'/><b>xmlns</b></a>");
    let all = root(&text);
    let costs: Vec<_> = all.descendants().map(|of| of.node().declarations().count()).collect();
    assert_eq!(costs, [60, 0, 1, 0, 0]);
    assert_eq!(all.elements().nth(1).unwrap().node().in_scope().len(), 61);
}

#[test]
fn one_subtree_can_be_left_out() {
    let all = root("<a><b>1</b>2<b>3<c/></b>4</a>");
    let [_, second] = all.elements().collect::<Vec<_>>().try_into().unwrap();
    let method = C14n::exclusive();
    assert_eq!(canonical(&all, &method, Some(&second)), "<a><b>1</b>24</a>");
    assert_eq!(canonical(&all, &method, Some(&all)), "");
    let elsewhere = root("<a><b>1</b>2<b>3<c/></b>4</a>").elements().nth(1).unwrap();
    assert_eq!(canonical(&all, &method, Some(&elsewhere)), canonical(&all, &method, None));
}

#[test]
fn canonical_form_stops_at_the_limit() {
    let long = "n".repeat(10_000);
    let text = format!("<a xmlns:p='urn:{long}'>{}</a>", "<p:b/>".repeat(10_000));
    let apex = root(&text);
    let tree = Tree::new(apex.clone()).unwrap();
    let of = |limit| tree.view(EVERYTHING).canonicalize(&apex, &C14n::exclusive(), None, limit);
    assert_eq!(of(1 << 20), Err(Uncanonical::TooLong));

    let small = root("<a>b</a>");
    let tree = Tree::new(small.clone()).unwrap();
    let of = |limit| tree.view(EVERYTHING).canonicalize(&small, &C14n::exclusive(), None, limit);
    assert_eq!(of(7), Err(Uncanonical::TooLong));
    assert_eq!(of(8).as_deref(), Ok(b"<a>b</a>".as_slice()));
}

#[test]
fn depth_costs_no_stack() {
    let limits = Limits { octets: usize::MAX, depth: usize::MAX, ..Limits::MESSAGE };
    let text = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let apex = Document::parse(text.as_bytes(), &limits).unwrap();
    assert_eq!(canonical(&apex, &C14n::exclusive(), None), text);
}
