use clap::Args;
use crate::output::Failed;
#[derive(Args, Debug)]
pub(crate) struct Arguments { #[arg(long)] dev: bool, #[arg(long)] data: Option<String>, #[arg(long)] listen: Option<String>, #[arg(long, conflicts_with="dev")] config: Option<String> }
pub(crate) fn run(_: Arguments) -> Result<(), Failed> { Ok(()) }
