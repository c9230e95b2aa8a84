//! A rust-libp2p peer of the interop matrix, driven by JSON lines. See README.md.

mod behaviour;
mod conversations;
mod peer;

use std::error::Error;
use std::process::ExitCode;

use rust_peer::arguments::Arguments;
use rust_peer::lines;

use crate::peer::Peer;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rust-peer: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error + Send + Sync>> {
    let known = ["listen", "security", "gossip"];
    let arguments = Arguments::parse(std::env::args().skip(1), &known)?;
    let mut commands = lines::commands();
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async { Peer::start(&arguments)?.run(&mut commands).await })
}
