//! The bench: what a request costs us, against what its parts must cost, in one run.
//!
//! In:  how long to measure, and whether to print JSON.
//! Out: floors, our processor time per request and its ratio to their sum.
//! Never: numbers of two runs in one ratio; a server other than the release default in the main rows.
//!
//! In order: `signatures`, `echo` and `rows` are the floors, `served` is our server, `flows` are what it is asked, `load` asks,
//! `run` interleaves them all, `pinning` gives each side a processor, `report` says what came of it. `xml` and `oracle`
//! measure XML security by itself.

mod child;
mod clock;
mod cpu;
mod echo;
mod flows;
mod load;
mod oracle;
mod pinning;
mod report;
mod rows;
mod run;
mod served;
mod signatures;
mod xml;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

/// The server's own: what is measured in this process must not pay another's price.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever ends a measurement: it is printed, and no number with it.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Connections at once, and so exchanges that wait for one commit.
pub(crate) const CONNECTIONS: usize = 32;

/// Measures our processor time per request against the ceiling of the same run.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// About how long to measure, in all.
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(10..=3600))]
    seconds: u16,
    /// Measure one part alone.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// The processor of whatever is measured; the bench says it to itself.
    #[arg(long, hide = true)]
    server_processor: Option<u16>,
    #[command(subcommand)]
    floor: Option<Floor>,
}

/// What can be measured alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// XML security: signing, verifying, opening.
    Xml,
}

/// A floor that is measured in a process of its own, which the bench starts.
#[derive(Subcommand)]
enum Floor {
    #[command(hide = true)]
    Echo { data: PathBuf },
    #[command(hide = true)]
    Rows { folder: PathBuf },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.floor {
        Some(Floor::Echo { data }) => echo::run(data).map(|()| ExitCode::SUCCESS),
        Some(Floor::Rows { folder }) => rows::run(folder).map(|()| ExitCode::SUCCESS),
        None => bench(&arguments),
    };
    done.unwrap_or_else(|failure| {
        say(&format!("symbolon-bench: {failure}"));
        ExitCode::FAILURE
    })
}

fn bench(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let seconds = Duration::from_secs(u64::from(arguments.seconds));
    if arguments.only == Some(Part::Xml) {
        let costs = run::Xml::measure(seconds, run::near(&std::env::current_exe()?)?.path())?;
        let text = if arguments.json {
            serde_json::to_string_pretty(&report::xml_json(&costs))?
        } else {
            report::xml_text(&costs)
        };
        writeln!(io::stdout(), "{text}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.server_processor.is_none()
        && let Some((server, client)) = pinning::two()
    {
        served::build()?;
        return Err(pinning::again(server, client));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measured = runtime.block_on(run::all(seconds, arguments.server_processor))?;
    let text = if arguments.json {
        serde_json::to_string_pretty(&report::json(&measured))?
    } else {
        report::text(&measured)
    };
    writeln!(io::stdout(), "{text}")?;
    Ok(if measured.floor_is_fair() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tells whoever waits; the numbers alone go to standard output.
pub(crate) fn say(text: &str) {
    let _nobody_listens = writeln!(io::stderr(), "{text}");
}
