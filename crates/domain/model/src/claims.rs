//! What is said about a subject: named, each with any number of values, in a stable order.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A claim's name: a URI or a short name (`email`), as the relying party's object spells it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimName(Arc<str>);

impl ClaimName {
    /// The name as given.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One claim: a name and its values (none is legal: the claim is present and empty).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// What is claimed.
    pub name: ClaimName,
    /// Its values, in order. Shared: an exchange hands claims on several times, and changes none.
    pub values: Arc<[String]>,
}

/// Claims in the order in which they were added; a name occurs once.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Claims(Vec<Claim>);

impl Claims {
    /// No claims.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds values to the claim of that name, which is made if it is not there yet.
    pub fn add(&mut self, name: ClaimName, values: impl IntoIterator<Item = String>) {
        match self.0.iter_mut().find(|c| c.name == name) {
            Some(claim) => claim.values = claim.values.iter().cloned().chain(values).collect(),
            None => self.0.push(Claim { name, values: values.into_iter().collect() }),
        }
    }

    /// The values of that name, if it is claimed.
    pub fn get(&self, name: &str) -> Option<&[String]> {
        self.0.iter().find(|c| c.name.as_str() == name).map(|c| &*c.values)
    }

    /// Only those claims whose name is allowed.
    #[must_use]
    pub fn narrowed(self, allowed: impl Fn(&ClaimName) -> bool) -> Self {
        Self(self.0.into_iter().filter(|c| allowed(&c.name)).collect())
    }

    /// Whether every claim here is also in `other`, with no value that `other` lacks.
    pub fn within(&self, other: &Claims) -> bool {
        self.0.iter().all(|c| {
            let has = other.0.iter().find(|has| has.name == c.name).map(|has| &has.values);
            // As a rule they are the same values, which need no look.
            has.is_some_and(|has| {
                Arc::ptr_eq(has, &c.values) || c.values.iter().all(|v| has.contains(v))
            })
        })
    }

    /// The claims in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Claim> {
        self.0.iter()
    }

    /// Whether nothing is claimed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'c> IntoIterator for &'c Claims {
    type Item = &'c Claim;
    type IntoIter = std::slice::Iter<'c, Claim>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(pairs: &[(&str, &str)]) -> Claims {
        let mut all = Claims::none();
        for (name, value) in pairs {
            all.add(ClaimName::new(*name), [(*value).to_owned()]);
        }
        all
    }

    #[test]
    fn a_name_occurs_once_with_all_its_values() {
        let all = claims(&[("group", "a"), ("mail", "m"), ("group", "b")]);
        assert_eq!(all.get("group"), Some(&["a".to_owned(), "b".to_owned()][..]));
        assert_eq!(all.iter().count(), 2);
    }

    #[test]
    fn one_value_too_many_is_not_within() {
        let granted = claims(&[("group", "a")]);
        assert!(claims(&[("group", "a")]).within(&granted));
        assert!(!claims(&[("group", "a"), ("group", "admin")]).within(&granted));
        assert!(!claims(&[("role", "a")]).within(&granted));
    }
}
