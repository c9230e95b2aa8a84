//! Frames and protobuf messages as they are on the wire; knows nothing of what they mean.
//!
//! The structs mirror `protocols/src/main/proto/rmb/{message,search,contact}.proto`.

use std::fmt;
use std::io;

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use libp2p::StreamProtocol;
use libp2p::request_response::Codec;

/// What a peer sent breaks the protocol; costs that peer its stream and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolError(pub String);

impl fmt::Display for ProtocolError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ProtocolError {}

impl From<prost::DecodeError> for ProtocolError {
    fn from(error: prost::DecodeError) -> Self {
        Self(error.to_string())
    }
}

pub fn refuse<T>(reason: impl Into<String>) -> Result<T, ProtocolError> {
    Err(ProtocolError(reason.into()))
}

pub fn require(holds: bool, reason: &str) -> Result<(), ProtocolError> {
    if holds { Ok(()) } else { refuse(reason) }
}

/// One request and its response per stream, each a frame of at most so many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    Message,
    Search,
    Contacts,
}

impl Service {
    pub const ALL: [Self; 3] = [Self::Message, Self::Search, Self::Contacts];

    pub const fn protocol(self) -> StreamProtocol {
        StreamProtocol::new(match self {
            Self::Message => "/rmb/message/1.0.0",
            Self::Search => "/rmb/search/1.0.0",
            Self::Contacts => "/rmb/contacts/1.0.0",
        })
    }

    pub const fn request_max(self) -> usize {
        match self {
            Self::Message => 1024 * 1024,
            Self::Search => 16 * 1024,
            Self::Contacts => 64 * 1024,
        }
    }

    pub const fn response_max(self) -> usize {
        match self {
            Self::Message => 1024 * 1024,
            Self::Search | Self::Contacts => 64 * 1024,
        }
    }
}

/// Reads one uvarint-length-prefixed frame; the length is judged before a byte is allocated for it.
pub async fn read_frame<T>(io: &mut T, max: usize) -> io::Result<Vec<u8>>
where
    T: AsyncRead + Unpin + Send,
{
    let mut length: u64 = 0;
    let mut shift = 0;
    loop {
        let mut byte = [0; 1];
        io.read_exact(&mut byte).await?;
        length |= u64::from(byte[0] & 0x7f) << shift;
        if length > max as u64 {
            return invalid(format!(
                "frame of at least {length} bytes, at most {max} are allowed"
            ));
        }
        if byte[0] & 0x80 == 0 {
            if byte[0] == 0 && shift > 0 {
                return invalid("frame length is not minimally encoded".to_owned());
            }
            break;
        }
        shift += 7;
        // Every length within the limits fits four bytes; padding with 0x80 must not run on.
        if shift >= 28 {
            return invalid("frame length is too long".to_owned());
        }
    }
    // At most `max`, so the conversion cannot truncate.
    let mut frame = vec![0; length as usize];
    io.read_exact(&mut frame).await?;
    Ok(frame)
}

/// Writes one frame in one piece, so that a small message is one packet.
pub async fn write_frame<T>(io: &mut T, frame: &[u8], max: usize) -> io::Result<()>
where
    T: AsyncWrite + Unpin + Send,
{
    if frame.len() > max {
        return invalid(format!(
            "frame of {} bytes, at most {max} are allowed",
            frame.len()
        ));
    }
    let mut bytes = Vec::with_capacity(frame.len() + 4);
    let mut rest = frame.len();
    while rest >= 0x80 {
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes.extend_from_slice(frame);
    io.write_all(&bytes).await?;
    io.flush().await
}

fn invalid<T>(reason: String) -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::InvalidData, reason))
}

/// Frames of one service, undecoded: a bad message is then judged where its meaning is known.
#[derive(Debug, Clone, Copy)]
pub struct FrameCodec(pub Service);

impl Codec for FrameCodec {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        read_frame(io, self.0.request_max()).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        read_frame(io, self.0.response_max()).await
    }

    async fn write_request<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        request: Vec<u8>,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write_frame(io, &request, self.0.request_max()).await
    }

    async fn write_response<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        response: Vec<u8>,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write_frame(io, &response, self.0.response_max()).await
    }
}

