package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.interop.KadNode.Kind;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.List;
import java.util.stream.Stream;

/// Kademlia among peers of three implementations.
///
/// In each order of the three the first and the last know of each other only through the one in
/// the middle, so that all orders together try every request of each to each of the others. What is
/// to come from the one in the middle is asked for when the first has left.
@PeerProgram.Needed({PeerProgram.RUST, PeerProgram.JS})
final class MixedKademliaTest {
    /// The multihash of 32 bytes, which need not be anything's hash here.
    private static final Bytes PROVIDED = Bytes.hex("1220" + "5a".repeat(32));

    /// Every order of the three kinds.
    static Stream<Arguments> orders() {
        var kinds = List.of(Kind.values());
        return kinds.stream()
                .flatMap(first ->
                        kinds.stream()
                                .filter(middle -> middle != first)
                                .map(middle -> order(kinds, first, middle)));
    }

    private static Arguments order(List<Kind> kinds, Kind first, Kind middle) {
        var last = kinds.stream().filter(kind -> kind != first && kind != middle).findFirst();
        return Arguments.of(first, middle, last.orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void aPeerIsFoundThroughAnother(Kind first, Kind middle, Kind last) throws Exception {
        try (var sought = first.start();
                var server = middle.start();
                var asker = last.start()) {
            sought.join(server);
            server.awaitRouted(sought.peerId());
            asker.join(server);

            var found = asker.findNode(sought.peerId());

            assertThat(found).containsKey(sought.peerId());
            assertThat(found.get(sought.peerId())).contains(sought.address().withoutPeer());
            server.awaitServed("FIND_NODE");
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void aValueOutlivesItsAuthor(Kind first, Kind middle, Kind last) throws Exception {
        try (var server = middle.start()) {
            KadNode.Value newest;
            try (var author = first.start()) {
                author.join(server);
                author.put(author.ownerRecord(1));
                server.awaitServed("PUT_VALUE");
                newest = author.ownerRecord(2);
                author.put(newest);
                server.awaitServed("PUT_VALUE");
            }
            try (var asker = last.start()) {
                asker.join(server);

                assertThat(asker.get(newest.key())).contains(newest.bytes());
                server.awaitServed("GET_VALUE");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void whoProvidesIsKnownThoughItHasLeft(Kind first, Kind middle, Kind last) throws Exception {
        try (var server = middle.start()) {
            PeerId left;
            try (var provider = first.start()) {
                provider.join(server);
                provider.provide(PROVIDED);
                server.awaitServed("ADD_PROVIDER");
                left = provider.peerId();
            }
            try (var asker = last.start()) {
                asker.join(server);

                assertThat(asker.providers(PROVIDED)).containsExactly(left);
                server.awaitServed("GET_PROVIDERS");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void aClientFindsOthersAndIsNotFound(Kind first, Kind middle, Kind last) throws Exception {
        try (var client = first.start(false);
                var server = middle.start();
                var other = last.start()) {
            other.join(server);
            server.awaitRouted(other.peerId());
            client.join(server);

            assertThat(client.findNode(other.peerId())).containsKey(other.peerId());
            assertThat(other.findNode(client.peerId())).doesNotContainKey(client.peerId());
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void theNewestOfTwoValuesIsGotAndGivenToWhoHadTheOlder(Kind first, Kind middle, Kind last)
            throws Exception {
        try (var stale = first.start();
                var fresh = middle.start();
                var asker = last.start()) {
            KadNode.Value newer;
            try (var author = Kind.JAVA.start();
                    var other = Kind.JAVA.start()) {
                author.join(stale);
                author.put(author.ownerRecord(1));
                stale.awaitServed("PUT_VALUE");
                other.join(fresh);
                newer = author.ownerRecord(2);
                other.put(newer);
                fresh.awaitServed("PUT_VALUE");
            }
            asker.join(stale);
            asker.join(fresh);

            assertThat(asker.get(newer.key())).contains(newer.bytes());
            // rust-libp2p leaves it to the application to correct others.
            if (last != Kind.RUST) {
                stale.awaitServed("PUT_VALUE");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RUST", "JS"})
    void weRefuseAValueUnderAnothersKey(Kind kind) throws Exception {
        try (var java = Kind.JAVA.start();
                var thief = kind.start()) {
            thief.join(java);
            var own = thief.ownerRecord(1);
            var stolen = new KadNode.Value(java.ownerRecord(1).key(), own.bytes());

            assertThatThrownBy(() -> thief.put(stolen)).hasMessageContaining("error");
            java.awaitRefusal();

            assertThat(java.get(stolen.key())).isEmpty();
            thief.put(own);
            java.awaitServed("PUT_VALUE");
        }
    }
}
