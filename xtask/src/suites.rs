//! What `cargo xtask test` runs, in order: the cheapest first.
//!
//! In:  nothing.
//! Out: every step, counted in a [`Run`].
//! Never: needs more than Rust, a C compiler and git; what else is missing is installed where that is possible, or skipped.

use std::process::Command;

use crate::steps::{Run, say, succeeds};
use crate::{clients, package};

/// A program that some tests call, and the Debian package that has it.
struct Tool {
    program: &'static str,
    package: &'static str,
}

const TOOLS: [Tool; 3] = [
    Tool { program: "xmllint", package: "libxml2-utils" },
    Tool { program: "xmlsec1", package: "xmlsec1" },
    Tool { program: "python3", package: "python3" },
];

/// A suite beside `cargo test`: its name, and the command that runs it from the root of the workspace.
///
/// A suite ends with another code than 0 when it fails. It may print `test result: ok. N passed; N failed; N ignored` to
/// be counted by its checks, and `skipped: why` for what it did not run (`(optional)` at the end: CI may do without).
struct Suite {
    name: &'static str,
    command: &'static [&'static str],
}

const SUITES: &[Suite] = &[
    Suite {
        // The conformance suites, which ran among the tests, kept every SOAP reply.
        name: "replies by the schemas",
        command: &[
            "cargo",
            "run",
            "--package",
            "symbolon-conformance",
            "--bin",
            "validate_replies",
        ],
    },
    Suite {
        name: "vectors",
        command: &["cargo", "run", "--package", "symbolon-conformance", "--bin", "vectors"],
    },
];

/// Runs it all.
pub(crate) fn everything(run: &mut Run) {
    tools(run);
    run.step("format", &mut cargo(&["fmt", "--all", "--check"]));
    run.layers();
    run.step(
        "lints",
        &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]),
    );
    // `--show-output`: a test that could not run says so on its standard output.
    run.step(
        "tests",
        &mut cargo(&["test", "--workspace", "--no-fail-fast", "--", "--show-output"]),
    );
    run.step(
        "documents",
        cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings"),
    );
    if succeeds(&mut cargo(&["deny", "--version"])) {
        run.step("bans, licences, sources", &mut cargo(&["deny", "--all-features", "check"]));
    } else {
        run.skip("bans, licences, sources", "cargo-deny is not installed (optional)");
    }
    for suite in SUITES {
        if let [program, arguments @ ..] = suite.command {
            run.step(suite.name, Command::new(program).args(arguments));
        }
    }
    clients::conformance(run, &[]);
    package::conformance(run);
}

/// Tries mutants of signed documents, as fast as it can be done.
pub(crate) fn mutants(run: &mut Run, count: u64) {
    let package = ["run", "--release", "--package", "symbolon-fuzz-targets", "--bin", "mutants"];
    run.step("mutants", cargo(&package).args(["--", "--count", &count.to_string()]));
}

/// Runs the public test vectors. `write`: what they come to is written down, in `docs/vectors.md` and the pins.
pub(crate) fn vectors(run: &mut Run, write: bool) {
    let mut command =
        cargo(&["run", "--package", "symbolon-conformance", "--bin", "vectors", "--"]);
    command.args(write.then_some("--write"));
    run.step("vectors", &mut command);
}

/// Installs what tests call and the machine lacks, where that is possible.
fn tools(run: &mut Run) {
    let missing = missing();
    if missing.is_empty() {
        return;
    }
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    if is_root() && succeeds(Command::new("apt-get").arg("--version")) {
        say(&format!("installing {}", packages.join(" ")));
        // The lists of packages may be older than the packages, or absent: then fetch them and try again.
        let _installed = install(&packages)
            || (succeeds(Command::new("apt-get").args(["update", "--quiet"]))
                && install(&packages));
    }
    for tool in self::missing() {
        let Tool { program, package } = tool;
        run.skip(
            "tools",
            &format!("{program} is not installed (Debian: apt-get install {package})"),
        );
    }
}

fn missing() -> Vec<&'static Tool> {
    TOOLS.iter().filter(|tool| !succeeds(Command::new(tool.program).arg("--version"))).collect()
}

fn install(packages: &[&str]) -> bool {
    let mut command = Command::new("apt-get");
    command.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages);
    succeeds(command.env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments);
    command
}
