//! RMB messages: building requests, serving them, judging answers. Pure: time is an argument.

use libp2p::PeerId;
use libp2p::identity::Keypair;

use crate::envelope::{self, Statement};
use crate::schema::{Body, Content, Error, Header, Kind, Message, Request, Response};
use crate::wire::{self, ProtocolError, refuse, require};

pub const UID_LENGTH: usize = 16;
const COMMAND_MAX: usize = 128;
const TAGS_MAX: usize = 1024;
const EXPIRATION_MAX_MS: u32 = 1_800_000;
const EXPIRATION_MS: u32 = 300_000;
/// How far ahead of ours a sender's clock may be.
const CLOCK_SKEW_MAX_MS: u64 = 60_000;

const NO_HANDLER: u32 = 404;
const SEALED: u32 = 415;

/// What a request asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    pub command: String,
    pub schema: String,
    pub payload: Vec<u8>,
}

/// A request that was served, and the encoded response.
#[derive(Debug)]
pub struct Served {
    pub uid: Vec<u8>,
    pub source: Option<PeerId>,
    pub command: String,
    /// 0 for a response, otherwise the error's code.
    pub code: u32,
    pub response: Vec<u8>,
}

/// What came back for a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    Response { schema: String, payload: Vec<u8> },
    Error { code: u32, message: String },
}

/// Encodes the request, signed by `key`.
pub fn request(
    key: &Keypair,
    destination: PeerId,
    uid: [u8; UID_LENGTH],
    now_ms: u64,
    question: Question,
) -> Result<Vec<u8>, String> {
    if !is_command(&question.command) {
        return Err("a command is 1 to 128 characters of a-z 0-9 . _ -".to_owned());
    }
    let header = Header {
        uid: uid.to_vec(),
        destination: destination.to_bytes(),
        timestamp_ms: now_ms,
        expiration_ms: EXPIRATION_MS,
        tags: String::new(),
    };
    let kind = Kind::Request(Request {
        command: question.command,
    });
    sign(key, header, kind, question.schema, question.payload).map_err(|error| error.to_string())
}

/// Serves one request with `info`, the answer to `underlayer.info`.
pub fn serve(
    key: &Keypair,
    now_ms: u64,
    bytes: &[u8],
    info: &str,
) -> Result<Served, ProtocolError> {
    let message: Message = wire::decode(bytes)?;
    let header = checked_header(&message, key.public().to_peer_id(), now_ms)?;
    let uid = header.uid.clone();
    let (source, command, kind, schema, payload, answer_to) = match message.body {
        None => return refuse("no body"),
        // Nobody knows the sender before it is unsealed, so the answer goes back the way it came.
        Some(Body::Sealed(_)) => (
            None,
            String::new(),
            error(SEALED, "this peer publishes no sealing key"),
            String::new(),
            Vec::new(),
            header.destination.clone(),
        ),
        Some(Body::Clear(envelope)) => {
            let (source, content) = open(&envelope, &header)?;
            let Some(Kind::Request(request)) = content.kind else {
                return refuse("not a request");
            };
            require(is_command(&request.command), "bad command")?;
            let (kind, schema, payload) =
                handle(&request.command, content.schema, content.payload, info);
            let back = source.to_bytes();
            (Some(source), request.command, kind, schema, payload, back)
        }
    };
    let code = match &kind {
        Kind::Error(error) => error.code,
        Kind::Request(_) | Kind::Response(_) => 0,
    };
    let answer_header = Header {
        uid: uid.clone(),
        destination: answer_to,
        timestamp_ms: now_ms,
        expiration_ms: EXPIRATION_MS,
        tags: String::new(),
    };
    let response = sign(key, answer_header, kind, schema, payload)?;
    Ok(Served {
        uid,
        source,
        command,
        code,
        response,
    })
}

fn handle(command: &str, schema: String, payload: Vec<u8>, info: &str) -> (Kind, String, Vec<u8>) {
    match command {
        "echo" => (Kind::Response(Response {}), schema, payload),
        "underlayer.info" => (Kind::Response(Response {}), String::new(), info.into()),
        _ => {
            let kind = error(NO_HANDLER, &format!("no handler for {command}"));
            (kind, String::new(), Vec::new())
        }
    }
}

