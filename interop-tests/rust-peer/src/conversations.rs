//! The conversations that a driver asks for, and their other ends. README.md says what travels.

use std::time::Duration;

use futures::io::{self, AsyncReadExt, AsyncWriteExt};
use futures::{AsyncRead, AsyncWrite, Future, StreamExt};
use libp2p::{PeerId, Stream, StreamProtocol};
use libp2p_stream::{AlreadyRegistered, Control, IncomingStreams};
use rust_peer::{lines, perf};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const PING: StreamProtocol = StreamProtocol::new("/ipfs/ping/1.0.0");
pub const TRANSFER: StreamProtocol = StreamProtocol::new("/rmb-test/transfer/1.0.0");
pub const HALF_CLOSE: StreamProtocol = StreamProtocol::new("/rmb-test/half-close/1.0.0");
pub const RESET: StreamProtocol = StreamProtocol::new("/rmb-test/reset/1.0.0");

/// More than any window at the start, so that windows must still be opened after the close.
const LATE_BYTES: u64 = 1024 * 1024;
const CHUNK: usize = 64 * 1024;
const SERVED_AT_ONCE_MAX: usize = 16;
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(60);
const RESET_WAIT_MAX: Duration = Duration::from_secs(10);
const PROBE_PAUSE: Duration = Duration::from_millis(5);
const OPENER: u8 = b'o';
const LISTENER: u8 = b'l';

/// Serves the other ends from now on.
pub fn serve(mut control: Control) -> Result<(), AlreadyRegistered> {
    tokio::spawn(perf::serve(control.accept(perf::PROTOCOL)?));
    tokio::spawn(each(control.accept(TRANSFER)?, receive));
    tokio::spawn(each(control.accept(HALF_CLOSE)?, half_closed));
    tokio::spawn(each(control.accept(RESET)?, reset));
    Ok(())
}

/// Reports what each served stream came to; one that broke is the concern of its opener.
async fn each<F: Future<Output = io::Result<Value>>>(
    incoming: IncomingStreams,
    conversation: impl Fn(Stream) -> F,
) {
    incoming
        .for_each_concurrent(SERVED_AT_ONCE_MAX, |(peer, stream)| {
            let served = conversation(stream);
            async move {
                if let Ok(Ok(mut event)) = tokio::time::timeout(ANSWER_WAIT_MAX, served).await {
                    event["peer"] = peer.to_string().into();
                    // Fails only when the driver is gone, and the process ends with it.
                    let _ = lines::emit(&event);
                }
            }
        })
        .await;
}

/// Opens a stream for the conversation and holds it, within one deadline.
pub async fn hold<F: Future<Output = io::Result<Value>>>(
    mut control: Control,
    peer: PeerId,
    protocol: StreamProtocol,
    conversation: impl FnOnce(Stream) -> F,
) -> Result<Value, String> {
    let whole = async {
        let opened = control.open_stream(peer, protocol).await;
        let stream = opened.map_err(|error| error.to_string())?;
        conversation(stream).await.map_err(|error| error.to_string())
    };
    let outcome = tokio::time::timeout(ANSWER_WAIT_MAX, whole).await;
    outcome.unwrap_or_else(|_| Err("the peer took too long".to_owned()))
}

pub async fn ping(mut stream: Stream) -> io::Result<Value> {
    let sent: [u8; 32] = rand::random();
    let mut received = [0; 32];
    stream.write_all(&sent).await?;
    stream.flush().await?;
    stream.read_exact(&mut received).await?;
    stream.close().await?;
    if received != sent {
        return Err(broken("the echo differs"));
    }
    Ok(json!({"echoed": true}))
}

pub async fn time(stream: Stream, up: u64, down: u64) -> io::Result<Value> {
    let taken = perf::ask(stream, up, down).await?;
    Ok(json!({"seconds": taken.as_secs_f64()}))
}

