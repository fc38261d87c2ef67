//! The binary `portal`.

use std::process::ExitCode;

use clap::Parser;
use server::configuration::{Command, CommandLine, LedgerCommand, LevelCommand, MonthCommand, PartnerCommand, StaffCommand, UsageCommand};
use server::{commands, portal, serve, simulate};

#[tokio::main]
async fn main() -> ExitCode {
    let done = match CommandLine::parse().command {
        Command::Serve(arguments) => serve::serve(*arguments, portal::open).await,
        Command::Migrate(arguments) => serve::migrate(&arguments).await,
        Command::Simulate { file } => simulate::simulate(&file),
        Command::Demo(arguments) => commands::demo(&arguments).await,
        Command::Usage(UsageCommand::Import(arguments)) => commands::usage_import(&arguments).await,
        Command::Month(MonthCommand::Close(arguments)) => commands::month_close(&arguments).await,
        Command::Ledger(LedgerCommand::Verify(arguments)) => commands::ledger_verify(&arguments.database).await,
        Command::Partner(PartnerCommand::Create(arguments)) => commands::partner_create(&arguments).await,
        Command::Staff(StaffCommand::Create(arguments)) => commands::staff_create(&arguments).await,
        Command::Level(LevelCommand::Explain(arguments)) => commands::level_explain(&arguments).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("portal: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
