//! Workload D of `benchmarks/run transport --versus rust` on rust-libp2p: ten swarms in this
//! process, four links each, every signature verified at every hop. It prints what it measures, and
//! last `result N`: the highest rate at which every message reached all nine others, p99 stayed
//! below 500 ms and the publisher kept pace. The rates tried are those of `GossipBenchmark` in Java.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt;
use libp2p::gossipsub::{self, IdentTopic, MessageAuthenticity, ValidationMode};
use libp2p::identity::Keypair;
use libp2p::swarm::SwarmEvent;
use libp2p::{Multiaddr, Swarm, SwarmBuilder, noise, tcp, yamux};
use rust_peer::arguments::parse;
use tokio::sync::mpsc;
use tokio::time::{sleep, sleep_until};

type Failure = Box<dyn Error + Send + Sync>;

const TOPIC: &str = "bench";
const HOSTS: usize = 10;
const RECEIVERS: usize = HOSTS - 1;
const LINKS_DIALLED: usize = 2;
const PAYLOAD_BYTES: usize = 1024;
/// When the message was sent, its burst, its number.
const HEADER_BYTES: usize = 16;
const KEPT_PACE: f64 = 0.98;
const P99_MAX: Duration = Duration::from_millis(500);
const SETTLE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_secs(1);
const WAITING_MAX: usize = 64;
/// The gossip's links are quiet between two bursts, and must stay.
const IDLE_MAX: Duration = Duration::from_secs(600);

/// The deliveries of one burst: how many copies of each message there were, how long each took.
#[derive(Debug, Default)]
struct Burst {
    number: u32,
    copies: Vec<usize>,
    nanos: Vec<u64>,
}

impl Burst {
    fn missing(&self) -> usize {
        self.copies.len() * RECEIVERS - self.nanos.len()
    }

    /// What did not arrive took no time, as in Java: `missing` tells of it.
    fn percentile(&self, share: f64) -> Duration {
        let mut all = vec![0; self.missing()];
        all.extend(&self.nanos);
        all.sort_unstable();
        let index = (all.len() as f64 * share).round() as usize;
        Duration::from_nanos(all[index.min(all.len() - 1)])
    }
}

/// What all swarms share: the clock of the latencies, and the burst that is under way.
struct Shared {
    start: Instant,
    burst: Mutex<Burst>,
}

impl Shared {
    fn burst(&self) -> MutexGuard<'_, Burst> {
        self.burst.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn nanos(&self) -> u64 {
        // Reaches 2^64 after 584 years.
        self.start.elapsed().as_nanos() as u64
    }

    fn received(&self, data: &[u8]) {
        let now = self.nanos();
        let Some((sent, burst, message)) = read(data) else {
            return;
        };
        let mut current = self.burst();
        if burst != current.number {
            return;
        }
        if let Some(copies) = current.copies.get_mut(message as usize)
            && *copies < RECEIVERS
        {
            *copies += 1;
            current.nanos.push(now - sent);
        }
    }
}

fn read(data: &[u8]) -> Option<(u64, u32, u32)> {
    let (sent, rest) = data.split_first_chunk::<8>()?;
    let (burst, rest) = rest.split_first_chunk::<4>()?;
    let (message, _) = rest.split_first_chunk::<4>()?;
    Some((
        u64::from_be_bytes(*sent),
        u32::from_be_bytes(*burst),
        u32::from_be_bytes(*message),
    ))
}

struct Network {
    shared: Arc<Shared>,
    publishers: Vec<mpsc::Sender<Vec<u8>>>,
    noise: [u8; PAYLOAD_BYTES - HEADER_BYTES],
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let network = Network::connect().await?;
    network.burst(100, 5).await?;
    network.burst(400, 8).await?;
    network.burst(50, 10).await?;
    let (half, tail) = {
        let calm = network.shared.burst();
        (calm.percentile(0.50), calm.percentile(0.99))
    };
    println!(
        "D1 50 msg/s: p50 {:.1}, p99 {:.1} ms",
        millis(half),
        millis(tail)
    );
    println!("result {:.0}", network.highest_rate().await?);
    Ok(())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn swarm() -> Result<Swarm<gossipsub::Behaviour>, Failure> {
    let mut swarm = SwarmBuilder::with_existing_identity(Keypair::generate_ed25519())
        .with_tokio()
        .with_tcp(
            tcp::Config::default(),
            noise::Config::new,
            yamux::Config::default,
        )?
        .with_behaviour(|key| {
            let config = gossipsub::ConfigBuilder::default()
                .validation_mode(ValidationMode::Strict)
                .flood_publish(false)
                .build()?;
            let signed = MessageAuthenticity::Signed(key.clone());
            Ok(gossipsub::Behaviour::new(signed, config)?)
        })?
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE_MAX))
        .build();
    swarm.behaviour_mut().subscribe(&IdentTopic::new(TOPIC))?;
    swarm.listen_on(parse("/ip4/127.0.0.1/tcp/0")?)?;
    Ok(swarm)
}

