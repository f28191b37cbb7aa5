//! Decrypted content in a message: who sees it, from where, and what it may not bring along.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use symbolon_xml::{
    C14n, Document, EVERYTHING, Element, Flaw, Limits, Place, Repeated, Shape, Tree, Uncanonical,
    View,
};

const MESSAGE: &str = "<m xmlns='urn:m' xmlns:p='urn:p' Id='m'><h Id='h'/><b Id='b'>\
                       <x xmlns='urn:x' Id='one'><y Id='key'/></x> and <x Id='two'/></b></m>";

fn message() -> Tree {
    Tree::new(Document::parse(MESSAGE.as_bytes(), &Limits::MESSAGE).unwrap()).unwrap()
}

/// Whatever it is a part of, and whether it was replaced or not.
fn find(tree: &Tree, id: &str) -> Element {
    let all = (0..20).rev().map(|n| tree.view(Place(n, 0))).chain([tree.view(EVERYTHING)]);
    all.filter_map(|view| view.id(id)).next().unwrap()
}

fn graft(tree: &mut Tree, id: &str, plain: &str, by: Place) -> Result<Vec<Element>, Flaw> {
    let at = find(tree, id);
    let fragment = Tree::fragment(&at, plain.as_bytes(), Shape::Content, &Limits::MESSAGE)?;
    tree.graft(&at, fragment, by)
}

fn exclusive(view: View<'_>, id: &str) -> String {
    let octets = view.canonicalize(&view.id(id).unwrap(), &C14n::exclusive(), None, 9999).unwrap();
    String::from_utf8(octets).unwrap()
}

#[test]
fn content_shows_only_below_the_place_that_decrypts_it() {
    let mut tree = message();
    let put = graft(&mut tree, "one", "1<p:a Id='a'/>2", Place(3, 0)).unwrap();
    for above in [Place(0, 0), Place(2, 9), Place(3, 0)] {
        let view = tree.view(above);
        assert!(view.id("a").is_none() && view.id("one").is_some() && view.id("key").is_some());
        assert!(!view.sees(&put[0]) && view.sees(&find(&tree, "one")));
        assert_eq!(
            exclusive(view, "b"),
            "<b xmlns=\"urn:m\" Id=\"b\"><x xmlns=\"urn:x\" Id=\"one\"><y Id=\"key\"></y></x> and \
             <x Id=\"two\"></x></b>"
        );
        let hidden = view.canonicalize(&put[0], &C14n::exclusive(), None, 9999);
        assert_eq!(hidden, Err(Uncanonical::NotSeen));
    }
    for below in [Place(3, 1), Place(4, 0), EVERYTHING] {
        let view = tree.view(below);
        assert!(view.id("a").unwrap().same(&put[0]) && view.sees(&put[0]));
        assert_eq!(
            exclusive(view, "b"),
            "<b xmlns=\"urn:m\" Id=\"b\">1<p:a xmlns:p=\"urn:p\" Id=\"a\"></p:a>2 and \
             <x Id=\"two\"></x></b>"
        );
    }
}

// The ciphertext, and keys in it, are gone for whoever looks from below.
#[test]
fn what_was_replaced_is_not_seen_any_more() {
    let mut tree = message();
    let (at, key) = (find(&tree, "one"), find(&tree, "key"));
    graft(&mut tree, "one", "<a/>", Place(1, 0)).unwrap();
    let view = tree.view(EVERYTHING);
    assert!(view.id("one").is_none() && view.id("key").is_none());
    assert!(!view.sees(&at) && !view.sees(&key) && view.parent(&at).is_none());
    for hidden in [at, key] {
        let octets = view.canonicalize(&hidden, &C14n::exclusive(), None, 9999);
        assert_eq!(octets, Err(Uncanonical::NotSeen));
    }
}

