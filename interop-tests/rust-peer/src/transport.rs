//! TCP, WebSocket and circuits over relays, each secured by Noise or by TLS, and Yamux.

use std::error::Error;
use std::str::FromStr;

use futures::{AsyncRead, AsyncWrite};
use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::{Boxed, Transport};
use libp2p::core::upgrade::Version;
use libp2p::identity::Keypair;
use libp2p::{PeerId, noise, relay, tcp, tls, websocket, yamux};

/// rust-yamux ends a connection at a frame of more than 1 MiB, and js-libp2p fills a whole window
/// with one. The windows of a connection share 1 GiB, of which each stream that may be open has
/// 256 KiB for sure: so many streams leave 512 KiB to grow by, and no window passes 768 KiB.
const STREAMS_MAX: usize = 4_094;

pub type Muxed = Boxed<(PeerId, StreamMuxerBox)>;

/// What connections are secured with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    Noise,
    Tls,
}

impl FromStr for Security {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "noise" => Ok(Self::Noise),
            "tls" => Ok(Self::Tls),
            _ => Err(format!("security is noise or tls, not {text}")),
        }
    }
}

/// TCP alone, with the library's defaults.
pub fn tcp(key: &Keypair, security: Security) -> Result<Muxed, Box<dyn Error + Send + Sync>> {
    let plain = tcp::tokio::Transport::new(tcp::Config::default());
    secured(plain, key, security)
}

/// All transports, and the behaviour that those of relayed connections need.
pub fn all(
    key: &Keypair,
    security: Security,
) -> Result<(Muxed, relay::client::Behaviour), Box<dyn Error + Send + Sync>> {
    let over_websocket =
        websocket::Config::new(tcp::tokio::Transport::new(tcp::Config::default()));
    let (circuits, client) = relay::client::new(key.public().to_peer_id());
    let transport = secured(circuits, key, security)?
        .or_transport(secured(over_websocket, key, security)?)
        .map(|either, _| either.into_inner())
        .or_transport(tcp(key, security)?)
        .map(|either, _| either.into_inner())
        .boxed();
    Ok((transport, client))
}

fn secured<T>(
    plain: T,
    key: &Keypair,
    security: Security,
) -> Result<Muxed, Box<dyn Error + Send + Sync>>
where
    T: Transport + Send + Unpin + 'static,
    T::Output: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T::Error: Send + Sync + 'static,
    T::Dial: Send + 'static,
    T::ListenerUpgrade: Send + 'static,
{
    let upgrade = plain.upgrade(Version::V1Lazy);
    Ok(match security {
        Security::Noise => upgrade
            .authenticate(noise::Config::new(key)?)
            .multiplex(muxer())
            .boxed(),
        Security::Tls => upgrade
            .authenticate(tls::Config::new(key)?)
            .multiplex(muxer())
            .boxed(),
    })
}

fn muxer() -> yamux::Config {
    let mut config = yamux::Config::default();
    config.set_max_num_streams(STREAMS_MAX);
    config
}