async fn address(swarm: &mut Swarm<gossipsub::Behaviour>) -> Multiaddr {
    loop {
        if let SwarmEvent::NewListenAddr { address, .. } = swarm.select_next_some().await {
            return address;
        }
    }
}

/// Publishes what it is given and tells of what arrives, until there is nobody to give it any more.
async fn run(
    mut swarm: Swarm<gossipsub::Behaviour>,
    mut wanted: mpsc::Receiver<Vec<u8>>,
    shared: Arc<Shared>,
) {
    loop {
        tokio::select! {
            payload = wanted.recv() => {
                let Some(payload) = payload else { return };
                let topic = IdentTopic::new(TOPIC);
                if let Err(error) = swarm.behaviour_mut().publish(topic, payload) {
                    eprintln!("not published: {error}"); // It counts as missing.
                }
            }
            event = swarm.select_next_some() => match event {
                SwarmEvent::Behaviour(gossipsub::Event::Message { message, .. }) => {
                    shared.received(&message.data);
                }
                SwarmEvent::OutgoingConnectionError { error, .. } => eprintln!("{error}"),
                _ => {}
            },
        }
    }
}

impl Network {
    /// Each swarm dials the two behind it, so that it has four links.
    async fn connect() -> Result<Self, Failure> {
        let mut swarms: Vec<_> = (0..HOSTS).map(|_| swarm()).collect::<Result<_, _>>()?;
        let mut addresses = Vec::new();
        for swarm in &mut swarms {
            addresses.push(address(swarm).await);
        }
        let shared = Arc::new(Shared {
            start: Instant::now(),
            burst: Mutex::default(),
        });
        let mut publishers = Vec::new();
        for (index, mut swarm) in swarms.into_iter().enumerate() {
            for step in 1..=LINKS_DIALLED {
                swarm.dial(addresses[(index + step) % HOSTS].clone())?;
            }
            let (publisher, wanted) = mpsc::channel(WAITING_MAX);
            publishers.push(publisher);
            tokio::spawn(run(swarm, wanted, shared.clone()));
        }
        sleep(SETTLE).await;
        Ok(Self {
            shared,
            publishers,
            noise: rand::random(),
        })
    }

    /// Publishes `rate` messages a second for `seconds`, and waits for the last to arrive; whether
    /// the publisher kept pace.
    async fn burst(&self, rate: u32, seconds: u32) -> Result<bool, Failure> {
        let messages = rate * seconds;
        let number = {
            let mut burst = self.shared.burst();
            *burst = Burst {
                number: burst.number + 1,
                copies: vec![0; messages as usize],
                nanos: Vec::with_capacity(messages as usize * RECEIVERS),
            };
            burst.number
        };
        let start = Instant::now();
        for message in 0..messages {
            let due = start + Duration::from_secs_f64(f64::from(message) / f64::from(rate));
            if due > Instant::now() {
                sleep_until(due.into()).await;
            }
            let mut payload = Vec::with_capacity(PAYLOAD_BYTES);
            payload.extend(self.shared.nanos().to_be_bytes());
            payload.extend(number.to_be_bytes());
            payload.extend(message.to_be_bytes());
            payload.extend(self.noise);
            self.publishers[message as usize % HOSTS]
                .send(payload)
                .await?;
        }
        let kept_pace = f64::from(seconds) / start.elapsed().as_secs_f64() >= KEPT_PACE;
        let end = Instant::now() + SETTLE;
        while self.shared.burst().missing() > 0 && Instant::now() < end {
            sleep(Duration::from_millis(1)).await;
        }
        Ok(kept_pace)
    }

    async fn highest_rate(&self) -> Result<f64, Failure> {
        let (mut passed, mut failed) = (0.0, f64::MAX);
        let mut rate = 400.0;
        while failed == f64::MAX {
            if self.passes(rate).await? {
                passed = rate;
            } else {
                failed = rate;
            }
            rate *= 1.6;
        }
        while failed / passed > 1.1 && failed >= 2.0 {
            let middle = (passed + failed) / 2.0;
            if self.passes(middle).await? {
                passed = middle;
            } else {
                failed = middle;
            }
        }
        Ok(passed)
    }

    /// Two failures in a row make a failure: one may be the machine's.
    async fn passes(&self, rate: f64) -> Result<bool, Failure> {
        Ok(self.try_rate(rate as u32).await? || self.try_rate(rate as u32).await?)
    }

    async fn try_rate(&self, rate: u32) -> Result<bool, Failure> {
        let kept_pace = self.burst(rate, 5).await?;
        let (missing, tail) = {
            let burst = self.shared.burst();
            (burst.missing(), burst.percentile(0.99))
        };
        let passes = missing == 0 && tail < P99_MAX && kept_pace;
        println!(
            "D2 {rate} msg/s: {}, {missing} missing, p99 {:.0} ms{}",
            if passes { "passed" } else { "failed" },
            millis(tail),
            if kept_pace {
                ""
            } else {
                ", publisher too slow"
            },
        );
        sleep(PAUSE).await;
        Ok(passes)
    }
}
