//! The run: rounds of floors and flows, interleaved, so that whatever the machine does to one it does to all.
//!
//! In:  how long to measure.
//! Out: [`Measured`]: every sample of every round.
//! Never: a floor measured while a flow runs.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::child::Running;
use crate::cpu::{self, Threads};
use crate::flows::{self, Flow, Requests, STRANGERS};
use crate::load::{Message, Target, Window};
use crate::served::{self, Program, Server};
use crate::signatures::{self, Keys};
use crate::xml;
use crate::{CONNECTIONS, Failure, clock, oracle, say};

/// Rounds: enough for a median on a machine that others use too.
const ROUNDS: u32 = 5;
/// Windows in a round: signatures, a row, and for each flow two echoes and itself.
const WINDOWS: u32 = 11;
/// How long a server is left alone before its memory is read: the threads of argon2id keep theirs for five seconds.
const SETTLE: Duration = Duration::from_secs(6);
/// Starts of which the median counts.
const STARTS: u32 = 5;

/// Everything that a run saw.
pub(crate) struct Measured {
    pub(crate) rounds: u32,
    /// Whether what was measured had a processor of its own.
    pub(crate) pinned: bool,
    pub(crate) window: Duration,
    /// Microseconds of processor time, one of each round.
    pub(crate) rsa_sign: Vec<f64>,
    pub(crate) p256_sign: Vec<f64>,
    pub(crate) p256_verify: Vec<f64>,
    pub(crate) row: Vec<f64>,
    /// One RSA-2048 signature by openssl, or why it is not known.
    pub(crate) openssl: Result<f64, String>,
    pub(crate) flows: Vec<Served>,
    /// The same flows on the memory store, measured once, after the rounds.
    pub(crate) memory_store: Vec<Served>,
    pub(crate) cold: Cold,
    pub(crate) idle_mb: f64,
    pub(crate) loaded_mb: f64,
    pub(crate) start_ms: Vec<f64>,
    pub(crate) binary_mb: f64,
    /// XML security by itself.
    pub(crate) xml: Xml,
}

/// XML security by itself.
pub(crate) struct Xml {
    pub(crate) costs: Vec<xml::Costs>,
    pub(crate) endings: Vec<oracle::Ending>,
}

impl Xml {
    pub(crate) fn measure(span: Duration, folder: &Path) -> Result<Self, Failure> {
        let half = span.div_f64(2.0);
        Ok(Self { costs: xml::all(half, folder)?, endings: oracle::all(half)? })
    }
}

/// What was seen of one flow.
pub(crate) struct Served {
    pub(crate) flow: Flow,
    /// Octets of the answer's body.
    pub(crate) answered: usize,
    /// The echo of the same sizes, microseconds.
    pub(crate) echo: Vec<f64>,
    /// The same echo after the flow's signatures and verifications, microseconds.
    pub(crate) echo_with_primitives: Vec<f64>,
    pub(crate) cpu: Vec<f64>,
    pub(crate) per_second: Vec<f64>,
    pub(crate) latencies: Vec<f64>,
}

/// Logins that no verifier cache knows.
pub(crate) struct Cold {
    /// Processor time of one, microseconds.
    pub(crate) cpu: f64,
    pub(crate) latencies: Vec<f64>,
}

/// The processes of a run, and what they are asked.
struct Bench {
    keys: Keys,
    server: Server,
    requests: Requests,
    _echoing: Running,
    echo: Target,
    rows: Running,
    window: Duration,
}

pub(crate) async fn all(seconds: Duration, processor: Option<u16>) -> Result<Measured, Failure> {
    say("building the server");
    let program = Program { file: served::build()?, processor };
    let folder = near(&program.file)?;
    let data = folder.path().join("data");
    let binary_mb = megabytes(fs::metadata(&program.file)?.len());

    say("starts");
    let anywhere = Program { file: program.file.clone(), processor: None };
    let (start_ms, idle_mb) = starts(&anywhere, &data).await?;
    flows::write_objects(&data)?;
    let server = Server::start(&program, &data).await?;
    let requests = Requests::prepare(&server, &data).await?;
    let cold = cold(&server, &requests).await?;

    let (echoing, echo) = echo(&data, processor)?;
    let rows = Running::floor(&["rows".as_ref(), folder.path().as_ref()], processor)?;
    let window = window(seconds);
    let keys = Keys::generate()?;
    let mut bench = Bench { keys, server, requests, _echoing: echoing, echo, rows, window };
    let mut measured = Measured {
        rounds: ROUNDS,
        pinned: processor.is_some(),
        window,
        rsa_sign: Vec::new(),
        p256_sign: Vec::new(),
        p256_verify: Vec::new(),
        row: Vec::new(),
        openssl: Err("not run".to_owned()),
        flows: bench.flows().await?,
        memory_store: Vec::new(),
        cold,
        idle_mb,
        loaded_mb: 0.0,
        start_ms,
        binary_mb,
        xml: Xml::measure(seconds.mul_f64(1.0 / 3.0), folder.path())?,
    };
    for round in 1..=ROUNDS {
        say(&format!("round {round} of {ROUNDS}"));
        bench.round(&mut measured).await?;
        if round == ROUNDS.div_ceil(2) {
            measured.openssl = signatures::openssl_rsa_sign();
        }
    }
    tokio::time::sleep(SETTLE).await;
    measured.loaded_mb = cpu::resident_mb(bench.server.target.pid)?;

    say("another store: memory");
    bench.server = Server::start_in_memory(&program, &data).await?;
    bench.requests = Requests::prepare(&bench.server, &data).await?;
    measured.memory_store = bench.flows().await?;
    for served in &mut measured.memory_store {
        let request = bench.requests.of(served.flow);
        served.take(bench.load(&bench.server.target, &request).await?);
    }
    Ok(measured)
}

