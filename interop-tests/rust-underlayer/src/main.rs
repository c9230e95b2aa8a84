//! A Rust libp2p peer of the RMB network, driven by JSON lines. See README.md.

#[cfg(test)]
mod abuse;
mod alive;
mod condition;
mod contact;
mod control;
mod envelope;
mod exchange;
mod kad;
#[cfg(test)]
mod keys;
mod message;
mod mirror;
mod network;
mod owner;
mod peer;
mod probe;
mod reactions;
mod schema;
mod search;
mod wire;

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::thread;

use tokio::sync::mpsc;

use crate::control::Arguments;
use crate::peer::{Input, Peer};

const COMMANDS_MAX: usize = 64;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rust-underlayer: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let (lines, mut input) = mpsc::channel(COMMANDS_MAX);
    // A thread, as reading standard input blocks; it ends with the process.
    thread::spawn(move || read_commands(&lines));
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let mut peer = Peer::start(arguments, io::stdout())?;
        peer.run(&mut input).await?;
        Ok(())
    })
}

fn read_commands(lines: &mpsc::Sender<Input>) {
    let mut stdin = io::stdin().lock();
    loop {
        let input = match control::next_line(&mut stdin) {
            Ok(None) => return,
            Ok(Some(line)) => Input::Line(line),
            Err(error) => Input::Failed(error),
        };
        let last = matches!(input, Input::Failed(_));
        if lines.blocking_send(input).is_err() || last {
            return;
        }
    }
}
