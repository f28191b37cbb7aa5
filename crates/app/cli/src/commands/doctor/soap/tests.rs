use super::super::clients::{Known, Speaks};
use super::*;

const ASSERTION: &str = r#"<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"><saml2:Issuer>i</saml2:Issuer></saml2:Assertion>"#;

/// What every client but those with wishes of their own takes.
fn good() -> String {
    format!(
        r#"<s:Envelope xmlns:s="{}"><s:Header/><s:Body><t:RequestSecurityTokenResponseCollection xmlns:t="{}"><t:RequestSecurityTokenResponse><t:TokenType>urn:oasis:names:tc:SAML:2.0:assertion</t:TokenType><t:Lifetime><u:Created xmlns:u="{wsu}">2026-11-21T20:47:33.000Z</u:Created><u:Expires xmlns:u="{wsu}">2026-11-21T21:47:33.000Z</u:Expires></t:Lifetime><t:RequestedSecurityToken>{ASSERTION}</t:RequestedSecurityToken></t:RequestSecurityTokenResponse></t:RequestSecurityTokenResponseCollection></s:Body></s:Envelope>"#,
        names::SOAP12,
        WST[0],
        wsu = names::WSU,
    )
}

fn answer(status: u16, text: &str) -> Replied {
    let media_type = "application/soap+xml; charset=utf-8".to_owned();
    let headers = vec![("content-type".to_owned(), media_type)];
    Replied { status, headers, body: text.as_bytes().to_vec() }
}

/// What chokes a client, and what would choke others.
fn judged(known: Known, answer: &Replied) -> (Vec<&'static str>, Vec<&'static str>) {
    let Speaks::WsTrust(wants) = known.speaks() else { panic!() };
    let findings = findings(answer, &wants);
    let of = |holds: Holds| findings.iter().filter(|f| f.holds == holds).map(|f| f.what).collect();
    (of(Holds::No), of(Holds::NoButOnlyForOthers))
}

const NOTHING: Vec<&str> = Vec::new();

#[test]
fn a_good_answer_chokes_nobody_without_wishes_of_his_own() {
    for known in [Known::Adal, Known::AdalNode, Known::Zeep, Known::NodeSoap, Known::PhpSoap] {
        assert_eq!(judged(known, &answer(200, &good())), (NOTHING, NOTHING), "{}", known.name());
    }
}

#[test]
fn each_client_chokes_on_what_it_insists_on_and_others_are_told_apart() {
    let without_type = good().replace("t:TokenType", "t:Other");
    let told = vec!["TokenType is there and one that is known"];
    assert_eq!(judged(Known::Adal, &answer(200, &without_type)), (told.clone(), NOTHING));
    assert_eq!(judged(Known::Zeep, &answer(200, &without_type)), (NOTHING, told));

    let printed = good().replace("><", ">\n <");
    let told = "there is no white space between elements";
    assert!(judged(Known::NodeSpAuth, &answer(200, &printed)).0.contains(&told));
    assert_eq!(judged(Known::Zeep, &answer(200, &printed)), (NOTHING, vec![told]));

    let outside = good().replace(" xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\"", "");
    let outside = outside
        .replace("<s:Body>", "<s:Body xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\">");
    let told = "the assertion declares every prefix that it uses";
    assert!(judged(Known::Adal, &answer(200, &outside)).0.contains(&told));

    let seconds = good().replace(".000Z", "Z");
    let told = vec!["Lifetime counts milliseconds and ends in Z"];
    assert_eq!(judged(Known::Adal, &answer(200, &seconds)), (NOTHING, told));

    let told = vec!["the assertion's elements have no prefix"];
    assert_eq!(judged(Known::WstrustClient, &answer(200, &good())).0, told);
    let told = vec!["the assertion begins with its Conditions"];
    assert_eq!(judged(Known::NodeSpAuth, &answer(200, &good())).0, told);
    let told = vec!["the body is one RequestSecurityTokenResponse"];
    assert_eq!(judged(Known::Office365Rest, &answer(200, &good())).0, told);
}

fn fault(status: u16, subcode: &str) -> Replied {
    let text = format!(
        r#"<s:Envelope xmlns:s="{}"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>{subcode}</s:Code><s:Reason><s:Text xml:lang="en">no</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"#,
        names::SOAP12
    );
    answer(status, &text)
}

#[test]
fn a_fault_is_read_from_a_500_and_by_some_from_its_subcode() {
    let subcode = "<s:Subcode><s:Value>wsse:FailedAuthentication</s:Value></s:Subcode>";
    assert_eq!(judged(Known::Adal, &fault(500, subcode)), (NOTHING, NOTHING));
    assert_eq!(judged(Known::Adal, &fault(400, subcode)).0, ["a fault is HTTP 500"]);
    assert_eq!(judged(Known::Adal, &fault(500, "")).0, ["a fault has a Code/Subcode/Value"]);
    assert_eq!(judged(Known::Zeep, &fault(500, "")).0, NOTHING);
    assert_eq!(said(&fault(500, subcode)).as_deref(), Some("wsse:FailedAuthentication: no"));
}

#[test]
fn what_is_no_envelope_chokes_everybody() {
    let told = "the answer is a SOAP 1.2 envelope";
    for text in ["", "<html/>", "{}", "<!DOCTYPE a><a/>"] {
        assert!(judged(Known::PhpSoap, &answer(200, text)).0.contains(&told), "{text}");
    }
    assert!(said(&answer(404, "not found")).is_none());
}
