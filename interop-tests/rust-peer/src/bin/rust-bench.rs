//! The Rust side of `benchmarks/run transport --versus rust`: TCP, Noise and Yamux with the
//! library's defaults, the perf protocol and a request/response protocol. It prints its address,
//! then answers lines of JSON. See README.md.

use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, StreamExt};
use libp2p::identity::Keypair;
use libp2p::request_response::{self, Codec, Message, OutboundRequestId, ProtocolSupport};
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{Multiaddr, PeerId, StreamProtocol, Swarm, SwarmBuilder, noise, tcp, yamux};
use rust_peer::arguments::parse;
use rust_peer::{lines, perf};
use serde::Deserialize;
use serde_json::{Value, json};

type Failure = Box<dyn Error + Send + Sync>;

const ECHO: StreamProtocol = StreamProtocol::new("/bench/echo/1.0.0");
const ECHO_MAX: u64 = 1024;
const IN_FLIGHT_MAX: usize = 1024;
/// Idle connections are measured, so they must stay.
const IDLE_MAX: Duration = Duration::from_secs(600);

#[derive(NetworkBehaviour)]
struct Behaviour {
    echo: request_response::Behaviour<Echo>,
    streams: libp2p_stream::Behaviour,
}

/// Whatever is sent until the opener closes its side comes back.
#[derive(Debug, Clone, Default)]
struct Echo;

impl Codec for Echo {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        read(io).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        read(io).await
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
        io.write_all(&request).await
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
        io.write_all(&response).await
    }
}

async fn read(io: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io.take(ECHO_MAX).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

#[derive(Debug, Deserialize)]
#[serde(tag = "cmd", rename_all = "camelCase", deny_unknown_fields)]
enum Command {
    Perf { address: String, up: u64, down: u64 },
    Requests { address: String, count: usize, in_flight: usize },
    Connections { address: String, dialers: usize, each: usize },
}

fn swarm() -> Result<Swarm<Behaviour>, Failure> {
    Ok(SwarmBuilder::with_existing_identity(Keypair::generate_ed25519())
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
        .with_behaviour(|_| Behaviour {
            echo: request_response::Behaviour::new(
                [(ECHO, ProtocolSupport::Full)],
                request_response::Config::default().with_max_concurrent_streams(IN_FLIGHT_MAX),
            ),
            streams: libp2p_stream::Behaviour::new(),
        })?
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE_MAX))
        .build())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut server = swarm()?;
    server.listen_on(parse("/ip4/127.0.0.1/tcp/0")?)?;
    let incoming = server.behaviour().streams.new_control().accept(perf::PROTOCOL)?;
    tokio::spawn(perf::serve(incoming));
    let mut commands = lines::commands();
    // The client of each address, connected once.
    let mut clients: HashMap<String, (Swarm<Behaviour>, PeerId)> = HashMap::new();
    loop {
        tokio::select! {
            line = commands.recv() => {
                let Some(line) = line else { return Ok(()) };
                let (ticket, command) = lines::read::<Command>(&line);
                let outcome = match command {
                    Ok(command) => run(&mut clients, command).await.map_err(|e| e.to_string()),
                    Err(reason) => Err(reason),
                };
                lines::emit(&ticket.outcome(outcome))?;
            }
            event = server.select_next_some() => {
                if let SwarmEvent::NewListenAddr { address, .. } = &event {
                    let address = format!("{address}/p2p/{}", server.local_peer_id());
                    lines::emit(&json!({"event": "listening", "address": address}))?;
                }
                serve(&mut server, event);
            }
        }
    }
}

/// Answers a request, if the event is one.
fn serve(swarm: &mut Swarm<Behaviour>, event: SwarmEvent<BehaviourEvent>) {
    if let SwarmEvent::Behaviour(BehaviourEvent::Echo(request_response::Event::Message {
        message: Message::Request { request, channel, .. },
        ..
    })) = event
    {
        // Fails only when the asker is gone.
        let _ = swarm.behaviour_mut().echo.send_response(channel, request);
    }
}

