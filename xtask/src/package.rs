//! `cargo xtask package`: the static program, its bill of materials, and the Debian package.
//!
//! In:  the workspace, and `packaging/`.
//! Out: `target/package/symbolon`, `symbolon.cdx.json` and `symbolon_VERSION_ARCHITECTURE.deb`.
//! Never: the network, beyond what cargo fetches by the lock file; a file that names who built it or when.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::MetadataCommand;

use crate::sbom;
use crate::steps::{Run, succeeds};

const NAME: &str = "package";
/// What the package's version is called when it stands in for the next one, in the test of an upgrade.
const NEXT: &str = "+next";
/// Where the program's files go.
const PROGRAM: &str = "usr/bin/symbolon";
const UNIT: &str = "usr/lib/systemd/system/symbolon.service";
const PAGES: &str = "usr/share/man/man1";
const DOC: &str = "usr/share/doc/symbolon";
const ETC: &str = "etc/symbolon";
/// What a shell's completions are called, and where Debian has them.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/symbolon"),
    ("zsh", "usr/share/zsh/vendor-completions/_symbolon"),
    ("fish", "usr/share/fish/vendor_completions.d/symbolon.fish"),
];
/// Debian's way of saying which scripts dpkg runs.
const SCRIPTS: [&str; 3] = ["postinst", "prerm", "postrm"];

type Done<T> = Result<T, String>;

/// Builds it all.
pub(crate) fn build(run: &mut Run) {
    match Package::find().and_then(|package| package.built(run)) {
        Ok(deb) => run.pass(NAME, &format!("made {}", deb.display())),
        Err(why) => run.fail(NAME, &why),
    }
}

/// Builds it, and a next version of it, and has both installed, started, upgraded, removed and purged.
pub(crate) fn conformance(run: &mut Run) {
    if !succeeds(Command::new("dpkg-deb").arg("--version")) {
        return run.skip(NAME, "dpkg-deb is not installed (optional)");
    }
    let made = Package::find().and_then(|package| {
        let first = package.built(run)?;
        let next = package.deb(&format!("{}{NEXT}", package.version))?;
        Ok((package.root.join("packaging/test-package.sh"), first, next))
    });
    match made {
        Ok((test, first, next)) => {
            run.step(NAME, Command::new("sh").arg(test).arg(first).arg(next));
        }
        Err(why) => run.fail(NAME, &why),
    }
}

/// Where everything is.
struct Package {
    root: PathBuf,
    /// What is made.
    folder: PathBuf,
    target: PathBuf,
    version: String,
    /// Of this machine, as Rust calls it.
    triple: String,
}

impl Package {
    fn find() -> Done<Self> {
        let metadata = MetadataCommand::new().no_deps().exec().map_err(|why| why.to_string())?;
        let of_cli = metadata.packages.iter().find(|package| package.name == "symbolon-cli");
        let version = of_cli.ok_or("there is no package symbolon-cli")?.version.to_string();
        let target = metadata.target_directory.clone().into_std_path_buf();
        let said = said(Command::new("rustc").arg("-vV"))?;
        let triple = said.lines().find_map(|line| line.strip_prefix("host: "));
        Ok(Self {
            root: metadata.workspace_root.clone().into_std_path_buf(),
            folder: target.join("package"),
            target,
            version,
            triple: triple.ok_or("rustc does not say for which machine it is")?.to_owned(),
        })
    }

    /// Program, bill of materials and package.
    fn built(&self, run: &mut Run) -> Done<PathBuf> {
        self.program(run)?;
        fs::create_dir_all(&self.folder).map_err(|why| wrong(&self.folder, &why))?;
        let built = self.target.join(&self.triple).join("release/symbolon");
        copy(&built, &self.folder.join("symbolon"))?;
        let bill = sbom::of("symbolon-cli", &self.triple)?;
        write(&self.folder.join("symbolon.cdx.json"), &bill)?;
        self.deb(&self.version)
    }

    /// Builds the program without a library that it would need. With `--target`, the flags do not reach build scripts.
    fn program(&self, run: &mut Run) -> Done<()> {
        let audited = succeeds(Command::new("cargo").args(["auditable", "--version"]));
        let mut cargo = Command::new("cargo");
        if audited {
            cargo.arg("auditable");
        } else {
            run.skip("dependencies in the program", "cargo-auditable is not installed (optional)");
        }
        cargo
            .args(["build", "--release", "--locked", "--package", "symbolon-cli"])
            .args(["--target", &self.triple])
            .env("RUSTFLAGS", "-C target-feature=+crt-static");
        done(&mut cargo)
    }

