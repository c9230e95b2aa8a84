//! What a peer gets that breaks the rules: its stream ends, and nobody else notices.

use std::time::Duration;

use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::identity::Keypair;
use libp2p::{Multiaddr, PeerId};
use libp2p_stream::Control;
use tokio::sync::mpsc;

use crate::control::Arguments;
use crate::message::{self, Answer, Question};
use crate::network;
use crate::peer::{Input, Peer, now_ms};
use crate::wire::{self, Service};

const WAIT_MAX: Duration = Duration::from_secs(20);

/// A served peer, and a control of another one that says whatever it likes.
struct Scene {
    control: Control,
    key: Keypair,
    served: PeerId,
    // Closing it would end the served peer.
    _input: mpsc::Sender<Input>,
}

impl Scene {
    async fn set() -> Self {
        let (input, mut lines) = mpsc::channel(1);
        let mut peer = Peer::start(Arguments::parse([]).unwrap(), std::io::sink()).unwrap();
        let served = peer.own();
        let address = peer.first_address().await;
        tokio::spawn(async move { peer.run(&mut lines).await });

        let key = Keypair::ed25519_from_bytes([9; 32]).unwrap();
        let options = network::Options {
            kad: None,
            peer_record: true,
        };
        let mut swarm = network::swarm(key.clone(), options).unwrap();
        let control = swarm.behaviour().streams.new_control();
        swarm.add_peer_address(served, address);
        tokio::spawn(async move {
            loop {
                swarm.select_next_some().await;
            }
        });
        Self {
            control,
            key,
            served,
            _input: input,
        }
    }

    /// What comes back for these bytes until the stream ends; nothing when it is reset.
    async fn say(&mut self, service: Service, bytes: &[u8]) -> Vec<u8> {
        let conversation = async {
            let opened = self.control.open_stream(self.served, service.protocol());
            let mut stream = opened.await.unwrap();
            let mut answer = Vec::new();
            // The reset may come while we still write.
            if stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok() {
                let _ = stream.read_to_end(&mut answer).await;
            }
            answer
        };
        tokio::time::timeout(WAIT_MAX, conversation).await.unwrap()
    }

    async fn still_answers(&mut self) {
        let uid = rand::random();
        let question = Question {
            command: "echo".into(),
            payload: b"alive".to_vec(),
            ..Question::default()
        };
        let request = message::request(&self.key, self.served, uid, now_ms(), question).unwrap();
        let answer = self.say(Service::Message, &framed(&request)).await;
        let mut bytes = futures::io::Cursor::new(answer);
        let max = Service::Message.response_max();
        let frame = wire::read_frame(&mut bytes, max).await.unwrap();
        let own = self.key.public().to_peer_id();
        let answer = message::judge(own, self.served, &uid, now_ms(), &frame).unwrap();
        assert!(matches!(answer, Answer::Response { payload, .. } if payload == b"alive"));
    }
}

fn framed(frame: &[u8]) -> Vec<u8> {
    let mut out = futures::io::Cursor::new(Vec::new());
    futures::executor::block_on(wire::write_frame(&mut out, frame, usize::MAX)).unwrap();
    out.into_inner()
}

#[tokio::test]
async fn rubbish_and_oversize_end_the_stream_and_nothing_else() {
    let mut scene = Scene::set().await;
    for service in Service::ALL {
        let oversize = vec![1; service.request_max() + 1];
        for bytes in [framed(b"rubbish"), framed(b""), framed(&oversize)] {
            let answer = scene.say(service, &bytes).await;
            assert!(answer.is_empty(), "{service:?} answered {answer:?}");
        }
    }
    scene.still_answers().await;
}

#[tokio::test]
async fn a_tampered_request_is_not_answered() {
    let mut scene = Scene::set().await;
    let question = Question {
        command: "echo".into(),
        payload: b"pay 1".to_vec(),
        ..Question::default()
    };
    let uid = rand::random();
    let mut request = message::request(&scene.key, scene.served, uid, now_ms(), question).unwrap();
    let place = request
        .windows(5)
        .position(|part| part == b"pay 1")
        .unwrap();
    request[place + 4] = b'9';
    assert!(
        scene
            .say(Service::Message, &framed(&request))
            .await
            .is_empty()
    );
    scene.still_answers().await;
}

impl<W: std::io::Write> Peer<W> {
    async fn first_address(&mut self) -> Multiaddr {
        loop {
            if let Some(address) = self.swarm.listeners().next() {
                return address.clone();
            }
            let event = self.swarm.select_next_some().await;
            self.on_swarm_event(event).unwrap();
        }
    }
}
