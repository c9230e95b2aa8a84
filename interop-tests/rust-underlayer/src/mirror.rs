//! Streams of any length: whoever dials sends bytes, whoever is dialled sends the same ones back.
//!
//! Both directions flow at once, so the windows of both sides open and close many times.

use std::time::Instant;

use futures::io::{self, AsyncReadExt, AsyncWriteExt, BufReader};
use futures::{AsyncRead, AsyncWrite, StreamExt, future};
use libp2p::{Stream, StreamProtocol};
use libp2p_stream::IncomingStreams;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::wire::hex;

pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/rmb-test/mirror/1.0.0");
pub const BYTES_MAX: u64 = 1024 * 1024 * 1024;
const SERVED_AT_ONCE_MAX: usize = 16;
const CHUNK: usize = 64 * 1024;

/// Mirrors every stream that comes in.
pub async fn serve(incoming: IncomingStreams) {
    incoming
        .for_each_concurrent(SERVED_AT_ONCE_MAX, |(_, stream)| async move {
            // A broken stream is the concern of the one who opened it, and it knows.
            let _ = mirror(stream).await;
        })
        .await;
}

async fn mirror(stream: Stream) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    io::copy_buf(BufReader::with_capacity(CHUNK, reader), &mut writer).await?;
    writer.close().await
}

/// Sends `bytes` random bytes and compares what comes back.
pub async fn send(stream: Stream, bytes: u64) -> Result<Value, String> {
    let start = Instant::now();
    let (reader, writer) = stream.split();
    let both = future::try_join(write(writer, bytes), read(reader)).await;
    let (sent, (received, hash)) = both.map_err(|error| error.to_string())?;
    if received != bytes || hash != sent {
        return Err(format!("{received} bytes came back, and they differ"));
    }
    Ok(json!({
        "bytes": bytes,
        "sha256": hash,
        "millis": u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
    }))
}

async fn write(mut writer: impl AsyncWrite + Unpin, bytes: u64) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut left = bytes;
    while left > 0 {
        let mut chunk = [0; 4096];
        rand::fill(&mut chunk[..]);
        // At most the chunk's length, so the conversion cannot truncate.
        let next = &chunk[..left.min(chunk.len() as u64) as usize];
        writer.write_all(next).await?;
        hash.update(next);
        left -= next.len() as u64;
    }
    writer.close().await?;
    Ok(hex(hash.finalize()))
}

async fn read(mut reader: impl AsyncRead + Unpin) -> io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut total = 0;
    loop {
        let count = reader.read(&mut chunk).await?;
        if count == 0 {
            return Ok((total, hex(hash.finalize())));
        }
        hash.update(&chunk[..count]);
        total += count as u64;
    }
}