/// Decodes a protobuf message that came from outside.
pub fn decode<M: prost::Message + Default>(bytes: &[u8]) -> Result<M, ProtocolError> {
    Ok(M::decode(bytes)?)
}

pub fn encode(message: &impl prost::Message) -> Vec<u8> {
    message.encode_to_vec()
}

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
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct SearchAnswer {
    #[prost(bytes = "vec", tag = "1")]
    pub query_id: Vec<u8>,
    #[prost(bytes = "vec", repeated, tag = "2")]
    pub records: Vec<Vec<u8>>,
    #[prost(uint32, tag = "3")]
    pub agents_asked: u32,
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

/// Lower-case hexadecimal.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The bytes of a hexadecimal text of either case.
pub fn unhex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).map(|value| value as u8))
        .collect::<Option<_>>()
        .ok_or_else(|| "not hexadecimal".to_owned())?;
    if digits.len() % 2 == 1 {
        return Err("odd number of hexadecimal digits".to_owned());
    }
    Ok(digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;
    use futures::io::Cursor;

    fn read(bytes: &[u8], max: usize) -> io::Result<Vec<u8>> {
        block_on(read_frame(&mut Cursor::new(bytes), max))
    }

    fn written(frame: &[u8], max: usize) -> io::Result<Vec<u8>> {
        let mut out = Cursor::new(Vec::new());
        block_on(write_frame(&mut out, frame, max))?;
        Ok(out.into_inner())
    }

    #[test]
    fn frames_of_every_length_class_come_back() {
        for length in [0, 1, 127, 128, 300, 16_383, 16_384, 1024 * 1024] {
            let frame = vec![7; length];
            let bytes = written(&frame, 1024 * 1024).unwrap();
            assert_eq!(read(&bytes, 1024 * 1024).unwrap(), frame);
        }
        assert_eq!(written(&[9; 300], 300).unwrap()[..2], [0xac, 0x02]);
    }

    #[test]
    fn a_frame_over_the_limit_is_refused_both_ways() {
        assert!(written(&[0; 11], 10).is_err());
        let bytes = written(&[0; 11], 11).unwrap();
        let error = read(&bytes, 10).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_the_body_is_there() {
        // Without the check this would end in UnexpectedEof, after an allocation of 268 MB.
        let error = read(&[0xff, 0xff, 0xff, 0x7f], 1024 * 1024).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn padded_and_endless_lengths_are_refused() {
        for bytes in [&[0x81, 0x00][..], &[0x80, 0x80, 0x80, 0x80, 0x80, 0x01]] {
            let error = read(bytes, 1024).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
    }

    #[test]
    fn a_cut_frame_is_an_error() {
        let error = read(&[0x05, 1, 2], 1024).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn limits_are_those_of_the_schemas() {
        let limits = Service::ALL.map(|service| (service.request_max(), service.response_max()));
        assert_eq!(
            limits,
            [(1_048_576, 1_048_576), (16_384, 65_536), (65_536, 65_536)]
        );
    }

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
        };
        assert_eq!(
            hex(encode(&query)),
            "0a01011201741a060a016b120176200228033004"
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
        };
        assert_eq!(
            hex(encode(&record)),
            "0a010110021a010322030a01742805320106 3a0107".replace(' ', "")
        );
    }

    #[test]
    fn rubbish_is_a_protocol_error() {
        assert!(decode::<Message>(&[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]).is_err());
        assert!(decode::<ContactsRequest>(b"\xff\xff\xff").is_err());
    }

    #[test]
    fn hexadecimal_comes_back_and_rubbish_is_refused() {
        assert_eq!(unhex(&hex([0, 255, 16])).unwrap(), [0, 255, 16]);
        assert_eq!(unhex("AbcD").unwrap(), [0xab, 0xcd]);
        assert!(unhex("abc").is_err());
        assert!(unhex("zz").is_err());
        assert!(unhex("é1").is_err());
    }
}
