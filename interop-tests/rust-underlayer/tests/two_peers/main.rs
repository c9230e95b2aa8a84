//! Two processes of the peer, driven over their standard input as any test would drive them.

mod driven;
mod kad;

use serde_json::{Value, json};

use crate::driven::Driven;

fn connected_pair() -> (Driven, Driven) {
    let mut asker = Driven::start(1, &[]);
    let mut barber = Driven::start(2, &["barber:city=ghent,lang=nl", "baker"]);
    asker.dial(&mut barber);
    (asker, barber)
}

#[test]
fn peers_identify_and_ping_each_other() {
    let (mut one, two) = connected_pair();
    let identified = one.await_named("identified");
    assert_eq!(identified["peer"], json!(two.id));
    assert_eq!(identified["agentVersion"], "rust-underlayer/0.1.0");
    assert_eq!(identified["protocolVersion"], "rmb/1.0.0");
    assert_eq!(identified["legacyPeerRecordVerified"], true);
    let protocols = identified["protocols"].as_array().unwrap();
    for protocol in [
        "/rmb/message/1.0.0",
        "/rmb/search/1.0.0",
        "/rmb/contacts/1.0.0",
        "/meshsub/1.1.0",
        "/ipfs/ping/1.0.0",
    ] {
        assert!(protocols.contains(&json!(protocol)), "{protocols:?}");
    }
    let answer = one.ask(json!({"cmd": "identify", "peer": two.id}));
    assert_eq!(answer["keyIsPeers"], true, "{answer}");
    assert_eq!(answer["signedPeerRecord"]["form"], "legacy");
    let answer = one.ask(json!({"cmd": "ping", "peer": two.id, "count": 100}));
    assert_eq!(answer["count"], 100, "{answer}");
    let median = answer["p50Micros"].as_u64().unwrap();
    assert!(median > 0 && median <= answer["p99Micros"].as_u64().unwrap());
}

#[test]
fn gossip_flows_both_ways() {
    let (mut one, mut two) = connected_pair();
    let topic = "rmb/exchange/1/btc/eth";
    for peer in [&mut one, &mut two] {
        let answer = peer.ask(json!({"cmd": "subscribe", "topic": topic}));
        assert_eq!(answer["event"], "answer", "{answer}");
    }
    one.await_named("peerSubscribed");
    two.await_named("peerSubscribed");
    gossip(&mut one, &mut two, topic, "00c0ffee");
    gossip(&mut two, &mut one, topic, "ff");
    let answer = one.ask(json!({"cmd": "unsubscribe", "topic": topic}));
    assert_eq!(answer["event"], "answer", "{answer}");
    assert_eq!(two.await_named("peerUnsubscribed")["topic"], topic);
}

fn gossip(from: &mut Driven, to: &mut Driven, topic: &str, data: &str) {
    let answer = from.ask(json!({"cmd": "publish", "topic": topic, "data": data}));
    assert_eq!(answer["event"], "answer", "{answer}");
    let gossip = to.await_named("gossip");
    assert_eq!(gossip["from"], json!(from.id));
    assert_eq!(gossip["data"], data);
    assert_eq!(gossip["topic"], topic);
    assert_eq!(gossip["messageId"], answer["messageId"]);
    assert_eq!(answer["messageId"].as_str().unwrap().len(), 40);
    assert_eq!(gossip["seqno"].as_str().unwrap().len(), 16);
}

#[test]
fn messages_are_answered() {
    let (mut one, mut two) = connected_pair();
    let echo = json!({"cmd": "message", "peer": two.id, "command": "echo", "payload": "hé"});
    let answer = one.ask(echo);
    assert_eq!(answer["kind"], "response", "{answer}");
    assert_eq!(answer["payload"], "hé");
    let served = two.await_named("messageServed");
    assert_eq!(served["source"], json!(one.id));
    assert_eq!(served["uid"], answer["uid"]);

    let info = json!({"cmd": "message", "peer": two.id, "command": "underlayer.info"});
    let answer = one.ask(info);
    let info: Value = serde_json::from_str(answer["payload"].as_str().unwrap()).unwrap();
    assert_eq!(info["implementation"], "rust-libp2p");

    let unknown = json!({"cmd": "message", "peer": two.id, "command": "fly"});
    let answer = one.ask(unknown);
    assert_eq!(answer["kind"], "error", "{answer}");
    assert_eq!(answer["code"], 404);
    assert_eq!(answer["message"], "no handler for fly");
}

#[test]
fn large_messages_pass_and_too_large_ones_do_not_leave() {
    let (mut one, two) = connected_pair();
    let digits = "ab".repeat(1_000_000);
    let mut echo = json!({"cmd": "message", "peer": two.id, "command": "echo"});
    echo["payloadHex"] = digits.clone().into();
    assert_eq!(one.ask(echo.clone())["payloadHex"], digits);
    echo["payloadHex"] = "ab".repeat(1024 * 1024).into();
    let refused = one.ask(echo);
    assert_eq!(refused["event"], "error");
    assert!(refused["reason"].as_str().unwrap().contains("1048576"));
}

