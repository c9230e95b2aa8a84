//! Frames on streams, whatever they carry: lengths, limits, and how a peer's faults are named.

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

/// Answers of a search: one for each record, and one that ends them.
const FRAMES_MAX: usize = 17;

/// One request and its response per stream, each a frame of at most so many bytes; the response to
/// a search is several frames.
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

/// Reads frames to the end of the stream and puts what they carry one after the other: protobuf
/// messages that follow each other read as one.
pub async fn read_frames<T>(io: &mut T, max: usize) -> io::Result<Vec<u8>>
where
    T: AsyncRead + Unpin + Send,
{
    let mut messages = Vec::new();
    for _ in 0..FRAMES_MAX {
        match read_frame(io, max).await {
            Ok(frame) => messages.extend(frame),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(messages),
            Err(error) => return Err(error),
        }
    }
    Ok(messages)
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
        match self.0 {
            Service::Search => read_frames(io, self.0.response_max()).await,
            Service::Message | Service::Contacts => read_frame(io, self.0.response_max()).await,
        }
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
    fn the_codec_holds_the_limit_of_its_service() {
        let bytes = written(&[1; 16 * 1024 + 1], 1024 * 1024).unwrap();
        let protocol = Service::Search.protocol();
        let mut codec = FrameCodec(Service::Search);
        assert!(block_on(codec.read_request(&protocol, &mut Cursor::new(&bytes))).is_err());
        assert!(block_on(codec.read_response(&protocol, &mut Cursor::new(&bytes))).is_ok());
        let mut codec = FrameCodec(Service::Contacts);
        assert!(block_on(codec.read_request(&protocol, &mut Cursor::new(&bytes))).is_ok());
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
    fn hexadecimal_comes_back_and_rubbish_is_refused() {
        assert_eq!(unhex(&hex([0, 255, 16])).unwrap(), [0, 255, 16]);
        assert_eq!(unhex("AbcD").unwrap(), [0xab, 0xcd]);
        assert!(unhex("abc").is_err());
        assert!(unhex("zz").is_err());
        assert!(unhex("é1").is_err());
    }
}
