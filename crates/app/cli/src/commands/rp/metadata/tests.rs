use symbolon_testkit::RSA;

use super::*;

fn certificate() -> String {
    RSA.certificate().base64().to_owned()
}

fn service(id: &str, inside: &str) -> String {
    format!(
        r#"<md:EntityDescriptor xmlns:md="{MD}" entityID="{id}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{inside}</md:SPSSODescriptor></md:EntityDescriptor>"#
    )
}

#[test]
fn a_saml_service_says_who_it_is_and_what_it_wants() {
    let inside = format!(
        r#"<md:KeyDescriptor use="encryption"><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>
        {}
        </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
        <md:NameIDFormat> urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress </md:NameIDFormat>
        <md:AssertionConsumerService Binding="b" Location="https://shop.example/acs" index="0"/>
        <md:AttributeConsumingService index="0"><md:RequestedAttribute Name="mail"/></md:AttributeConsumingService>"#,
        certificate()
    );
    let described = read(service("https://shop.example", &inside).as_bytes(), None).unwrap();
    assert_eq!(described.id, "https://shop.example");
    assert_eq!(described.token_types, ["saml2"]);
    assert_eq!(described.attributes, ["mail"]);
    assert_eq!(described.consumers, ["https://shop.example/acs"]);
    let format = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    assert_eq!(described.name_format.as_deref(), Some(format));
    let [(used_for, certificate)] = described.certificates.as_slice() else { panic!() };
    assert_eq!(*used_for, Use::Encryption);
    assert_eq!(certificate.der(), RSA.certificate().der());
}

#[test]
fn an_application_of_ws_federation_says_who_it_is_and_what_it_wants() {
    let text = format!(
        r#"<EntityDescriptor xmlns="{MD}" entityID="urn:rp:portal"><RoleDescriptor xmlns:xsi="{XSI}" xmlns:fed="{FED}" xsi:type="fed:ApplicationServiceType"><fed:ClaimTypesRequested><auth:ClaimType xmlns:auth="{AUTH}" Uri="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"/></fed:ClaimTypesRequested><fed:PassiveRequestorEndpoint><a:EndpointReference xmlns:a="{WSA}"><a:Address>https://portal.example/</a:Address></a:EndpointReference></fed:PassiveRequestorEndpoint></RoleDescriptor></EntityDescriptor>"#
    );
    let described = read(text.as_bytes(), None).unwrap();
    assert_eq!(described.id, "urn:rp:portal");
    assert_eq!(described.token_types, ["saml11", "saml2"]);
    assert_eq!(described.attributes, ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"]);
    assert_eq!(described.consumers, ["https://portal.example/"]);
}

fn refused(text: &str, wanted: Option<&str>) -> String {
    read(text.as_bytes(), wanted).unwrap_err().to_string()
}

#[test]
fn of_several_entities_one_must_be_named() {
    let two = format!(
        r#"<md:EntitiesDescriptor xmlns:md="{MD}">{}{}</md:EntitiesDescriptor>"#,
        service("urn:a", ""),
        service("urn:b", "")
    );
    assert_eq!(refused(&two, None), "no single entity in it; name one of: urn:a, urn:b");
    assert_eq!(refused(&two, Some("urn:c")), "no single entity in it; name one of: urn:a, urn:b");
    assert_eq!(read(two.as_bytes(), Some("urn:b")).unwrap().id, "urn:b");
}

#[test]
fn what_is_no_metadata_of_a_service_is_refused() {
    let issuer = format!(
        r#"<EntityDescriptor xmlns="{MD}" entityID="urn:idp"><IDPSSODescriptor/></EntityDescriptor>"#
    );
    assert_eq!(refused(&issuer, None), "the entity urn:idp is not a service that takes tokens");
    assert_eq!(refused("<a/>", None), "not SAML or WS-Federation metadata");
    assert!(refused("no XML", None).starts_with("not XML that is read here: "));
    let declared = format!("<!DOCTYPE a>{}", service("urn:a", ""));
    assert!(refused(&declared, None).starts_with("not XML that is read here: "));
    let key = format!(
        r#"<md:KeyDescriptor><X509Certificate xmlns="{DS}">AAAA</X509Certificate></md:KeyDescriptor>"#
    );
    assert_eq!(refused(&service("urn:a", &key), None), "a certificate in it cannot be read");
}
