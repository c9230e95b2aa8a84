//! What the driver says: command-line arguments and commands, one JSON object per line.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};

use libp2p::Multiaddr;
use libp2p::identity::Keypair;
use libp2p::kad::Mode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::alive::INTERVAL_MAX_SECONDS;
use crate::contact::parse_offering;
use crate::schema::{Criterion, Offering};
use crate::wire::unhex;

/// Longest command: a message of 1 MiB as hexadecimal digits, and room for the rest.
pub const LINE_MAX: u64 = 3 * 1024 * 1024;

const ALIVE_INTERVAL_SECONDS: u32 = 30;

/// How this peer is started.
#[derive(Debug)]
pub struct Arguments {
    pub listen: Vec<Multiaddr>,
    pub key: Keypair,
    pub offerings: Vec<Offering>,
    pub alive_interval_seconds: u32,
    /// Whether this peer takes part in Kademlia, and how.
    pub kad: Option<Mode>,
    /// Whether identify carries a signed peer record, which rust-libp2p seals in its legacy form.
    pub peer_record: bool,
}

impl Arguments {
    /// Reads `--listen MULTIADDR`, `--seed HEX32`, `--alive-interval SECONDS`, `--kad MODE`,
    /// `--no-peer-record` and any number of `--tag TAG`.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut words = words.into_iter();
        let mut arguments = Self {
            listen: Vec::new(),
            key: Keypair::generate_ed25519(),
            offerings: Vec::new(),
            alive_interval_seconds: ALIVE_INTERVAL_SECONDS,
            kad: None,
            peer_record: true,
        };
        while let Some(name) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--listen" => arguments.listen.push(parse(&value()?)?),
                "--seed" => arguments.key = key_of_seed(&value()?)?,
                "--alive-interval" => arguments.alive_interval_seconds = interval(&value()?)?,
                "--kad" => arguments.kad = Some(mode(&value()?)?),
                "--no-peer-record" => arguments.peer_record = false,
                "--tag" => arguments.offerings.push(parse_offering(&value()?)?),
                _ => return Err(format!("unknown argument {name:?}")),
            }
        }
        if arguments.listen.is_empty() {
            arguments.listen.push(parse("/ip4/127.0.0.1/tcp/0")?);
        }
        Ok(arguments)
    }
}

fn interval(text: &str) -> Result<u32, String> {
    match parse(text)? {
        seconds @ 1..=INTERVAL_MAX_SECONDS => Ok(seconds),
        _ => Err(format!(
            "an interval is 1 to {INTERVAL_MAX_SECONDS} seconds"
        )),
    }
}

fn mode(text: &str) -> Result<Mode, String> {
    match text {
        "client" => Ok(Mode::Client),
        "server" => Ok(Mode::Server),
        _ => Err(format!("{text:?} is neither client nor server")),
    }
}

fn key_of_seed(text: &str) -> Result<Keypair, String> {
    let seed: [u8; 32] = unhex(text)?
        .try_into()
        .map_err(|_| "a seed is 64 hexadecimal digits".to_owned())?;
    Keypair::ed25519_from_bytes(seed).map_err(|error| error.to_string())
}

/// A value in its textual form, or an error that repeats the text.
pub fn parse<T>(text: &str) -> Result<T, String>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| format!("{text:?}: {error}"))
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "cmd", rename_all = "camelCase", deny_unknown_fields)]
pub enum Command {
    Dial {
        address: String,
    },
    Disconnect {
        peer: String,
    },
    Identify {
        peer: String,
    },
    Ping {
        peer: String,
        #[serde(default = "one")]
        count: u32,
    },
    Subscribe {
        topic: String,
    },
    Unsubscribe {
        topic: String,
    },
    Publish {
        topic: String,
        data: String,
    },
    Message {
        peer: String,
        command: String,
        #[serde(default)]
        schema: String,
        payload: Option<String>,
        #[serde(rename = "payloadHex")]
        payload_hex: Option<String>,
    },
    Search {
        peer: String,
        tag: String,
        #[serde(default)]
        r#where: BTreeMap<String, String>,
        #[serde(default)]
        hops: u32,
    },
    Exchange {
        peer: String,
    },
    Transfer {
        peer: String,
        bytes: u64,
    },
    Leave,
    Quit,
    #[serde(skip)]
    Kad(KadCommand),
}

/// What asks Kademlia; keys and values as hexadecimal digits.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "cmd", rename_all = "camelCase", deny_unknown_fields)]
pub enum KadCommand {
    AddAddress { address: String },
    FindNode { target: String },
    PutValue { key: String, value: String },
    GetValue { key: String },
    Provide { key: String },
    Providers { key: String },
    Holds { key: String },
    OwnerRecord { sequence: u64 },
}

impl KadCommand {
    const NAMES: [&str; 8] = [
        "addAddress",
        "findNode",
        "putValue",
        "getValue",
        "provide",
        "providers",
        "holds",
        "ownerRecord",
    ];
}

const fn one() -> u32 {
    1
}

/// Which command an event answers: its name, and the `id` that the driver gave it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ticket {
    cmd: Option<Value>,
    id: Option<Value>,
}

impl Ticket {
    /// The event with the command's name and id added.
    pub fn stamp(&self, mut event: Value) -> Value {
        if let Some(cmd) = &self.cmd {
            event["cmd"] = cmd.clone();
        }
        if let Some(id) = &self.id {
            event["id"] = id.clone();
        }
        event
    }

