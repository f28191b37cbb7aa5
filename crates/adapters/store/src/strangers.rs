//! Refusals of strangers: held for a moment, written singly while they are few, coalesced when they are many.
//!
//! In:  one refusal at a time, with the time since the store was opened.
//! Out: the events that are due to be written.
//! Never: more than a bounded number held, a refusal forgotten, or one that waits for the disk.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use symbolon_kernel::Cause;
use symbolon_kernel::audit::{Event, Outcome};
use symbolon_model::{EndpointId, RealmId};

/// LIMIT: what an operator can still read; the rest of a second is an attack or a broken client, and counting it suffices.
pub(crate) const SINGLY_PER_SECOND: u32 = 100;

/// LIMIT: events held while the disk is slow: 40 s of the rate above, about 4 MB.
const SINGLES: usize = 4096;

/// LIMIT: sources told apart at a time. Beyond, they share a group without a source: sources are the stranger's to choose.
const GROUPS: usize = 1024;

/// So long a refusal waits for an exchange to be committed with, and a group for another of its kind.
const QUIET: Duration = Duration::from_millis(200);

/// A group is written after so long, however many still come.
const SPAN: Duration = Duration::from_secs(1);

/// The refusals that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Strangers {
    singles: Vec<Event>,
    /// When the first of `singles` came.
    since: Duration,
    groups: HashMap<Likeness, Group>,
    /// The second, by the events' own clock, in which `singly` were held singly.
    second: i64,
    singly: u32,
    /// When the last refusal came.
    noted: Duration,
}

/// What refusals of one group have in common. The first of two numbers is the cause's; a token's flaw is told apart too.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Likeness {
    realm: RealmId,
    endpoint: EndpointId,
    source: Option<Arc<str>>,
    cause: (&'static str, u8),
}

#[derive(Debug)]
struct Group {
    opened: Duration,
    count: u64,
    first: Event,
    last: Event,
}

/// How a refusal is held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Held {
    /// As itself.
    Singly,
    /// As one of a group.
    Coalesced,
}

impl Strangers {
    /// Holds a refusal.
    pub(crate) fn note(&mut self, event: Event, now: Duration) -> Held {
        self.noted = now;
        // INVARIANT: `second` only grows; an event that was overtaken counts where the others are.
        if event.at.seconds() > self.second {
            (self.second, self.singly) = (event.at.seconds(), 0);
        }
        if self.singly < SINGLY_PER_SECOND && self.singles.len() < SINGLES {
            if self.singles.is_empty() {
                self.since = now;
            }
            self.singly = self.singly.saturating_add(1);
            self.singles.push(event);
            return Held::Singly;
        }
        self.coalesce(event, now);
        Held::Coalesced
    }

    fn coalesce(&mut self, event: Event, now: Duration) {
        let mut likeness = Likeness::of(&event);
        if self.groups.len() >= GROUPS && !self.groups.contains_key(&likeness) {
            likeness.source = None;
        }
        match self.groups.get_mut(&likeness) {
            Some(group) => group.add(event),
            None => {
                let group = Group { opened: now, count: 1, first: event.clone(), last: event };
                self.groups.insert(likeness, group);
            }
        }
    }

    /// Whether nothing is held.
    pub(crate) fn is_empty(&self) -> bool {
        self.singles.is_empty() && self.groups.is_empty()
    }

    /// When something that is held must be written even if no exchange commits; `None`: nothing is held.
    pub(crate) fn due(&self) -> Option<Duration> {
        let singles = (!self.singles.is_empty()).then(|| self.since.saturating_add(QUIET));
        let groups = self.groups.values().map(|group| self.group_due(group)).min();
        singles.into_iter().chain(groups).min()
    }

    fn group_due(&self, group: &Group) -> Duration {
        group.opened.saturating_add(SPAN).min(self.noted.saturating_add(QUIET))
    }

    /// Takes what to write with the next commit: all held singly, and the groups whose time has come.
    pub(crate) fn take(&mut self, now: Duration) -> Vec<Event> {
        let quiet = now >= self.noted.saturating_add(QUIET);
        self.take_if(|group| quiet || now >= group.opened.saturating_add(SPAN))
    }

    /// Takes everything.
    pub(crate) fn take_all(&mut self) -> Vec<Event> {
        self.take_if(|_| true)
    }

    fn take_if(&mut self, due: impl Fn(&Group) -> bool) -> Vec<Event> {
        let mut events = mem::take(&mut self.singles);
        let written = self.groups.extract_if(|_, group| due(group));
        events.extend(written.map(|(likeness, group)| group.into_event(likeness.source)));
        events
    }
}

impl Likeness {
    fn of(event: &Event) -> Self {
        let cause = match &event.outcome {
            Outcome::Refused { cause, .. } | Outcome::Coalesced { cause, .. } => {
                let flaw = if let Cause::Token { flaw, .. } = cause { *flaw as u8 } else { 0 };
                (cause.name(), flaw)
            }
            Outcome::Issued { .. } | Outcome::Changed { .. } => ("", 0), // never noted
        };
        let (realm, endpoint) = (event.realm.clone(), event.endpoint.clone());
        Self { realm, endpoint, source: event.source.clone(), cause }
    }
}

impl Group {
    /// Request ids are ordered by time, but may be noted in another order.
    fn add(&mut self, event: Event) {
        self.count = self.count.saturating_add(1);
        if event.request < self.first.request {
            self.first = event;
        } else if event.request > self.last.request {
            self.last = event;
        }
    }

    /// One event for the group; a group of one is that one.
    fn into_event(self, source: Option<Arc<str>>) -> Event {
        let Outcome::Refused { cause, detail, .. } = self.first.outcome else { return self.last };
        if self.count == 1 {
            return self.last;
        }
        let first = self.first.request;
        let outcome = Outcome::Coalesced { cause, count: self.count, first, detail };
        Event { outcome, source, ..self.last }
    }
}

#[cfg(test)]
mod tests;