    /// The Debian package of a version.
    fn deb(&self, version: &str) -> Done<PathBuf> {
        let tree = self.folder.join("root");
        if tree.exists() {
            fs::remove_dir_all(&tree).map_err(|why| wrong(&tree, &why))?;
        }
        self.files(&tree)?;
        let architecture = said(Command::new("dpkg").arg("--print-architecture"))?;
        let architecture = architecture.trim();
        self.control(&tree, version, architecture)?;
        let deb = self.folder.join(format!("symbolon_{version}_{architecture}.deb"));
        let mut command = Command::new("dpkg-deb");
        command.args(["--root-owner-group", "--build"]).arg(&tree).arg(&deb);
        // The same source gives the same package.
        let at = said(Command::new("git").args(["log", "-1", "--format=%ct"]));
        command.env("SOURCE_DATE_EPOCH", at.as_deref().unwrap_or("0").trim());
        done(&mut command)?;
        Ok(deb)
    }

    /// Everything that is installed.
    fn files(&self, tree: &Path) -> Done<()> {
        let packaging = self.root.join("packaging");
        let program = tree.join(PROGRAM);
        copy(&self.folder.join("symbolon"), &program)?;
        copy(&packaging.join("symbolon.service"), &tree.join(UNIT))?;
        copy(&self.folder.join("symbolon.cdx.json"), &tree.join(DOC).join("symbolon.cdx.json"))?;
        for licence in ["LICENSE-APACHE", "LICENSE-MIT", "CHANGELOG.md"] {
            copy(&self.root.join(licence), &tree.join(DOC).join(licence))?;
        }
        done(Command::new(&program).arg("man").arg(tree.join(PAGES)))?;
        let pages = "find \"$1\" -name '*.1' -exec gzip --best --no-name {} +";
        done(Command::new("sh").args(["-euc", pages, "sh"]).arg(tree.join(PAGES)))?;
        for (shell, place) in COMPLETIONS {
            let script = said(Command::new(&program).args(["completions", shell]))?;
            write(&tree.join(place), &script)?;
        }
        self.configuration(&program, &tree.join(ETC))
    }

    /// The files that an administrator changes, as `symbolon init` writes them; the key is made where it is installed.
    fn configuration(&self, program: &Path, etc: &Path) -> Done<()> {
        said(Command::new(program).arg("init").arg(etc))?;
        let server = etc.join("server.toml");
        let text = fs::read_to_string(&server).map_err(|why| wrong(&server, &why))?;
        let here = "path = \"store.sqlite\"";
        if !text.contains(here) {
            return Err(format!("{} names no store", server.display()));
        }
        write(&server, &text.replace(here, "path = \"/var/lib/symbolon/store.sqlite\""))?;
        let removed = fs::remove_file(etc.join("sealing.key"));
        removed.and_then(|()| fs::remove_dir(etc.join("secrets"))).map_err(|why| wrong(etc, &why))
    }

    fn control(&self, tree: &Path, version: &str, architecture: &str) -> Done<()> {
        let debian = self.root.join("packaging/debian");
        let size = said(Command::new("du").args(["--summarize", "--block-size=1K"]).arg(tree))?;
        let size = size.split_whitespace().next().unwrap_or("0");
        let control = debian.join("control");
        let text = fs::read_to_string(&control).map_err(|why| wrong(&control, &why))?;
        let text = text
            .replace("@VERSION@", version)
            .replace("@ARCHITECTURE@", architecture)
            .replace("@SIZE@", size);
        let there = tree.join("DEBIAN");
        write(&there.join("control"), &text)?;
        copy(&debian.join("conffiles"), &there.join("conffiles"))?;
        for script in SCRIPTS {
            copy(&debian.join(script), &there.join(script))?;
        }
        let modes =
            "chmod -R u=rwX,go=rX \"$1\" && cd \"$1/DEBIAN\" && chmod 0755 postinst prerm postrm";
        done(Command::new("sh").args(["-euc", modes, "sh"]).arg(tree))
    }
}

/// Runs a command that shows what it does.
fn done(command: &mut Command) -> Done<()> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{}: {status}", command.get_program().display())),
        Err(why) => Err(format!("{}: {why}", command.get_program().display())),
    }
}

/// Runs a command, and returns what it says.
fn said(command: &mut Command) -> Done<String> {
    let name = command.get_program().display().to_string();
    let output = command.output().map_err(|why| format!("{name}: {why}"))?;
    if !output.status.success() {
        return Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn copy(from: &Path, to: &Path) -> Done<()> {
    folder_of(to)?;
    fs::copy(from, to).map(|_| ()).map_err(|why| wrong(from, &why))
}

fn write(path: &Path, text: &str) -> Done<()> {
    folder_of(path)?;
    fs::write(path, text).map_err(|why| wrong(path, &why))
}

fn folder_of(path: &Path) -> Done<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|why| wrong(folder, &why))
}

fn wrong(path: &Path, why: &io::Error) -> String {
    format!("{}: {why}", path.display())
}
