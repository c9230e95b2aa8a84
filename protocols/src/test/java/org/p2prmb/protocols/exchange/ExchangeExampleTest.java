package org.p2prmb.protocols.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.swap.Asset;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The worked example of docs/exchange.md is what this code makes.
final class ExchangeExampleTest {
    private static Bytes filled(int value) {
        var bytes = new byte[32];
        Arrays.fill(bytes, (byte) value);
        return Bytes.wrap(bytes);
    }

    private static Map<String, Bytes> example() {
        var alice = KeyPair.ed25519(filled(1)).peerId();
        var bob = KeyPair.ed25519(filled(2)).peerId();
        var carol = KeyPair.ed25519(filled(3)).peerId();
        var opensAt = Instant.ofEpochMilli(1_800_000_000_000L);
        var policy = Policy.bestPrice(Price.of(1_000));
        var open =
                new WindowOpen(
                        alice,
                        filled(0xaa),
                        1,
                        opensAt,
                        opensAt.plusSeconds(10),
                        opensAt.plusSeconds(17),
                        policy,
                        WindowOpen.nonceHash(filled(0xbb)),
                        "bitcoin");
        var window = open.window();
        var standing = new Standing(5, false, 0);
        var bids =
                List.of(
                        new Bid(bob, Price.of(1_000), 1, filled(0xcc)),
                        new Bid(carol, Price.of(1_000), 1, filled(0xdd)));
        var leaves =
                bids.stream()
                        .map(bid -> new Leaf(bid.commit(window), bid.bidder(), standing))
                        .sorted(Comparator.comparing(Leaf::bidder))
                        .toList();
        var root = new MerkleTree(leaves).root();
        var beacon = new Beacon("bitcoin", 900_000, filled(0xee), opensAt.plusSeconds(17));
        var seed = Selection.seed(window, filled(0xbb), root, beacon);
        var entrants =
                bids.stream().map(bid -> new Entrant(bid, bid.commit(window), standing)).toList();
        var winner = Selection.select(Set.copyOf(entrants), policy, 1, seed).getFirst();
        var example = new LinkedHashMap<String, Bytes>();
        example.put("an offer", offer(alice, policy, opensAt).id());
        example.put("policy", policy.hash());
        example.put("nonce's hash", open.nonceHash());
        example.put("window", window);
        example.put("Bob's commit", bids.get(0).commit(window));
        example.put("Carol's commit", bids.get(1).commit(window));
        example.put("Bob's leaf", leafOf(leaves, bids.get(0)));
        example.put("Carol's leaf", leafOf(leaves, bids.get(1)));
        example.put("root", root);
        example.put("seed", seed);
        example.put("Bob's place", entrants.get(0).tieKey(seed));
        example.put("Carol's place", entrants.get(1).tieKey(seed));
        example.put("winner", winner.bidder().multihash());
        return example;
    }

    private static Offer offer(PeerId seller, Policy policy, Instant created) {
        var token = Bytes.hex("395e925834996e558bdec77cd648435d620afb5b");
        return new Offer(
                seller,
                new Asset("bip122:000000000019d6689c085ae165831e93", "BTC", Bytes.EMPTY, 8),
                new Asset("eip155:1", "TFT", token, 7),
                BigInteger.valueOf(1_000_000),
                100_000,
                300,
                policy,
                created,
                created.plus(Duration.ofDays(1)));
    }

    private static Bytes leafOf(List<Leaf> leaves, Bid bid) {
        return leaves.stream()
                .filter(leaf -> leaf.bidder().equals(bid.bidder()))
                .findFirst()
                .orElseThrow()
                .hash();
    }

    @Test
    void theDocumentShowsWhatTheCodeMakes() throws IOException {
        var document = Files.readString(Path.of("..", "docs", "exchange.md"));
        var expected = new StringBuilder("```text\n");
        example()
                .forEach((name, bytes) ->
                        expected.append("%-15s%s\n".formatted(name, bytes.toHex())));
        assertThat(document).contains(expected.append("```").toString());
    }
}
