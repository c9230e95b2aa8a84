//! How a test drives a process of the peer.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const WAIT_MAX: Duration = Duration::from_secs(20);

/// A process of the peer; its end is the end of its input.
pub struct Driven {
    process: Child,
    pub commands: Option<ChildStdin>,
    events: Receiver<Value>,
    /// Events that came while another one was waited for.
    passed: Vec<Value>,
    pub address: String,
    pub id: String,
}

impl Driven {
    /// A peer with this seed that offers these tags.
    pub fn start(seed: u8, tags: &[&str]) -> Self {
        let tags = tags.iter().flat_map(|tag| ["--tag", tag]);
        Self::start_with(seed, tags)
    }

    /// A peer with this seed and further arguments.
    pub fn start_with<'a>(seed: u8, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rust-underlayer"));
        command.args(["--listen", "/ip4/127.0.0.1/tcp/0", "--seed"]);
        command.arg(format!("{seed:02x}").repeat(32));
        command.args(arguments);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, events) = channel();
        thread::spawn(move || {
            for line in output.lines() {
                let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
                assert!(event["event"].is_string(), "{event}");
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
        let mut driven = Self {
            commands: process.stdin.take(),
            process,
            events,
            passed: Vec::new(),
            address: String::new(),
            id: String::new(),
        };
        let listening = driven.await_event(|event| event["event"] == "listening");
        driven.address = listening["address"].as_str().unwrap().to_owned();
        driven.id = listening["peerId"].as_str().unwrap().to_owned();
        driven
    }

    pub fn send_line(&mut self, line: &str) {
        let commands = self.commands.as_mut().unwrap();
        writeln!(commands, "{line}").unwrap();
        commands.flush().unwrap();
    }

    pub fn await_event(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.passed.iter().position(&wanted) {
            return self.passed.remove(index);
        }
        let end = Instant::now() + WAIT_MAX;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(event) if wanted(&event) => return event,
                Ok(event) => self.passed.push(event),
                Err(error) => panic!("{error}; events so far: {:#?}", self.passed),
            }
        }
    }

    pub fn await_named(&mut self, name: &str) -> Value {
        self.await_event(|event| event["event"] == name)
    }

    /// Sends the command with an id, and returns the event that carries this id.
    pub fn ask(&mut self, mut command: Value) -> Value {
        command["id"] = "asked".into();
        self.send_line(&command.to_string());
        self.await_event(|event| event["id"] == "asked")
    }

    pub fn dial(&mut self, other: &mut Self) {
        let connected = self.ask(json!({"cmd": "dial", "address": other.address}));
        assert_eq!(connected["event"], "connected", "{connected}");
        assert_eq!(connected["peer"], json!(other.id));
        assert_eq!(other.await_named("connected")["peer"], json!(self.id));
    }

    pub fn exit_status(&mut self) -> ExitStatus {
        let end = Instant::now() + WAIT_MAX;
        while Instant::now() < end {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            thread::yield_now();
        }
        panic!("still running");
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        // Its input ends, and that is enough; the rest is for a test that failed.
        self.commands = None;
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