#[test]
fn many_messages_at_once_are_all_answered() {
    let (mut one, two) = connected_pair();
    for number in 0..100 {
        let echo = json!({
            "cmd": "message", "id": number, "peer": two.id, "command": "echo",
            "payload": number.to_string(),
        });
        one.send_line(&echo.to_string());
    }
    for number in 0..100 {
        let answer = one.await_event(|event| event["id"] == number);
        assert_eq!(answer["payload"], number.to_string(), "{answer}");
    }
}

#[test]
fn searches_find_exactly_what_is_offered() {
    let (mut one, mut two) = connected_pair();
    let mut search = |place: &str| {
        one.ask(json!({
            "cmd": "search", "peer": two.id, "tag": "barber", "where": {"city": place}, "hops": 2,
        }))
    };
    let answer = search("ghent");
    assert_eq!(answer["contacts"][0]["peerId"], json!(two.id), "{answer}");
    assert_eq!(
        answer["contacts"][0]["offerings"][0]["criteria"],
        json!({"city": "ghent", "lang": "nl"})
    );
    assert_eq!(search("bruges")["contacts"], json!([]));
    let served = two.await_named("searchServed");
    assert_eq!(served["tag"], "barber");
    assert_eq!(served["hopsLeft"], 2);
    assert_eq!(served["results"], 1);
}

#[test]
fn an_exchange_gives_each_the_record_of_the_other() {
    let (mut one, mut two) = connected_pair();
    let answer = one.ask(json!({"cmd": "exchange", "peer": two.id}));
    let contact = &answer["contacts"][0];
    assert_eq!(contact["peerId"], json!(two.id), "{answer}");
    let address = contact["addresses"][0].as_str().unwrap();
    assert_eq!(format!("{address}/p2p/{}", two.id), two.address);
    let served = two.await_named("contactsServed");
    assert_eq!(served["contacts"][0]["peerId"], json!(one.id));
}

#[test]
fn leases_are_exchanged_until_one_leaves() {
    let (mut one, mut two) = connected_pair();
    let ids = (one.id.clone(), two.id.clone());
    for (peer, other) in [(&mut one, ids.1), (&mut two, ids.0)] {
        let lease = peer.await_named("lease");
        assert_eq!(lease["peer"], json!(other), "{lease}");
        assert_eq!(lease["leaving"], false);
        assert_eq!(lease["ttlSeconds"], 120);
    }
    let answer = one.ask(json!({"cmd": "leave"}));
    assert_eq!(answer["links"], 1, "{answer}");
    assert_eq!(two.await_named("lease")["leaving"], true);
}

#[test]
fn streams_of_any_length_are_mirrored() {
    let (mut one, two) = connected_pair();
    for bytes in [0, 1, 5_000_001] {
        let answer = one.ask(json!({"cmd": "transfer", "peer": two.id, "bytes": bytes}));
        assert_eq!(answer["bytes"], bytes, "{answer}");
        assert_eq!(answer["sha256"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn bad_commands_are_errors_and_the_peer_lives_on() {
    let mut peer = Driven::start(3, &[]);
    for line in [
        "rubbish",
        "",
        "[1]",
        r#"{"cmd":"fly"}"#,
        r#"{"cmd":"dial"}"#,
        r#"{"cmd":"dial","address":"nowhere"}"#,
        r#"{"cmd":"dial","address":"/ip4/127.0.0.1/tcp/1"}"#,
        r#"{"cmd":"dial","address":"/dns4/example.invalid/tcp/1"}"#,
        r#"{"cmd":"ping","peer":"x","count":1}"#,
        r#"{"cmd":"publish","topic":"t","data":"xyz"}"#,
        r#"{"cmd":"publish","topic":"t","data":"00"}"#,
        r#"{"cmd":"unsubscribe","topic":"t"}"#,
    ] {
        peer.send_line(line);
        let error = peer.await_named("error");
        assert!(!error["reason"].as_str().unwrap().is_empty(), "{line}");
    }
    let stranger = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";
    for command in [
        json!({"cmd": "ping", "peer": stranger, "count": 1}),
        json!({"cmd": "ping", "peer": stranger, "count": 0}),
        json!({"cmd": "identify", "peer": stranger}),
        json!({"cmd": "disconnect", "peer": stranger}),
        json!({"cmd": "message", "peer": stranger, "command": "echo"}),
        json!({"cmd": "message", "peer": stranger, "command": "NOT A COMMAND"}),
        json!({"cmd": "search", "peer": stranger, "tag": "Barber"}),
        json!({"cmd": "search", "peer": stranger, "tag": "barber", "hops": 13}),
        json!({"cmd": "exchange", "peer": stranger}),
        json!({"cmd": "transfer", "peer": stranger, "bytes": 1}),
        json!({"cmd": "transfer", "peer": stranger, "bytes": 1_073_741_825}),
    ] {
        assert_eq!(peer.ask(command.clone())["event"], "error", "{command}");
    }
    peer.send_line(r#"{"cmd":"quit"}"#);
    assert!(peer.exit_status().success());
}

#[test]
fn the_end_of_the_input_ends_the_peer_and_the_other_notices() {
    let (mut one, mut two) = connected_pair();
    two.commands = None;
    assert!(two.exit_status().success());
    assert_eq!(one.await_named("disconnected")["peer"], json!(two.id));
}