/// Sends and receives; both sides tell the hash of what each direction carried.
pub async fn transfer(mut stream: Stream, up: u64, down: u64) -> io::Result<Value> {
    stream.write_all(&down.to_be_bytes()).await?;
    let sent = send(&mut stream, up).await?;
    stream.close().await?;
    let (received, bytes) = read_all(&mut stream).await?;
    Ok(json!({"sent": sent, "received": received, "bytes": bytes}))
}

async fn receive(mut stream: Stream) -> io::Result<Value> {
    let mut wanted = [0; 8];
    stream.read_exact(&mut wanted).await?;
    let (received, bytes) = read_all(&mut stream).await?;
    let sent = send(&mut stream, u64::from_be_bytes(wanted)).await?;
    stream.close().await?;
    Ok(json!({"event": "transferred", "sent": sent, "received": received, "bytes": bytes}))
}

/// Whoever closes first, the other still sends, and all of it arrives.
pub async fn half_close(mut stream: Stream, first: u8) -> io::Result<Value> {
    stream.write_all(&[first]).await?;
    stream.flush().await?;
    let bytes = if first == OPENER {
        stream.close().await?;
        read_all(&mut stream).await?.1
    } else {
        let (_, early) = read_all(&mut stream).await?;
        send(&mut stream, LATE_BYTES).await?;
        stream.close().await?;
        early
    };
    Ok(json!({"bytes": bytes}))
}

async fn half_closed(mut stream: Stream) -> io::Result<Value> {
    let first = read_byte(&mut stream).await?;
    if first == LISTENER {
        stream.close().await?;
    }
    let (_, bytes) = read_all(&mut stream).await?;
    if first == OPENER {
        send(&mut stream, LATE_BYTES).await?;
        stream.close().await?;
    }
    Ok(json!({"event": "halfClosed", "bytes": bytes}))
}

/// Whoever resets, the other can write no more.
pub async fn ask_reset(mut stream: Stream, by: u8) -> io::Result<Value> {
    stream.write_all(&[by]).await?;
    stream.flush().await?;
    if by == OPENER {
        read_byte(&mut stream).await?;
        drop(stream); // The library resets what is dropped before it was closed.
        return Ok(json!({"reset": true}));
    }
    Ok(json!({"reset": was_reset(stream).await}))
}

async fn reset(mut stream: Stream) -> io::Result<Value> {
    let by = read_byte(&mut stream).await?;
    if by == LISTENER {
        drop(stream);
        return Ok(json!({"event": "reset", "reset": true}));
    }
    stream.write_all(&[by]).await?;
    stream.flush().await?;
    Ok(json!({"event": "reset", "reset": was_reset(stream).await}))
}

/// Whether writing fails soon. Reading cannot tell: the library reads a reset as an end.
async fn was_reset(mut stream: Stream) -> bool {
    let failed = async {
        while stream.write_all(&[0]).await.is_ok() && stream.flush().await.is_ok() {
            tokio::time::sleep(PROBE_PAUSE).await;
        }
    };
    tokio::time::timeout(RESET_WAIT_MAX, failed).await.is_ok()
}

async fn read_byte(stream: &mut Stream) -> io::Result<u8> {
    let mut byte = [0];
    stream.read_exact(&mut byte).await?;
    Ok(byte[0])
}

/// Sends bytes that nobody can guess; their hash.
async fn send(writer: &mut (impl AsyncWrite + Unpin), bytes: u64) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    rand::fill(&mut chunk[..]);
    let mut left = bytes;
    while left > 0 {
        chunk[..8].copy_from_slice(&left.to_be_bytes());
        // At most the chunk's length, so the conversion cannot truncate.
        let next = &chunk[..left.min(chunk.len() as u64) as usize];
        writer.write_all(next).await?;
        hash.update(next);
        left -= next.len() as u64;
    }
    writer.flush().await?;
    Ok(hex(&hash.finalize()))
}

/// The hash and the number of all bytes until the end.
async fn read_all(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<(String, u64)> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut total = 0;
    loop {
        let count = reader.read(&mut chunk).await?;
        if count == 0 {
            return Ok((hex(&hash.finalize()), total));
        }
        hash.update(&chunk[..count]);
        total += count as u64;
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn broken(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
