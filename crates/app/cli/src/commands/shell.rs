//! `symbolon completions SHELL` and `symbolon man DIR`: what a shell and `man` know of this command.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::output::Failed;

/// Which shell.
#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

/// Where the pages go.
#[derive(Args, Debug)]
pub(crate) struct Man {
    /// A folder; one page for each command is written into it.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes a shell's completions to standard output.
pub(crate) fn completions(arguments: &Completions) {
    let mut command = crate::Arguments::command();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "symbolon", &mut script);
    crate::output::say(String::from_utf8_lossy(&script).trim_end());
}

/// Writes the manual's pages.
pub(crate) fn man(arguments: &Man) -> Result<(), Failed> {
    let failed = |why| Failed::because(arguments.folder.display(), why);
    std::fs::create_dir_all(&arguments.folder).map_err(failed)?;
    clap_mangen::generate_to(crate::Arguments::command(), &arguments.folder).map_err(failed)
}
