//! What the other side needs: addresses, client properties, settings.
//!
//! In:  a server's configuration and objects, a relying party's id.
//! Out: text to copy.

use symbolon_kernel::snapshot::Serves;
use symbolon_registry::Located;
use symbolon_registry::objects::{Endpoint, Object};
use symbolon_server::config::Config;
use symbolon_server::dev;

/// The text for a relying party of the realm `default`.
pub(super) fn of(config: &Config, objects: &[Located<Object>], id: &str) -> String {
    let public = config.public_url.clone();
    let public = public.unwrap_or_else(|| dev::url_of(config.listen.address));
    let site = Site::of(&public, objects);
    let mut parts = Vec::new();
    if let Some(endpoint) = site.endpoint(Serves::WsTrust13) {
        parts.push(ws_trust(&site, endpoint, id));
        parts.push(cxf(&site, endpoint, id));
    }
    if let Some(token) = site.address(Serves::OAuthToken) {
        parts.push(oauth(&site, &token, id));
    }
    parts.join("\n\n")
}

/// What requestors see of a realm.
struct Site<'o> {
    url: String,
    issuer: String,
    endpoints: Vec<&'o Endpoint>,
}

impl<'o> Site<'o> {
    fn of(public_url: &str, objects: &'o [Located<Object>]) -> Self {
        let mut site = Self {
            url: public_url.to_owned(),
            issuer: public_url.to_owned(),
            endpoints: Vec::new(),
        };
        for located in objects {
            match &located.object {
                Object::Realm(realm) if realm.id == "default" => {
                    site.url = realm.public_url.clone().unwrap_or(site.url);
                    site.issuer = realm.issuer.clone().unwrap_or_else(|| site.url.clone());
                }
                Object::Endpoint(endpoint) if endpoint.realm == "default" => {
                    site.endpoints.push(endpoint);
                }
                Object::Realm(_)
                | Object::Endpoint(_)
                | Object::RelyingParty(_)
                | Object::Issuer(_)
                | Object::Account(_)
                | Object::Client(_) => {}
            }
        }
        site
    }

    fn endpoint(&self, serves: Serves) -> Option<&'o Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.serves == serves).copied()
    }

    fn url_of(&self, endpoint: &Endpoint) -> String {
        format!("{}{}", origin(&self.url), endpoint.path)
    }

    fn address(&self, serves: Serves) -> Option<String> {
        self.endpoint(serves).map(|endpoint| self.url_of(endpoint))
    }
}

/// Scheme and host: an endpoint's path begins there.
fn origin(url: &str) -> &str {
    let rest = url.strip_prefix("https://").unwrap_or(url);
    let host = rest.find('/').map_or(rest.len(), |at| at);
    url.get(..url.len().saturating_sub(rest.len()).saturating_add(host)).unwrap_or(url)
}

fn ws_trust(site: &Site<'_>, endpoint: &Endpoint, id: &str) -> String {
    let mut text = format!(
        "In place of the address of an AD FS endpoint (/adfs/services/trust/13/usernamemixed):\n\n  \
         {}\n  AppliesTo: {id}",
        site.url_of(endpoint)
    );
    for (what, serves) in
        [("MEX", Serves::Mex), ("federation metadata", Serves::FederationMetadata)]
    {
        if let Some(address) = site.address(serves) {
            text.push_str(&format!("\n  {what}: {address}"));
        }
    }
    text
}

fn cxf(site: &Site<'_>, endpoint: &Endpoint, id: &str) -> String {
    format!(
        "Apache CXF, properties of the client:\n\n  \
         ws-security.username = USER\n  \
         ws-security.callback-handler = CLASS THAT KNOWS THE PASSWORD\n  \
         ws-security.sts.applies-to = {id}\n  \
         ws-security.sts.client = an org.apache.cxf.ws.security.trust.STSClient with\n    \
         wsdlLocation = {}?wsdl\n    \
         serviceName = {{urn:symbolon:trust}}SecurityTokenService\n    \
         endpointName = {{urn:symbolon:trust}}port-{}.soap12",
        site.url_of(endpoint),
        endpoint.id
    )
}

fn oauth(site: &Site<'_>, token: &str, id: &str) -> String {
    let keys = site.address(Serves::Jwks).unwrap_or_default();
    format!(
        "OAuth and OpenID Connect libraries:\n\n  \
         issuer = {}\n  token_endpoint = {token}\n  jwks_uri = {keys}\n  audience = {id}",
        site.issuer
    )
}