    pub fn answer(&self, event: Value) -> Value {
        let mut event = self.stamp(event);
        event["event"] = "answer".into();
        event
    }

    pub fn error(&self, reason: &str) -> Value {
        self.stamp(json!({"event": "error", "reason": reason}))
    }
}

/// Reads one line; a line that is no command still gets its ticket, so that the error names it.
pub fn read_command(line: &[u8]) -> (Ticket, Result<Command, String>) {
    let mut value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(error) => return (Ticket::default(), Err(format!("not JSON: {error}"))),
    };
    let Some(object) = value.as_object_mut() else {
        return (Ticket::default(), Err("not a JSON object".to_owned()));
    };
    let ticket = Ticket {
        id: object.remove("id"),
        cmd: object.get("cmd").cloned(),
    };
    let named = value["cmd"].as_str().unwrap_or_default();
    let command = if KadCommand::NAMES.contains(&named) {
        KadCommand::deserialize(value).map(Command::Kad)
    } else {
        Command::deserialize(value)
    };
    (ticket, command.map_err(|error| error.to_string()))
}

/// The payload that a message command carries as text, as hexadecimal digits, or not at all.
pub fn payload(text: Option<String>, digits: Option<String>) -> Result<Vec<u8>, String> {
    match (text, digits) {
        (Some(_), Some(_)) => Err("either payload or payloadHex".to_owned()),
        (Some(text), None) => Ok(text.into_bytes()),
        (None, Some(digits)) => unhex(&digits),
        (None, None) => Ok(Vec::new()),
    }
}

pub fn conditions(entries: BTreeMap<String, String>) -> Vec<Criterion> {
    entries
        .into_iter()
        .map(|(key, value)| Criterion { key, value })
        .collect()
}

/// The next line without its end, `None` at the end of the input.
pub fn next_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    input.take(LINE_MAX).read_until(b'\n', &mut line)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(last) => {
            if line.len() as u64 + 1 == LINE_MAX {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "command line is too long",
                ));
            }
            line.push(last);
            Ok(Some(line))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> Result<Arguments, String> {
        Arguments::parse(words.iter().map(|&word| word.to_owned()))
    }

    #[test]
    fn a_seed_gives_the_same_peer_every_time() {
        let seed = "07".repeat(32);
        let first = arguments(&["--seed", &seed, "--tag", "barber:city=ghent"]).unwrap();
        let second = arguments(&["--seed", &seed, "--listen", "/ip4/127.0.0.1/tcp/0"]).unwrap();
        assert_eq!(first.key.public(), second.key.public());
        assert_eq!(first.listen, second.listen);
        assert_eq!(first.offerings[0].criteria[0].value, "ghent");
    }

    #[test]
    fn bad_arguments_are_errors() {
        for words in [
            &["--seed"][..],
            &["--seed", "00"],
            &["--listen", "here"],
            &["--tag", "A"],
            &["--alive-interval", "0"],
            &["--alive-interval", "301"],
            &["--kad", "both"],
            &["--help-me"],
        ] {
            assert!(arguments(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn commands_are_read_with_their_id() {
        let (ticket, command) = read_command(br#"{"cmd":"ping","peer":"P","id":7}"#);
        let expected = Command::Ping {
            peer: "P".into(),
            count: 1,
        };
        assert_eq!(command.unwrap(), expected);
        let event = ticket.answer(json!({"count": 1}));
        assert_eq!(
            event,
            json!({"event": "answer", "cmd": "ping", "id": 7, "count": 1})
        );
    }

    #[test]
    fn commands_to_kademlia_are_known_by_their_names() {
        for name in KadCommand::NAMES {
            let line = json!({"cmd": name, "fly": 1}).to_string();
            let reason = read_command(line.as_bytes()).1.unwrap_err();
            assert!(
                reason.starts_with("unknown field `fly`"),
                "{name}: {reason}"
            );
        }
        let (_, command) = read_command(br#"{"cmd":"provide","key":"1220"}"#);
        let expected = KadCommand::Provide { key: "1220".into() };
        assert_eq!(command, Ok(Command::Kad(expected)));
    }

    #[test]
    fn bad_commands_are_errors_that_name_them() {
        for line in [
            r#"{"cmd":"fly","id":1}"#,
            r#"{"cmd":"ping","id":1}"#,
            r#"{"cmd":"ping","peer":"P","count":-1,"id":1}"#,
            r#"{"cmd":"ping","peer":"P","unknown":1,"id":1}"#,
            r#"{"cmd":["ping"],"id":1}"#,
        ] {
            let (ticket, command) = read_command(line.as_bytes());
            let event = ticket.error(&command.unwrap_err());
            assert_eq!(
                (&event["event"], &event["id"]),
                (&json!("error"), &json!(1))
            );
        }
        for line in [&b"rubbish"[..], b"[]", b"", b"\xff\xfe"] {
            assert!(read_command(line).1.is_err());
        }
    }

    #[test]
    fn lines_are_bounded() {
        let mut input = io::Cursor::new(b"one\n\ntwo".to_vec());
        assert_eq!(next_line(&mut input).unwrap().unwrap(), b"one");
        assert_eq!(next_line(&mut input).unwrap().unwrap(), b"");
        assert_eq!(next_line(&mut input).unwrap().unwrap(), b"two");
        assert_eq!(next_line(&mut input).unwrap(), None);
        let mut endless = io::BufReader::new(io::repeat(b'x'));
        assert!(next_line(&mut endless).is_err());
    }
}
