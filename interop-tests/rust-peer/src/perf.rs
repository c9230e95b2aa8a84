//! The perf protocol: the opener says how many bytes it wants, sends as many as it likes, and ends;
//! the other side answers with what was asked for.

use std::time::{Duration, Instant};

use futures::io::{self, AsyncReadExt, AsyncWriteExt};
use futures::{AsyncRead, AsyncWrite, StreamExt};
use libp2p::{Stream, StreamProtocol};
use libp2p_stream::IncomingStreams;

pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/perf/1.0.0");

const SERVED_AT_ONCE_MAX: usize = 16;
const CHUNK: usize = 64 * 1024;
const NUMBER: usize = 8;

/// Serves every stream that comes in.
pub async fn serve(incoming: IncomingStreams) {
    incoming
        .for_each_concurrent(SERVED_AT_ONCE_MAX, |(_, stream)| async move {
            // A broken stream is the concern of the one who opened it, and it knows.
            let _ = answer(stream).await;
        })
        .await;
}

async fn answer(mut stream: Stream) -> io::Result<()> {
    let mut wanted = [0; NUMBER];
    stream.read_exact(&mut wanted).await?;
    discard(&mut stream).await?;
    send(&mut stream, u64::from_be_bytes(wanted)).await?;
    stream.close().await
}

/// How long it took until all was sent and received.
pub async fn ask(mut stream: Stream, up: u64, down: u64) -> io::Result<Duration> {
    let start = Instant::now();
    stream.write_all(&down.to_be_bytes()).await?;
    send(&mut stream, up).await?;
    stream.close().await?;
    let received = discard(&mut stream).await?;
    if received != down {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            format!("{received} bytes came, {down} were asked for"),
        ));
    }
    Ok(start.elapsed())
}

async fn send(writer: &mut (impl AsyncWrite + Unpin), bytes: u64) -> io::Result<()> {
    let chunk = vec![0; CHUNK];
    let mut left = bytes;
    while left > 0 {
        // At most the chunk's length, so the conversion cannot truncate.
        let next = &chunk[..left.min(chunk.len() as u64) as usize];
        writer.write_all(next).await?;
        left -= next.len() as u64;
    }
    writer.flush().await
}

async fn discard(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<u64> {
    let mut chunk = vec![0; CHUNK];
    let mut total = 0;
    loop {
        let count = reader.read(&mut chunk).await?;
        if count == 0 {
            return Ok(total);
        }
        total += count as u64;
    }
}
