package org.p2prmb.interop;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/// The Rust or the JavaScript peer as a node of the DHT; both know the same commands.
record ForeignKad(PeerProcess process) implements KadNode {
    @Override
    public PeerId peerId() {
        return process.peerId();
    }

    @Override
    public Multiaddr address() {
        return process.address();
    }

    @Override
    public void join(KadNode server) throws IOException, InterruptedException {
        process.ask("dial", Map.of("address", server.address().toString()));
        awaitRouted(server.peerId());
    }

    @Override
    public void awaitRouted(PeerId peer) throws InterruptedException {
        process.await("routed", event -> event.get("peer").asText().equals(peer.toString()));
    }

    @Override
    public Map<PeerId, List<Multiaddr>> findNode(PeerId target)
            throws IOException, InterruptedException {
        var answer = process.ask("findNode", Map.of("target", target.toString()));
        var found = new HashMap<PeerId, List<Multiaddr>>();
        for (var peer : answer.get("peers")) {
            var addresses =
                    texts(peer.get("addresses")).stream()
                            .map(text -> Multiaddr.parse(text).withoutPeer())
                            .toList();
            found.put(PeerId.parse(peer.get("peer").asText()), addresses);
        }
        return found;
    }

    @Override
    public Value ownerRecord(long sequence) throws IOException, InterruptedException {
        var answer = process.ask("ownerRecord", Map.of("sequence", sequence));
        return new Value(hex(answer.get("key")), hex(answer.get("value")));
    }

    @Override
    public void put(Value value) throws IOException, InterruptedException {
        var fields = Map.of("key", value.key().toHex(), "value", value.bytes().toHex());
        process.ask("putValue", fields);
    }

    @Override
    public Optional<Bytes> get(Bytes key) throws IOException, InterruptedException {
        var answer = process.ask("getValue", Map.of("key", key.toHex()));
        return Optional.of(answer.get("value")).filter(JsonNode::isTextual).map(ForeignKad::hex);
    }

    @Override
    public void provide(Bytes key) throws IOException, InterruptedException {
        process.ask("provide", Map.of("key", key.toHex()));
    }

    @Override
    public Set<PeerId> providers(Bytes key) throws IOException, InterruptedException {
        var providers = new HashSet<PeerId>();
        var answer = process.ask("providers", Map.of("key", key.toHex()));
        texts(answer.get("providers")).forEach(peer -> providers.add(PeerId.parse(peer)));
        return providers;
    }

    @Override
    public void awaitServed(String request) throws InterruptedException {
        process.await("kadServed", event -> event.get("request").asText().equals(request));
    }

    @Override
    public void awaitRefusal() throws InterruptedException {
        process.await("refused", event -> event.get("what").asText().equals("kad"));
    }

    @Override
    public void close() {
        process.close();
    }

    private static Bytes hex(JsonNode digits) {
        return Bytes.hex(digits.asText());
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }
}
