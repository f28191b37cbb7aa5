//! The floor of durability: one audit row, committed in a group by the store's SQLite, `synchronous=FULL`.
//!
//! In:  a directory on the file system that the server uses; on standard input, for each measurement, its milliseconds.
//! Out: on standard output, for each, the processor time of one row in microseconds: serialise, queue, write, wake.
//! Never: a row that is not acknowledged.
//!
//! Runs in a process of its own: the bench's other threads must not be counted.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use symbolon_kernel::audit::{Event, Issued, Outcome, VERSION, Who};
use symbolon_kernel::ports::{Ledger, Writes};
use symbolon_model::{
    AccountName, EndpointId, Lineage, PartyId, RealmId, RequestId, TokenId, TokenType,
};
use symbolon_store::{Options, SqliteStore};
use tokio::task::JoinSet;

use crate::clock::{moment, now};
use crate::cpu::Threads;
use crate::{CONNECTIONS, Failure};

pub(crate) fn run(folder: &Path) -> Result<(), Failure> {
    let store = Arc::new(SqliteStore::open(&folder.join("rows.sqlite"), Options::default())?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let durable = runtime.block_on(store.writer_pragma("synchronous")).map_err(|e| e.what)?;
    if durable != "2" {
        return Err(format!("the writer's synchronous is {durable}, not FULL").into());
    }
    for line in io::stdin().lock().lines() {
        let span = Duration::from_millis(line?.parse()?);
        let micros = runtime.block_on(measure(&store, span))?;
        writeln!(io::stdout(), "{micros}")?;
    }
    Ok(())
}

async fn measure(store: &Arc<SqliteStore>, span: Duration) -> Result<f64, Failure> {
    let (started, before) = (moment(), Threads::of(std::process::id())?);
    let mut committing = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let store = Arc::clone(store);
        committing.spawn(async move {
            let mut rows: u32 = 0;
            while started.elapsed() < span {
                let writes = Writes { conditions: Vec::new(), event: event(rows) };
                store.commit(writes).await.map_err(|failure| format!("{failure:?}"))?;
                rows = rows.saturating_add(1);
            }
            Ok::<u32, String>(rows)
        });
    }
    let mut rows: u32 = 0;
    while let Some(ended) = committing.join_next().await {
        rows = rows.saturating_add(ended??);
    }
    let cpu = Threads::of(std::process::id())?.since(&before);
    Ok(cpu.as_secs_f64() * 1e6 / f64::from(rows))
}

/// As long as the event of one issued assertion.
fn event(row: u32) -> Event {
    let now = now();
    Event {
        version: VERSION,
        request: RequestId::new(format!("{:012x}{row:016x}", now.millis())),
        at: now,
        realm: RealmId::from("default"),
        endpoint: EndpointId::from("usernamemixed"),
        protocol: "wstrust".into(),
        source: Some("127.0.0.1".into()),
        revision: 1,
        requestor: Some(Who::Account(AccountName::from("bench"))),
        proven: vec!["username-password: account bench".to_owned()],
        tolerances: Vec::new(),
        replay_protected: false,
        outcome: Outcome::Issued {
            rule: "built-in: the relying party admits the account".to_owned(),
            tokens: vec![Issued {
                id: TokenId::new("_0123456789abcdef0123456789abcdef"),
                token_type: TokenType::SAML2,
                subject: "bench".to_owned(),
                parties: vec![PartyId::from("urn:bench:rsa")],
                until: now.after(Duration::from_secs(3600)),
                lineage: Lineage::new("0123456789abcdef0123456789abcdef"),
            }],
        },
    }
}
