//! Personalities: how another product looks from outside, as a frozen, numbered file that a protocol brings.
//!
//! In:  the name that an endpoint's object writes, and the endpoint.
//! Out: the endpoint with the file's paths, tolerances and shape of reply.
//! Never: a credential, or anything else that admits somebody: the object alone says that.

#[cfg(test)]
mod tests;

use serde::Deserialize;
use symbolon_kernel::snapshot::{CredentialKind, EndpointObject, ReplyShape, Serves, Tolerance};

use crate::convert::Judge;

/// A personality's name and its file.
pub type Personality = (&'static str, &'static str);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    endpoint: Vec<Part>,
}

/// What it makes of one kind of endpoint.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    serves: Serves,
    /// Of endpoints that take this; of all without.
    credential: Option<CredentialKind>,
    paths: Vec<String>,
    #[serde(default)]
    tolerances: Vec<Tolerance>,
    #[serde(default)]
    reply: ReplyShape,
}

/// Gives an endpoint a personality by its name.
pub(crate) fn put_on(
    endpoint: &mut EndpointObject,
    name: &str,
    known: &[Personality],
    judge: &mut Judge,
) {
    let Some((_, text)) = known.iter().find(|(one, _)| *one == name) else {
        let names: Vec<&str> = known.iter().map(|(one, _)| *one).collect();
        let remedy = format!("write one of: {}", names.join(", "));
        return judge.wrong("personality", format!("there is no personality `{name}`"), remedy);
    };
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(why) => {
            let message = format!("the file of `{name}` cannot be read: {}", why.message());
            return judge.wrong(
                "personality",
                message,
                "report it: the file is part of the program",
            );
        }
    };
    let takes = |part: &Part| part.credential.is_none_or(|one| endpoint.credentials.contains(&one));
    let Some(part) = file.endpoint.into_iter().find(|p| p.serves == endpoint.serves && takes(p))
    else {
        let message = format!("`{name}` has nothing like this endpoint");
        return judge.wrong("personality", message, "remove it here");
    };
    endpoint.aliases = part.paths;
    endpoint.reply = part.reply;
    for tolerance in part.tolerances {
        if !endpoint.tolerances.contains(&tolerance) {
            endpoint.tolerances.push(tolerance);
        }
    }
}