/// The answer that `asked` gave to our request `uid`.
pub fn judge(
    own: PeerId,
    asked: PeerId,
    uid: &[u8],
    now_ms: u64,
    bytes: &[u8],
) -> Result<Answer, ProtocolError> {
    let message: Message = wire::decode(bytes)?;
    let header = checked_header(&message, own, now_ms)?;
    require(header.uid == uid, "an answer to another request")?;
    let Some(Body::Clear(envelope)) = message.body else {
        return refuse("no clear body");
    };
    let (source, content) = open(&envelope, &header)?;
    require(source == asked, "answered by somebody else")?;
    match content.kind {
        Some(Kind::Response(_)) => Ok(Answer::Response {
            schema: content.schema,
            payload: content.payload,
        }),
        Some(Kind::Error(error)) => Ok(Answer::Error {
            code: error.code,
            message: error.message,
        }),
        Some(Kind::Request(_)) | None => refuse("not an answer"),
    }
}

fn checked_header(message: &Message, own: PeerId, now_ms: u64) -> Result<Header, ProtocolError> {
    let Some(header) = message.header.clone() else {
        return refuse("no header");
    };
    require(header.uid.len() == UID_LENGTH, "a uid has 16 bytes")?;
    require(
        header.destination == own.to_bytes(),
        "destined for somebody else",
    )?;
    require(
        header.expiration_ms <= EXPIRATION_MAX_MS,
        "expiration is too far away",
    )?;
    require(header.tags.len() <= TAGS_MAX, "too many tags")?;
    require(
        header.timestamp_ms <= now_ms.saturating_add(CLOCK_SKEW_MAX_MS),
        "timestamp lies in the future",
    )?;
    let until = header
        .timestamp_ms
        .saturating_add(u64::from(header.expiration_ms));
    require(now_ms < until, "expired")?;
    Ok(header)
}

fn open(envelope: &[u8], header: &Header) -> Result<(PeerId, Content), ProtocolError> {
    let signed = envelope::verify(Statement::Message, envelope)?;
    let content: Content = wire::decode(&signed.payload)?;
    require(
        content.header.as_ref() == Some(header),
        "signed header differs from the outer one",
    )?;
    require(
        content.source == signed.signer.to_bytes(),
        "source is not the signer",
    )?;
    Ok((signed.signer, content))
}

fn sign(
    key: &Keypair,
    header: Header,
    kind: Kind,
    schema: String,
    payload: Vec<u8>,
) -> Result<Vec<u8>, ProtocolError> {
    let content = Content {
        header: Some(header.clone()),
        source: key.public().to_peer_id().to_bytes(),
        kind: Some(kind),
        schema,
        payload,
        delegation: Vec::new(),
    };
    match envelope::sign(key, Statement::Message, wire::encode(&content)) {
        Ok(envelope) => Ok(wire::encode(&Message {
            header: Some(header),
            body: Some(Body::Clear(envelope)),
        })),
        Err(error) => refuse(format!("cannot sign: {error}")),
    }
}

fn error(code: u32, message: &str) -> Kind {
    Kind::Error(Error {
        code,
        message: message.to_owned(),
    })
}