async fn run(
    clients: &mut HashMap<String, (Swarm<Behaviour>, PeerId)>,
    command: Command,
) -> Result<Value, Failure> {
    match command {
        Command::Perf { address, up, down } => {
            let (swarm, peer) = client(clients, address).await?;
            let mut control = swarm.behaviour().streams.new_control();
            let peer = *peer;
            let asked = tokio::spawn(async move {
                let stream = control.open_stream(peer, perf::PROTOCOL).await;
                let stream = stream.map_err(|error| io::Error::other(error.to_string()))?;
                perf::ask(stream, up, down).await
            });
            tokio::pin!(asked);
            loop {
                tokio::select! {
                    taken = &mut asked => return Ok(json!({"seconds": taken??.as_secs_f64()})),
                    _ = swarm.select_next_some() => {}
                }
            }
        }
        Command::Requests { address, count, in_flight } => {
            let (swarm, peer) = client(clients, address).await?;
            requests(swarm, *peer, count, in_flight).await
        }
        Command::Connections { address, dialers, each } => {
            let address: Multiaddr = parse(&address)?;
            let swarms: Vec<_> = (0..dialers).map(|_| swarm()).collect::<Result<_, _>>()?;
            let start = Instant::now();
            let running: Vec<_> = swarms
                .into_iter()
                .map(|swarm| tokio::spawn(connections(swarm, address.clone(), each)))
                .collect();
            for dialer in running {
                dialer.await??;
            }
            Ok(json!({"seconds": start.elapsed().as_secs_f64()}))
        }
    }
}

async fn client(
    clients: &mut HashMap<String, (Swarm<Behaviour>, PeerId)>,
    address: String,
) -> Result<&mut (Swarm<Behaviour>, PeerId), Failure> {
    if !clients.contains_key(&address) {
        let mut swarm = swarm()?;
        let peer = connect(&mut swarm, parse(&address)?).await?;
        clients.insert(address.clone(), (swarm, peer));
    }
    clients.get_mut(&address).ok_or_else(|| "not connected".into())
}

async fn connect(swarm: &mut Swarm<Behaviour>, address: Multiaddr) -> Result<PeerId, Failure> {
    swarm.dial(address)?;
    loop {
        match swarm.select_next_some().await {
            SwarmEvent::ConnectionEstablished { peer_id, .. } => return Ok(peer_id),
            SwarmEvent::OutgoingConnectionError { error, .. } => return Err(error.into()),
            _ => {}
        }
    }
}

/// Keeps `in_flight` requests under way until `count` have been answered.
async fn requests(
    swarm: &mut Swarm<Behaviour>,
    peer: PeerId,
    count: usize,
    in_flight: usize,
) -> Result<Value, Failure> {
    let mut asked: HashMap<OutboundRequestId, Instant> = HashMap::new();
    let mut nanos = Vec::with_capacity(count);
    let mut sent = 0;
    let start = Instant::now();
    while nanos.len() < count {
        while sent < count && asked.len() < in_flight {
            let id = swarm.behaviour_mut().echo.send_request(&peer, vec![0; 64]);
            asked.insert(id, Instant::now());
            sent += 1;
        }
        match swarm.select_next_some().await {
            SwarmEvent::Behaviour(BehaviourEvent::Echo(event)) => match event {
                request_response::Event::Message {
                    message: Message::Response { request_id, .. },
                    ..
                } => {
                    let began = asked.remove(&request_id).ok_or("an answer to no request")?;
                    nanos.push(u64::try_from(began.elapsed().as_nanos())?);
                }
                request_response::Event::OutboundFailure { error, .. } => return Err(error.into()),
                _ => {}
            },
            SwarmEvent::ConnectionClosed { .. } => return Err("the connection is gone".into()),
            _ => {}
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    nanos.sort_unstable();
    let percentile = |share: usize| nanos[(nanos.len() * share / 100).min(nanos.len() - 1)];
    Ok(json!({"seconds": seconds, "p50Nanos": percentile(50), "p99Nanos": percentile(99)}))
}

/// Connects, has 32 bytes echoed and hangs up, `each` times.
async fn connections(
    mut swarm: Swarm<Behaviour>,
    address: Multiaddr,
    each: usize,
) -> Result<(), Failure> {
    for _ in 0..each {
        let peer = connect(&mut swarm, address.clone()).await?;
        swarm.behaviour_mut().echo.send_request(&peer, vec![0; 32]);
        loop {
            match swarm.select_next_some().await {
                SwarmEvent::Behaviour(BehaviourEvent::Echo(request_response::Event::Message {
                    ..
                })) => break,
                SwarmEvent::Behaviour(BehaviourEvent::Echo(
                    request_response::Event::OutboundFailure { error, .. },
                )) => return Err(error.into()),
                _ => {}
            }
        }
        let gone = swarm.disconnect_peer_id(peer);
        gone.map_err(|()| "not connected")?;
        while swarm.is_connected(&peer) {
            swarm.select_next_some().await;
        }
    }
    Ok(())
}