#[test]
fn readers_walk_across_content() {
    let mut tree = message();
    graft(&mut tree, "one", "1<a/><z Id='inner'/><!-- -->2", Place(1, 0)).unwrap();
    graft(&mut tree, "inner", "<c><d/></c>3", Place(2, 0)).unwrap();
    let view = tree.view(EVERYTHING);
    let b = view.id("b").unwrap();
    let names = |elements: Vec<Element>| {
        elements.iter().map(|element| element.local().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(view.elements(&b)), ["a", "c", "x"]);
    assert_eq!(names(view.descendants(&b)), ["b", "a", "c", "d", "x"]);
    assert_eq!(names(view.descendants(&view.elements(&b)[1])), ["c", "d"]);
    assert_eq!(view.text(&b), "132 and ");
    let c = view.child(&b, "urn:m", "c").unwrap().unwrap();
    assert!(view.child(&b, "", "c").unwrap().is_none());
    for inside in [&c, &view.elements(&b)[0]] {
        assert!(view.parent(inside).unwrap().same(&b) && inside.parent().unwrap().same(&b));
    }
    assert!(view.parent(&b).unwrap().same(tree.root()) && view.parent(tree.root()).is_none());

    let view = tree.view(Place(2, 0));
    assert_eq!(names(view.elements(&b)), ["a", "z", "x"]);
    assert!(!view.sees(&c) && view.parent(&c).is_none() && view.text(&b) == "12 and ");
    // As sent stays as sent.
    assert_eq!(b.elements().count(), 2);
    assert_eq!(b.text(), " and ");
}

#[test]
fn a_child_that_stands_twice_across_content_is_an_error() {
    let mut tree = message();
    let b = find(&tree, "b");
    assert!(tree.view(EVERYTHING).child(&b, "urn:m", "x").unwrap().is_some());
    graft(&mut tree, "one", "<x/>", Place(1, 0)).unwrap();
    let twice = tree.view(EVERYTHING).child(&b, "urn:m", "x");
    assert_eq!(twice.map(drop), Err(Repeated));
    assert!(tree.view(Place(1, 0)).child(&b, "urn:m", "x").unwrap().is_some());
}

#[test]
fn content_in_content_shows_only_where_both_are_decrypted() {
    let mut tree = message();
    graft(&mut tree, "one", "<a Id='a'><z Id='inner'/></a>", Place(5, 0)).unwrap();
    // Decrypted higher up in the header than what it stands in.
    let [c] = graft(&mut tree, "inner", "<c Id='c'/>", Place(2, 0)).unwrap().try_into().unwrap();
    for (place, sees) in [(Place(2, 1), false), (Place(5, 0), false), (Place(5, 1), true)] {
        let view = tree.view(place);
        assert_eq!((view.sees(&c), view.id("c").is_some()), (sees, sees), "{place:?}");
        assert_eq!(view.parent(&c).is_some(), sees, "{place:?}");
    }
    let [d] = graft(&mut tree, "two", "<d Id='d'/>", Place(9, 0)).unwrap().try_into().unwrap();
    assert!(tree.view(EVERYTHING).sees(&d) && !tree.view(Place(9, 0)).sees(&d));
}

#[test]
fn an_id_that_shows_only_after_decryption_is_refused() {
    let wsu = "xmlns:u='http://docs.oasis-open.org/wss/2004/01/\
               oasis-200401-wss-wssecurity-utility-1.0.xsd'";
    for (id, plain) in [
        ("h", "<a Id='h'/>"),                     // of the message
        ("one", "<a><b ID='one'/></a>"),          // of what it stands for
        ("key", "<a id='key'/>"),                 // inside that
        ("b", "<a xml:id='b'/>"),                 // around it
        ("n", "<a Id='n'/><a AssertionID='n'/>"), // twice in the content
    ] {
        let mut tree = message();
        let flaw = graft(&mut tree, "one", plain, Place(1, 0)).map(drop);
        assert_eq!(flaw, Err(Flaw::DuplicateId(id.to_owned())), "{plain}");
    }
    let mut tree = message();
    graft(&mut tree, "one", &format!("<a {wsu} u:Id='n' Id='k'/>"), Place(9, 0)).unwrap();
    // Of other content, which no view shows together with this.
    let flaw = graft(&mut tree, "two", "<a Id='free'/><a Id='n'/>", Place(1, 0)).map(drop);
    assert_eq!(flaw, Err(Flaw::DuplicateId("n".to_owned())));
    // Nothing of what was refused is left.
    assert!(
        tree.view(EVERYTHING).id("two").is_some() && tree.view(EVERYTHING).id("free").is_none()
    );
    graft(&mut tree, "two", "<a Id='free'/>", Place(1, 0)).unwrap();
}

#[test]
fn content_goes_only_where_it_was_parsed_for() {
    let mut tree = message();
    let (one, two, b) = (find(&tree, "one"), find(&tree, "two"), find(&tree, "b"));
    let key = find(&tree, "key");
    let fragment =
        |at: &Element| Tree::fragment(at, b"<a/>", Shape::Element, &Limits::MESSAGE).unwrap();
    let mut refused = |within: &Element, at: &Element| {
        let flaw = tree.graft(within, fragment(at), Place(1, 0)).map(drop);
        assert_eq!(flaw, Err(Flaw::Misplaced), "{at:?} within {within:?}");
    };
    refused(&two, &one);
    refused(&key, &one);
    // Of an equal message, but not of this one.
    let other = message();
    refused(&find(&other, "one"), &find(&other, "one"));
    // The root, and content that stands in no tree.
    let root = tree.root().clone();
    let nowhere = fragment(&one).element().unwrap();
    let mut refused = |within: &Element, at: &Element| {
        let flaw = tree.graft(within, fragment(at), Place(1, 0)).map(drop);
        assert_eq!(flaw, Err(Flaw::Misplaced), "{at:?} within {within:?}");
    };
    refused(&root, &root);
    refused(&root, &nowhere);
    // Within what is around it; then never again, nor into what was replaced.
    tree.graft(&b, fragment(&one), Place(1, 0)).unwrap();
    for at in [&one, &key] {
        let flaw = tree.graft(&root, fragment(at), Place(2, 0)).map(drop);
        assert_eq!(flaw, Err(Flaw::Misplaced), "{at:?}");
    }
    // The same plaintext parsed twice is two fragments: only what was put in is seen.
    let twin = fragment(&one).element().unwrap();
    assert!(!tree.view(EVERYTHING).sees(&twin));
}

#[test]
fn what_a_detached_token_holds_does_not_depend_on_other_trees() {
    let mut message = message();
    let [token] = graft(&mut message, "one", "<t Id='t'><x Id='in'/></t>", Place(1, 0))
        .unwrap()
        .try_into()
        .unwrap();
    graft(&mut message, "in", "<a Id='a'/>", Place(2, 0)).unwrap();
    let mut tree = Tree::detached(&token).unwrap();
    assert!(tree.view(EVERYTHING).id("in").is_some() && tree.view(EVERYTHING).id("a").is_none());
    assert!(tree.view(EVERYTHING).id("b").is_none());
    graft(&mut tree, "in", "<c Id='c'/>", Place(0, 0)).unwrap();
    assert_eq!(
        exclusive(tree.view(EVERYTHING), "t"),
        "<t xmlns=\"urn:m\" Id=\"t\"><c Id=\"c\"></c></t>"
    );
    assert!(tree.view(EVERYTHING).parent(&token).is_none());
}

#[test]
fn all_content_together_is_bounded() {
    let wrapped = |plain: &str| "<w xmlns=\"urn:m\" xmlns:p=\"urn:p\"></w>".len() + plain.len();
    let (first, second) = ("<a><x Id='in'/></a>", "<c/>");
    let room = wrapped(first) + wrapped(second);
    for (room, fits) in [(room, Ok(())), (room - 1, Err(Flaw::TooLarge))] {
        let mut tree = message().taking(room);
        graft(&mut tree, "one", first, Place(1, 0)).unwrap();
        // Elsewhere or inside, it is one sum.
        assert_eq!(graft(&mut tree, "in", second, Place(2, 0)).map(drop), fits);
        let mut tree = message().taking(room);
        graft(&mut tree, "one", first, Place(1, 0)).unwrap();
        assert_eq!(graft(&mut tree, "two", second, Place(2, 0)).map(drop), fits);
        assert_eq!(tree.view(EVERYTHING).id("two").is_none(), fits.is_ok());
    }
    // The default: 512 KiB, 1024 declarations.
    let mut tree = Tree::new(
        Document::parse(b"<m><x Id='1'/><x Id='2'/><x Id='3'/></m>", &Limits::MESSAGE).unwrap(),
    )
    .unwrap();
    let big = "a".repeat(Limits::MESSAGE.octets - 7);
    graft(&mut tree, "1", &big, Place(1, 0)).unwrap();
    graft(&mut tree, "2", &big, Place(1, 0)).unwrap();
    assert_eq!(graft(&mut tree, "3", "", Place(1, 0)).map(drop), Err(Flaw::TooLarge));
    let many = "<a xmlns='urn:a'/>".repeat(512);
    let mut tree = message();
    graft(&mut tree, "one", &format!("{many}<x Id='3'/>"), Place(1, 0)).unwrap();
    graft(&mut tree, "two", &many, Place(1, 0)).unwrap();
    let flaw = graft(&mut tree, "3", "<a xmlns='urn:a'/>", Place(1, 0)).map(drop);
    assert_eq!(flaw, Err(Flaw::TooManyDeclarations));
}

#[test]
fn a_subtree_in_content_can_be_left_out() {
    let mut tree = message();
    let [t] = graft(&mut tree, "one", "<t Id='t'>1<s/><s/></t>", Place(1, 0))
        .unwrap()
        .try_into()
        .unwrap();
    let view = tree.view(EVERYTHING);
    let [first, _] = t.elements().collect::<Vec<_>>().try_into().unwrap();
    for (id, octets) in [
        ("t", "<t xmlns=\"urn:m\" Id=\"t\">1<s></s></t>"),
        ("b", "<b xmlns=\"urn:m\" Id=\"b\"><t Id=\"t\">1<s></s></t> and <x Id=\"two\"></x></b>"),
    ] {
        let apex = view.id(id).unwrap();
        let written = view.canonicalize(&apex, &C14n::exclusive(), Some(&first), 9999).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), octets);
    }
    // A node of the message has the number of `first` in its own document: it stays.
    let written =
        view.canonicalize(&find(&tree, "h"), &C14n::exclusive(), Some(&first), 9999).unwrap();
    assert_eq!(written, b"<h xmlns=\"urn:m\" Id=\"h\"></h>");
}

#[test]
fn trees_and_content_can_be_kept_and_sent() {
    fn kept<T: Send + Sync + 'static>(value: T) -> T {
        value
    }
    let tree = kept(message());
    let fragment = Tree::fragment(&find(&tree, "one"), b"<a>1</a>", Shape::Element, &Limits::TOKEN);
    let fragment = kept(fragment.unwrap());
    drop(tree);
    assert_eq!(fragment.element().unwrap().text(), "1");
    assert_eq!(fragment.at().local(), "x");
    assert!(!format!("{fragment:?}").contains('1'), "content may be a secret");
}