impl Served {
    fn take(&mut self, window: Window) {
        self.cpu.push(window.cpu_micros);
        self.per_second.push(window.per_second);
        self.latencies.extend(window.latencies);
    }
}

impl Bench {
    async fn flows(&self) -> Result<Vec<Served>, Failure> {
        let mut flows = Vec::new();
        for flow in Flow::ALL {
            let answer = self.server.target.ask(&self.requests.of(flow)).await?;
            flows.push(Served {
                flow,
                answered: answer.len(),
                echo: Vec::new(),
                echo_with_primitives: Vec::new(),
                cpu: Vec::new(),
                per_second: Vec::new(),
                latencies: Vec::new(),
            });
        }
        Ok(flows)
    }

    async fn round(&mut self, measured: &mut Measured) -> Result<(), Failure> {
        let costs = self.keys.costs(self.window)?;
        measured.rsa_sign.push(costs.rsa_sign);
        measured.p256_sign.push(costs.p256_sign);
        measured.p256_verify.push(costs.p256_verify);
        for served in &mut measured.flows {
            let request = self.requests.of(served.flow);
            let to_echo = request.to(&format!("/{}", served.answered));
            let echoed = self.load(&self.echo, &to_echo).await?;
            served.echo.push(echoed.cpu_micros);
            let path = format!("/{}/{}", served.answered, served.flow.letter());
            let worked = self.load(&self.echo, &request.to(&path)).await?;
            served.echo_with_primitives.push(worked.cpu_micros);
            let seen = self.load(&self.server.target, &request).await?;
            served.take(seen);
        }
        self.rows.tell(&self.window.as_millis().to_string())?;
        measured.row.push(self.rows.hear()?.parse()?);
        Ok(())
    }

    async fn load(&self, target: &Target, message: &Message) -> Result<Window, Failure> {
        target.load(message, CONNECTIONS, self.window).await
    }
}

/// A folder that is removed at the end, on the file system of the build: `/tmp` may be memory.
pub(crate) fn near(program: &Path) -> Result<TempDir, Failure> {
    let target = program.ancestors().nth(2).ok_or("a program without a folder")?;
    Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(target)?)
}

/// Starts with existing keys, milliseconds, and the memory of a server that nobody asks anything, megabytes.
async fn starts(program: &Program, data: &Path) -> Result<(Vec<f64>, f64), Failure> {
    drop(Server::start(program, data).await?); // makes the keys
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(Server::start(program, data).await?.start.as_secs_f64() * 1e3);
    }
    let idle = Server::start(program, data).await?;
    tokio::time::sleep(SETTLE).await;
    Ok((starts, cpu::resident_mb(idle.target.pid)?))
}

async fn cold(server: &Server, requests: &Requests) -> Result<Cold, Failure> {
    let (mut latencies, before) = (Vec::new(), Threads::of(server.target.pid)?);
    for number in 0..STRANGERS {
        let asked = clock::moment();
        server.target.ask(&requests.login(number)).await?;
        latencies.push(asked.elapsed().as_secs_f64() * 1e6);
    }
    let cpu = Threads::of(server.target.pid)?.since(&before);
    Ok(Cold { cpu: cpu.as_secs_f64() * 1e6 / f64::from(u32::try_from(STRANGERS)?), latencies })
}

fn echo(data: &Path, processor: Option<u16>) -> Result<(Running, Target), Failure> {
    let mut echoing = Running::floor(&["echo".as_ref(), data.as_ref()], processor)?;
    let address = echoing.hear()?.parse()?;
    let target = Target::new(&fs::read(data.join("ca.crt"))?, address, echoing.pid())?;
    Ok((echoing, target))
}

/// So long that all windows and their warm-up fit into the time that was given.
fn window(seconds: Duration) -> Duration {
    let warm = crate::load::WARM.saturating_mul(9);
    let round = seconds.mul_f64(1.0 / f64::from(ROUNDS)).saturating_sub(warm);
    round.mul_f64(1.0 / f64::from(WINDOWS)).max(Duration::from_millis(200))
}

fn megabytes(octets: u64) -> f64 {
    f64::from(u32::try_from(octets).unwrap_or(u32::MAX)) / 1e6
}
