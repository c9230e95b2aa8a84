//! Kademlia among three peers: one and three know of each other only through two.

use serde_json::{Value, json};

use crate::driven::Driven;

const SERVER: [&str; 2] = ["--kad", "server"];
/// The multihash of 32 bytes, which here need not be anything's hash.
const PROVIDED: &str = "12200101010101010101010101010101010101010101010101010101010101010101";

fn chain() -> [Driven; 3] {
    let mut peers = [11, 12, 13].map(|seed| Driven::start_with(seed, SERVER));
    let [one, two, three] = &mut peers;
    route(one, two);
    route(three, two);
    peers
}

/// Connects two and waits until each has the other in its routing table.
fn route(from: &mut Driven, to: &mut Driven) {
    from.dial(to);
    from.await_event(|event| event["event"] == "routed" && event["peer"] == json!(to.id));
    to.await_event(|event| event["event"] == "routed" && event["peer"] == json!(from.id));
}

fn served(peer: &mut Driven, request: &str) -> Value {
    peer.await_event(|event| event["event"] == "kadServed" && event["request"] == request)
}

fn own_value(peer: &mut Driven, sequence: u64) -> (Value, Value) {
    let answer = peer.ask(json!({"cmd": "ownerRecord", "sequence": sequence}));
    assert_eq!(answer["event"], "answer", "{answer}");
    (answer["key"].clone(), answer["value"].clone())
}

#[test]
fn a_peer_is_found_through_another() {
    let [mut one, mut two, three] = chain();
    let answer = one.ask(json!({"cmd": "findNode", "target": three.id}));
    let peers = answer["peers"].as_array().unwrap();
    let found = peers.iter().find(|found| found["peer"] == json!(three.id));
    let addresses = found.unwrap()["addresses"].as_array().unwrap();
    assert!(addresses.contains(&json!(three.address)), "{answer}");
    served(&mut two, "FIND_NODE");
}

#[test]
fn the_newest_value_is_put_and_got() {
    let [mut one, mut two, mut three] = chain();
    for sequence in [1, 3] {
        let (key, value) = own_value(&mut one, sequence);
        if sequence == 1 {
            let got = three.ask(json!({"cmd": "getValue", "key": key}));
            assert_eq!(
                (&got["event"], &got["value"]),
                (&json!("answer"), &Value::Null)
            );
        }
        let answer = one.ask(json!({"cmd": "putValue", "key": key, "value": value}));
        assert_eq!(answer["key"], key, "{answer}");
        let stored = served(&mut two, "PUT_VALUE");
        assert_eq!(
            (&stored["peer"], &stored["value"]),
            (&json!(one.id), &value)
        );
        assert_eq!(two.ask(json!({"cmd": "holds", "key": key}))["value"], value);
        let got = three.ask(json!({"cmd": "getValue", "key": key}));
        assert_eq!(
            (&got["value"], &got["sequence"]),
            (&value, &json!(sequence))
        );
    }
}

#[test]
fn values_that_are_older_or_not_signed_are_not_kept() {
    let [mut one, mut two, _three] = chain();
    let (key, newer) = own_value(&mut one, 2);
    one.ask(json!({"cmd": "putValue", "key": key, "value": newer}));
    served(&mut two, "PUT_VALUE");
    let (_, older) = own_value(&mut one, 1);
    for bad in [older, json!("00")] {
        one.ask(json!({"cmd": "putValue", "key": key, "value": bad}));
        assert_eq!(two.await_named("refused")["what"], "kad");
        assert_eq!(two.ask(json!({"cmd": "holds", "key": key}))["value"], newer);
    }
}

#[test]
fn a_provider_is_announced_and_found() {
    let [mut one, mut two, mut three] = chain();
    let answer = one.ask(json!({"cmd": "provide", "key": PROVIDED}));
    assert_eq!(answer["key"], PROVIDED, "{answer}");
    let added = served(&mut two, "ADD_PROVIDER");
    assert_eq!(
        (&added["peer"], &added["key"]),
        (&json!(one.id), &json!(PROVIDED))
    );
    let found = three.ask(json!({"cmd": "providers", "key": PROVIDED}));
    assert_eq!(found["providers"], json!([one.id]), "{found}");
    let held = two.ask(json!({"cmd": "holds", "key": PROVIDED}));
    assert_eq!(held["providers"], json!([one.id]), "{held}");
}

#[test]
fn a_client_asks_but_is_in_nobodys_table() {
    let [_one, mut two, three] = chain();
    let mut client = Driven::start_with(14, ["--kad", "client"]);
    client.dial(&mut two);
    client.await_named("routed");
    let found = client.ask(json!({"cmd": "findNode", "target": three.id}));
    assert!(found.to_string().contains(&three.address), "{found}");
    let found = two.ask(json!({"cmd": "findNode", "target": client.id}));
    assert!(!found.to_string().contains(&client.id), "{found}");
}

#[test]
fn without_kademlia_its_commands_are_errors() {
    let mut peer = Driven::start(15, &[]);
    for command in [
        json!({"cmd": "providers", "key": PROVIDED}),
        json!({"cmd": "holds", "key": PROVIDED}),
        json!({"cmd": "addAddress", "address": "/ip4/127.0.0.1/tcp/1"}),
    ] {
        assert_eq!(peer.ask(command.clone())["event"], "error", "{command}");
    }
}