fn is_command(text: &str) -> bool {
    (1..=COMMAND_MAX).contains(&text.len()) && crate::contact::is_word(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000_000;
    const UID: [u8; UID_LENGTH] = [5; UID_LENGTH];

    fn asker() -> Keypair {
        Keypair::ed25519_from_bytes([1; 32]).unwrap()
    }

    fn server() -> Keypair {
        Keypair::ed25519_from_bytes([2; 32]).unwrap()
    }

    fn id(key: &Keypair) -> PeerId {
        key.public().to_peer_id()
    }

    fn ask(command: &str) -> Vec<u8> {
        let question = Question {
            command: command.into(),
            schema: "text/plain".into(),
            payload: b"hi".to_vec(),
        };
        request(&asker(), id(&server()), UID, NOW, question).unwrap()
    }

    fn answer_to(command: &str) -> Answer {
        let served = serve(&server(), NOW, &ask(command), "{}").unwrap();
        assert_eq!(served.source, Some(id(&asker())));
        assert_eq!(served.uid, UID);
        judge(id(&asker()), id(&server()), &UID, NOW, &served.response).unwrap()
    }

    fn refusal(bytes: &[u8]) -> String {
        serve(&server(), NOW, bytes, "{}").unwrap_err().0
    }

    #[test]
    fn echo_gives_the_payload_back() {
        let expected = Answer::Response {
            schema: "text/plain".into(),
            payload: b"hi".to_vec(),
        };
        assert_eq!(answer_to("echo"), expected);
    }

    #[test]
    fn an_unknown_command_is_answered_with_404() {
        let expected = Answer::Error {
            code: 404,
            message: "no handler for wash.dishes".into(),
        };
        assert_eq!(answer_to("wash.dishes"), expected);
    }

    #[test]
    fn info_is_answered_with_the_info() {
        let expected = Answer::Response {
            schema: String::new(),
            payload: b"{}".to_vec(),
        };
        assert_eq!(answer_to("underlayer.info"), expected);
    }

    #[test]
    fn a_sealed_body_is_answered_with_415() {
        let mut message: Message = wire::decode(&ask("echo")).unwrap();
        message.body = Some(Body::Sealed(vec![1; 64]));
        let served = serve(&server(), NOW, &wire::encode(&message), "{}").unwrap();
        assert_eq!((served.code, served.source), (415, None));
    }

    #[test]
    fn no_byte_of_a_request_can_be_changed() {
        let bytes = ask("echo");
        for position in 0..bytes.len() {
            let mut tampered = bytes.clone();
            tampered[position] ^= 1;
            if let Ok(served) = serve(&server(), NOW, &tampered, "{}") {
                // The body's tag turned from clear to sealed is the only way through.
                assert_eq!(served.code, SEALED, "byte {position}");
            }
        }
    }

    #[test]
    fn a_header_that_differs_from_the_signed_one_is_refused() {
        let mut message: Message = wire::decode(&ask("echo")).unwrap();
        message.header.as_mut().unwrap().tags = "fail-fast".into();
        let reason = refusal(&wire::encode(&message));
        assert_eq!(reason, "signed header differs from the outer one");
    }

    #[test]
    fn a_source_that_did_not_sign_is_refused() {
        let mut message: Message = wire::decode(&ask("echo")).unwrap();
        let content = Content {
            header: message.header.clone(),
            source: id(&server()).to_bytes(),
            kind: Some(Kind::Request(Request {
                command: "echo".into(),
            })),
            ..Content::default()
        };
        let envelope = envelope::sign(&asker(), Statement::Message, wire::encode(&content));
        message.body = Some(Body::Clear(envelope.unwrap()));
        assert_eq!(refusal(&wire::encode(&message)), "source is not the signer");
    }

    #[test]
    fn expired_future_and_misdirected_requests_are_refused() {
        let bytes = ask("echo");
        let late = NOW + u64::from(EXPIRATION_MS);
        assert_eq!(serve(&server(), late, &bytes, "").unwrap_err().0, "expired");
        assert!(serve(&server(), late - 1, &bytes, "").is_ok());
        let early = NOW - CLOCK_SKEW_MAX_MS - 1;
        let reason = serve(&server(), early, &bytes, "").unwrap_err().0;
        assert_eq!(reason, "timestamp lies in the future");
        let reason = serve(&asker(), NOW, &bytes, "").unwrap_err().0;
        assert_eq!(reason, "destined for somebody else");
    }

    #[test]
    fn an_answer_must_be_to_this_request_and_from_whom_was_asked() {
        let response = serve(&server(), NOW, &ask("echo"), "{}").unwrap().response;
        let own = id(&asker());
        let other = judge(own, id(&server()), &[6; 16], NOW, &response).unwrap_err();
        assert_eq!(other.0, "an answer to another request");
        let other = judge(own, own, &UID, NOW, &response).unwrap_err();
        assert_eq!(other.0, "answered by somebody else");
        let request_again = request(
            &server(),
            own,
            UID,
            NOW,
            Question {
                command: "echo".into(),
                ..Question::default()
            },
        );
        let other = judge(own, id(&server()), &UID, NOW, &request_again.unwrap()).unwrap_err();
        assert_eq!(other.0, "not an answer");
    }

    #[test]
    fn commands_outside_the_alphabet_are_not_sent() {
        for command in ["", "Echo", "a b", &"x".repeat(129)] {
            let question = Question {
                command: command.into(),
                ..Question::default()
            };
            assert!(request(&asker(), id(&server()), UID, NOW, question).is_err());
        }
    }
}
