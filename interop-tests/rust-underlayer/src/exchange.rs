//! The contacts protocol: who knows whom. Pure: the own record is an argument.

use libp2p::PeerId;

use crate::contact::{Contact, verify};
use crate::schema::{ContactsCall, ContactsRequest, ContactsResponse, Error, Exchange};
use crate::wire::{self, ProtocolError, refuse, require};

const NEIGHBOURS_MAX: u32 = 16;
const REMEMBERED_MAX: usize = 8;
const CONDITION_KEY_LENGTH: usize = 32;

const BAD_REQUEST: u32 = 400;
const NOT_FOUND: u32 = 404;

/// "Here is my record; give me yours", encoded.
pub fn request(own_record: Vec<u8>) -> Vec<u8> {
    wire::encode(&ContactsRequest {
        request: Some(ContactsCall::Exchange(Exchange {
            record: own_record,
            neighbours_max: NEIGHBOURS_MAX,
        })),
    })
}

/// What was asked of us, what it taught us, and the encoded response.
#[derive(Debug)]
pub struct Served {
    pub request: &'static str,
    pub learnt: Vec<Contact>,
    /// 0, or the code of the error in the response.
    pub code: u32,
    pub response: Vec<u8>,
}

/// Serves one request of the contacts protocol; `own_record` is our signed record.
pub fn serve(bytes: &[u8], own_record: Vec<u8>) -> Result<Served, ProtocolError> {
    let request: ContactsRequest = wire::decode(bytes)?;
    let (name, result) = match request.request {
        None => return refuse("no request"),
        Some(ContactsCall::Exchange(exchange)) => (
            "exchange",
            verify(&exchange.record)
                .map(|contact| (vec![contact], vec![own_record]))
                .map_err(|error| (BAD_REQUEST, error.0)),
        ),
        Some(ContactsCall::Remember(remember)) => {
            require(remember.records.len() <= REMEMBERED_MAX, "too many records")?;
            require(
                remember.condition_key.len() == CONDITION_KEY_LENGTH,
                "a condition key has 32 bytes",
            )?;
            let learnt: Result<Vec<_>, _> = remember
                .records
                .iter()
                .map(|record| verify(record))
                .collect();
            let result = learnt
                .map(|learnt| (learnt, Vec::new()))
                .map_err(|error| (BAD_REQUEST, error.0));
            ("remember", result)
        }
        Some(ContactsCall::GetOwner(_)) => {
            ("getOwner", Err((NOT_FOUND, "no such owner".to_owned())))
        }
    };
    let (learnt, records, error) = match result {
        Ok((learnt, records)) => (learnt, records, None),
        Err((code, message)) => (Vec::new(), Vec::new(), Some(Error { code, message })),
    };
    Ok(Served {
        request: name,
        learnt,
        code: error.as_ref().map_or(0, |error| error.code),
        response: wire::encode(&ContactsResponse {
            records,
            owner: Vec::new(),
            error,
        }),
    })
}

/// What came back for an exchange.
#[derive(Debug, PartialEq)]
pub enum Answer {
    /// The responder's own record comes first.
    Contacts(Vec<Contact>),
    Error {
        code: u32,
        message: String,
    },
}

/// The contacts that `asked` gave in an exchange.
pub fn judge(asked: PeerId, bytes: &[u8]) -> Result<Answer, ProtocolError> {
    let response: ContactsResponse = wire::decode(bytes)?;
    if let Some(Error { code, message }) = response.error {
        return Ok(Answer::Error { code, message });
    }
    require(
        response.records.len() <= 1 + NEIGHBOURS_MAX as usize,
        "too many records",
    )?;
    let contacts: Vec<Contact> = response
        .records
        .iter()
        .map(|record| verify(record))
        .collect::<Result<_, _>>()?;
    require(
        contacts.first().map(|contact| contact.peer) == Some(asked),
        "the responder's own record does not come first",
    )?;
    Ok(Answer::Contacts(contacts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::own_record;
    use libp2p::identity::Keypair;

    fn key(seed: u8) -> Keypair {
        Keypair::ed25519_from_bytes([seed; 32]).unwrap()
    }

    fn id(key: &Keypair) -> PeerId {
        key.public().to_peer_id()
    }

    fn record_of(seed: u8) -> Vec<u8> {
        own_record(&key(seed), 9, 0, &[], &[]).unwrap()
    }

    fn remember(records: Vec<Vec<u8>>, key_length: usize) -> Vec<u8> {
        wire::encode(&ContactsRequest {
            request: Some(ContactsCall::Remember(crate::schema::Remember {
                records,
                condition_key: vec![1; key_length],
            })),
        })
    }

    #[test]
    fn an_exchange_teaches_both_sides() {
        let served = serve(&request(record_of(1)), record_of(2)).unwrap();
        assert_eq!((served.request, served.code), ("exchange", 0));
        assert_eq!(served.learnt[0].peer, id(&key(1)));
        let Answer::Contacts(contacts) = judge(id(&key(2)), &served.response).unwrap() else {
            panic!("refused");
        };
        assert_eq!(contacts[0].peer, id(&key(2)));
        assert!(judge(id(&key(3)), &served.response).is_err());
    }

    #[test]
    fn an_exchange_with_a_tampered_record_is_answered_with_400() {
        let mut record = record_of(1);
        if let Some(last) = record.last_mut() {
            *last ^= 1;
        }
        let served = serve(&request(record), record_of(2)).unwrap();
        assert_eq!(served.code, 400);
        assert!(served.learnt.is_empty());
        let answer = judge(id(&key(2)), &served.response).unwrap();
        assert!(matches!(answer, Answer::Error { code: 400, .. }));
    }

    #[test]
    fn what_others_found_is_learnt_up_to_a_limit() {
        let served = serve(&remember(vec![record_of(1); 8], 32), record_of(2)).unwrap();
        assert_eq!((served.request, served.learnt.len()), ("remember", 8));
        assert!(serve(&remember(vec![record_of(1); 9], 32), record_of(2)).is_err());
        assert!(serve(&remember(vec![record_of(1)], 31), record_of(2)).is_err());
        assert!(serve(b"", record_of(2)).is_err());
    }
}
