//! Commands come as JSON objects, one per line of the input; events leave in the same way.

use std::io::{self, BufRead, Read, Write};
use std::thread;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::mpsc;

const LINE_MAX: u64 = 64 * 1024;
const COMMANDS_MAX: usize = 64;

/// The commands of the standard input; the end of the channel is the end of the input, or a line
/// that is too long.
pub fn commands() -> mpsc::Receiver<Vec<u8>> {
    let (lines, received) = mpsc::channel(COMMANDS_MAX);
    // A thread, as reading standard input blocks; it ends with the process.
    thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        while let Ok(Some(line)) = next_line(&mut stdin) {
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    });
    received
}

fn next_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    input.take(LINE_MAX).read_until(b'\n', &mut line)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "command line is too long or has no end",
        )),
    }
}

/// Names the command in the event that answers it.
#[derive(Debug, Clone, Default)]
pub struct Ticket {
    id: Option<Value>,
}

impl Ticket {
    pub fn outcome(&self, outcome: Result<Value, String>) -> Value {
        let mut event = match outcome {
            Ok(answer) => answer,
            Err(reason) => json!({"reason": reason, "event": "error"}),
        };
        if event.get("event").is_none() {
            event["event"] = "answer".into();
        }
        if let Some(id) = &self.id {
            event["id"] = id.clone();
        }
        event
    }
}

/// Reads one line; a line that is no command still gets its ticket, so that the error names it.
pub fn read<C: DeserializeOwned>(line: &[u8]) -> (Ticket, Result<C, String>) {
    let mut value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(error) => return (Ticket::default(), Err(format!("not JSON: {error}"))),
    };
    let Some(object) = value.as_object_mut() else {
        return (Ticket::default(), Err("not a JSON object".to_owned()));
    };
    let ticket = Ticket {
        id: object.remove("id"),
    };
    let command = C::deserialize(value).map_err(|error| error.to_string());
    (ticket, command)
}

/// Writes an event in one piece, so that a reader never sees half a line.
pub fn emit(event: &Value) -> io::Result<()> {
    let mut line = event.to_string();
    line.push('\n');
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "cmd", rename_all = "camelCase", deny_unknown_fields)]
    enum Command {
        Ping { peer: String },
    }

    #[test]
    fn commands_are_answered_with_their_id() {
        let (ticket, command) = read::<Command>(br#"{"cmd":"ping","peer":"P","id":7}"#);
        assert_eq!(command, Ok(Command::Ping { peer: "P".into() }));
        assert_eq!(
            ticket.outcome(Ok(json!({"millis": 1}))),
            json!({"event": "answer", "id": 7, "millis": 1})
        );
        assert_eq!(
            ticket.outcome(Err("late".into())),
            json!({"event": "error", "id": 7, "reason": "late"})
        );
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for line in [&b"rubbish"[..], b"[]", b"", br#"{"cmd":"fly"}"#, br#"{"cmd":"ping"}"#] {
            assert!(read::<Command>(line).1.is_err());
        }
    }

    #[test]
    fn lines_are_bounded() {
        let mut input = io::Cursor::new(b"one\n\ntwo".to_vec());
        assert_eq!(next_line(&mut input).unwrap().unwrap(), b"one");
        assert_eq!(next_line(&mut input).unwrap().unwrap(), b"");
        assert!(next_line(&mut input).is_err());
        let mut endless = io::BufReader::new(io::repeat(b'x'));
        assert!(next_line(&mut endless).is_err());
    }
}
