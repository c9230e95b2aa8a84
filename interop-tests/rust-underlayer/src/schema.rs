//! Protobuf messages as they are on the wire: `protocols/src/main/proto/rmb/` in Rust.
//!
//! Mirrors `message.proto`, `search.proto`, `contact.proto`, `owner.proto` and `alive.proto`; knows
//! nothing of what they mean.

#[derive(Clone, PartialEq, prost::Message)]
pub struct Message {
    #[prost(message, optional, tag = "1")]
    pub header: Option<Header>,
    #[prost(oneof = "Body", tags = "2, 3")]
    pub body: Option<Body>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Body {
    #[prost(bytes, tag = "2")]
    Clear(Vec<u8>),
    #[prost(bytes, tag = "3")]
    Sealed(Vec<u8>),
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Header {
    #[prost(bytes = "vec", tag = "1")]
    pub uid: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    pub destination: Vec<u8>,
    #[prost(uint64, tag = "3")]
    pub timestamp_ms: u64,
    #[prost(uint32, tag = "4")]
    pub expiration_ms: u32,
    #[prost(string, tag = "5")]
    pub tags: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Content {
    #[prost(message, optional, tag = "1")]
    pub header: Option<Header>,
    #[prost(bytes = "vec", tag = "2")]
    pub source: Vec<u8>,
    #[prost(oneof = "Kind", tags = "3, 4, 5")]
    pub kind: Option<Kind>,
    #[prost(string, tag = "6")]
    pub schema: String,
    #[prost(bytes = "vec", tag = "7")]
    pub payload: Vec<u8>,
    #[prost(bytes = "vec", tag = "8")]
    pub delegation: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Kind {
    #[prost(message, tag = "3")]
    Request(Request),
    #[prost(message, tag = "4")]
    Response(Response),
    #[prost(message, tag = "5")]
    Error(Error),
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Request {
    #[prost(string, tag = "1")]
    pub command: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Response {}

/// `Content.Error` and `ContactsResponse.Error`, which have the same fields.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Error {
    #[prost(uint32, tag = "1")]
    pub code: u32,
    #[prost(string, tag = "2")]
    pub message: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct SearchQuery {
    #[prost(bytes = "vec", tag = "1")]
    pub query_id: Vec<u8>,
    #[prost(string, tag = "2")]
    pub tag: String,
    #[prost(message, repeated, tag = "3")]
    pub r#where: Vec<Criterion>,
    #[prost(uint32, tag = "4")]
    pub hops_left: u32,
    #[prost(uint32, tag = "5")]
    pub results_max: u32,
    #[prost(uint32, tag = "6")]
    pub wait_ms: u32,
    #[prost(uint32, tag = "7")]
    pub min_reputation: u32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct SearchAnswer {
    #[prost(bytes = "vec", tag = "1")]
    pub query_id: Vec<u8>,
    #[prost(bytes = "vec", repeated, tag = "2")]
    pub records: Vec<Vec<u8>>,
    #[prost(uint32, tag = "3")]
    pub agents_asked: u32,
    #[prost(uint32, tag = "4")]
    pub hops: u32,
    #[prost(uint32, tag = "5")]
    pub hops_left: u32,
    #[prost(bool, tag = "6")]
    pub repeated: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct ContactRecord {
    #[prost(bytes = "vec", tag = "1")]
    pub peer_id: Vec<u8>,
    #[prost(uint64, tag = "2")]
    pub sequence: u64,
    #[prost(bytes = "vec", repeated, tag = "3")]
    pub addresses: Vec<Vec<u8>>,
    #[prost(message, repeated, tag = "4")]
    pub offerings: Vec<Offering>,
    #[prost(uint32, tag = "5")]
    pub ttl_seconds: u32,
    #[prost(bytes = "vec", tag = "6")]
    pub owner_key: Vec<u8>,
    #[prost(bytes = "vec", tag = "7")]
    pub sealing_key: Vec<u8>,
    #[prost(uint64, tag = "8")]
    pub expires_at: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Offering {
    #[prost(string, tag = "1")]
    pub tag: String,
    #[prost(message, repeated, tag = "2")]
    pub criteria: Vec<Criterion>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Criterion {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(string, tag = "2")]
    pub value: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct ContactsRequest {
    #[prost(oneof = "ContactsCall", tags = "1, 2, 3")]
    pub request: Option<ContactsCall>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub enum ContactsCall {
    #[prost(message, tag = "1")]
    Exchange(Exchange),
    #[prost(message, tag = "2")]
    Remember(Remember),
    #[prost(message, tag = "3")]
    GetOwner(GetOwner),
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Exchange {
    #[prost(bytes = "vec", tag = "1")]
    pub record: Vec<u8>,
    #[prost(uint32, tag = "2")]
    pub neighbours_max: u32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Remember {
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub records: Vec<Vec<u8>>,
    #[prost(bytes = "vec", tag = "2")]
    pub condition_key: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct GetOwner {
    #[prost(bytes = "vec", tag = "1")]
    pub owner_key: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct ContactsResponse {
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub records: Vec<Vec<u8>>,
    #[prost(bytes = "vec", tag = "2")]
    pub owner: Vec<u8>,
    #[prost(message, optional, tag = "3")]
    pub error: Option<Error>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct OwnerRecord {
    #[prost(bytes = "vec", tag = "1")]
    pub owner_key: Vec<u8>,
    #[prost(bytes = "vec", repeated, tag = "2")]
    pub agents: Vec<Vec<u8>>,
    #[prost(bytes = "vec", repeated, tag = "3")]
    pub addresses: Vec<Vec<u8>>,
    #[prost(uint64, tag = "4")]
    pub sequence: u64,
    #[prost(uint64, tag = "5")]
    pub expires_at_ms: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct OwnerStatement {
    #[prost(bytes = "vec", tag = "1")]
    pub owner_record: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Lease {
    #[prost(bytes = "vec", tag = "1")]
    pub peer_id: Vec<u8>,
    #[prost(uint64, tag = "2")]
    pub sequence: u64,
    #[prost(uint32, tag = "3")]
    pub ttl_seconds: u32,
    #[prost(uint32, tag = "4")]
    pub interval_seconds: u32,
    #[prost(bytes = "vec", tag = "5")]
    pub watchers_hash: Vec<u8>,
    #[prost(uint64, tag = "6")]
    pub record_sequence: u64,
    #[prost(bool, tag = "7")]
    pub leaving: bool,
    #[prost(uint32, tag = "8")]
    pub watchers: u32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct AliveFrame {
    #[prost(oneof = "AliveContent", tags = "1, 2, 3")]
    pub content: Option<AliveContent>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub enum AliveContent {
    #[prost(message, tag = "1")]
    Lease(Renewal),
    #[prost(message, tag = "2")]
    Ping(AlivePing),
    #[prost(message, tag = "3")]
    Pong(AlivePing),
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Renewal {
    #[prost(bytes = "vec", tag = "1")]
    pub lease: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    pub watchers: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct AlivePing {
    #[prost(fixed64, tag = "1")]
    pub nonce: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{decode, encode, hex};

    #[test]
    fn field_numbers_are_those_of_the_schemas() {
        let message = Message {
            header: Some(Header {
                uid: vec![1],
                destination: vec![2],
                timestamp_ms: 3,
                expiration_ms: 4,
                tags: "t".into(),
            }),
            body: Some(Body::Clear(vec![5])),
        };
        assert_eq!(
            hex(encode(&message)),
            "0a0d0a0101120102180320042a0174120105"
        );
        let content = Content {
            source: vec![1],
            kind: Some(Kind::Request(Request {
                command: "c".into(),
            })),
            schema: "s".into(),
            payload: vec![2],
            delegation: vec![3],
            ..Content::default()
        };
        assert_eq!(hex(encode(&content)), "1201011a030a01633201733a0102420103");
        let query = SearchQuery {
            query_id: vec![1],
            tag: "t".into(),
            r#where: vec![Criterion {
                key: "k".into(),
                value: "v".into(),
            }],
            hops_left: 2,
            results_max: 3,
            wait_ms: 4,
            min_reputation: 5,
        };
        assert_eq!(
            hex(encode(&query)),
            "0a01011201741a060a016b1201762002280330043805"
        );
        let record = ContactRecord {
            peer_id: vec![1],
            sequence: 2,
            addresses: vec![vec![3]],
            offerings: vec![Offering {
                tag: "t".into(),
                criteria: vec![],
            }],
            ttl_seconds: 5,
            owner_key: vec![6],
            sealing_key: vec![7],
            expires_at: 8,
        };
        assert_eq!(
            hex(encode(&record)),
            "0a010110021a010322030a017428053201063a01074008"
        );
        let owner = OwnerRecord {
            owner_key: vec![1],
            agents: vec![vec![2]],
            addresses: vec![vec![3]],
            sequence: 4,
            expires_at_ms: 5,
        };
        assert_eq!(hex(encode(&owner)), "0a01011201021a010320042805");
    }

    #[test]
    fn rubbish_is_a_protocol_error() {
        assert!(decode::<Message>(&[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]).is_err());
        assert!(decode::<ContactsRequest>(b"\xff\xff\xff").is_err());
    }
}
