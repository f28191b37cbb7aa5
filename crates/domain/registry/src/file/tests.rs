use super::*;

/// The one mistake of a file, as it is printed.
fn mistake(text: &str) -> String {
    let mistakes = parse("a.toml", text).unwrap_err();
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    mistakes[0].to_string()
}

#[test]
fn every_field_knows_its_place() {
    let text = "[[client]]\nid = \"c\"\nsecret = \"file:s\"\n\
                may_exchange = [\n  \"a\",\n  \"b\",\n]\n";
    let objects = parse("a.toml", text).unwrap();
    let at = |field: &str| (objects[0].at(field).line, objects[0].at(field).column);
    assert_eq!(at("secret"), (3, 1));
    assert_eq!(at("may_exchange.1"), (6, 3));
    assert_eq!(at("may_exchange.7"), (4, 1)); // the nearest thing around it
    assert_eq!(at("realm"), (1, 1)); // not written: the object itself
}

#[test]
fn an_unknown_kind_is_refused() {
    assert_eq!(
        mistake("[[relyingparty]]\nid = \"a\"\n"),
        "a.toml:1:3: `relyingparty` is not a kind of object; \
         write one of realm, endpoint, relying_party, issuer, account, client"
    );
}

#[test]
fn an_unknown_field_is_refused() {
    assert_eq!(
        mistake("[[realm]]\nid = \"a\"\nskew = 3\n"),
        "a.toml:3:1: unknown field `skew`, expected one of `id`, `public_url`, `issuer`, \
         `skew_seconds`, `skew_past_seconds`, `skew_future_seconds`, `message_age_seconds`, \
         `account_names`, `domain`, `upn_suffix`; remove it, or spell it as one of those"
    );
}

#[test]
fn a_missing_field_is_named_at_its_object() {
    assert_eq!(
        mistake("\n[[endpoint]]\nid = \"a\"\npath = \"/a\"\n"),
        "a.toml:2:1: missing field `serves`; add it"
    );
}

#[test]
fn an_unknown_variant_is_refused() {
    let text = "[[endpoint]]\nid = \"a\"\npath = \"/a\"\nserves = \"soap\"\n";
    let told = mistake(text);
    assert!(told.starts_with("a.toml:4:10: unknown variant `soap`, expected one of"), "{told}");
}

#[test]
fn a_value_of_another_kind_is_refused() {
    assert_eq!(
        mistake("[[realm]]\nid = \"a\"\nskew_seconds = \"5m\"\n"),
        "a.toml:3:16: invalid type: string \"5m\", expected u64; \
         write a value of the kind that is expected"
    );
}

#[test]
fn what_is_not_toml_is_refused_by_line() {
    let mistakes = parse("a.toml", "[[realm]]\nid = \"a\n").unwrap_err();
    assert_eq!(mistakes[0].place.line, 2);
}

#[test]
fn a_single_table_where_a_list_belongs_is_refused() {
    assert_eq!(
        mistake("[realm]\nid = \"a\"\n"),
        "a.toml:1:1: `realm` is not a list of tables; begin each object with [[realm]]"
    );
}

#[test]
fn every_mistake_of_a_file_is_told_at_once() {
    let text = "[[realm]]\nid = 1\n[[account]]\nname = \"a\"\n[[nonsense]]\n";
    let lines: Vec<_> = parse("a.toml", text).unwrap_err().iter().map(|m| m.place.line).collect();
    assert_eq!(lines, [2, 3, 5]);
}

#[test]
fn a_literal_secret_is_refused_and_not_repeated() {
    for literal in
        ["\"tr0ub4dor\"", "\"file:\"", "\"vault:tr0ub4dor\"", "314159", "2.71828", "true"]
    {
        let told = mistake(&format!("[[client]]\nid = \"c\"\nsecret = {literal}\n"));
        assert_eq!(
            told,
            "a.toml:3:10: a secret stands where only its place may stand; put it into a file that \
             only the server reads and write \"file:PATH\", or \"env:NAME\"",
            "{literal}"
        );
    }
}

#[test]
fn admission_is_everyone_a_list_or_nobody() {
    let party = |rest: &str| {
        let text = format!("[[relying_party]]\nid = \"p\"\ntoken_types = [\"jwt\"]\n{rest}");
        parse("a.toml", &text).map(|objects| {
            let Object::RelyingParty(party) = objects[0].object.clone() else { panic!() };
            party.accounts
        })
    };
    use crate::objects::Admission;
    assert_eq!(party("accounts = \"everyone\"\n"), Ok(Admission::Everyone));
    assert_eq!(party("accounts = [\"a\"]\n"), Ok(Admission::These(vec!["a".to_owned()])));
    assert_eq!(party(""), Ok(Admission::These(Vec::new())));
    let told = party("accounts = \"all\"\n").unwrap_err()[0].to_string();
    assert!(told.starts_with("a.toml:4:12: invalid value: string \"all\""), "{told}");
}

#[test]
fn columns_count_characters_and_lines_end_at_their_newline() {
    let told = mistake("# ünïcödé\r\n[[realm]]\r\nid = \"ü\"\r\nissuer = 4\r\n");
    assert!(told.starts_with("a.toml:4:10: "), "{told}");
}
