package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PeerRecord;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

final class AddressBookTest {
    private static final Instant NOW = Instant.EPOCH;
    private static final PeerId ALICE = peer(1);

    private final AddressBook book = new AddressBook();

    private static PeerId peer(int number) {
        var seed = Bytes.wrap(Seeds.bytes(new SplittableRandom(number), 32));
        return KeyPair.ed25519(seed).peerId();
    }

    private static Multiaddr address(int port) {
        return Multiaddr.parse("/ip4/1.2.3.4/tcp/" + port);
    }

    private static List<Multiaddr> addresses(int from, int to) {
        return IntStream.range(from, to).mapToObj(AddressBookTest::address).toList();
    }

    private static PeerInfo says(List<Multiaddr> listen, @Nullable PeerRecord record) {
        return new PeerInfo(ALICE, listen, List.of(), null, "", "", record);
    }

    private static PeerInfo signs(long sequence, int port) {
        var listen = List.of(address(port));
        return says(listen, new PeerRecord(ALICE, sequence, listen));
    }

    private List<Multiaddr> known() {
        return book.addresses(NOW, ALICE);
    }

    @Test
    void aPeerSpeaksForItselfWhileItIsConnected() {
        book.identified(says(addresses(1, 3), null));
        assertThat(known()).isEmpty();
        book.connected(ALICE, Optional.empty());
        book.identified(says(addresses(1, 3), null));
        assertThat(known()).containsExactly(address(1), address(2));
        book.identified(says(addresses(5, 6), null));
        assertThat(known()).containsExactly(address(5));
    }

    @Test
    void whatWasReachedComesFirst() {
        book.connected(ALICE, Optional.of(address(9)));
        book.connected(ALICE, Optional.of(address(8)));
        book.identified(says(addresses(7, 10), null));
        assertThat(known()).containsExactly(address(8), address(9), address(7));
        for (var port = 1; port < 100; port++) {
            book.connected(ALICE, Optional.of(address(port)));
        }
        assertThat(known()).hasSize(AddressBook.REACHED_MAX + 3);
    }

    @Test
    @DisplayName("go-libp2p#3487: stale certified addresses")
    void aNewerRecordEndsTheOlderAndNoClaimStandsAgainstEither() {
        book.connected(ALICE, Optional.empty());
        book.identified(signs(5, 50));
        book.identified(signs(4, 40));
        book.identified(says(addresses(1, 3), null));
        assertThat(known()).containsExactly(address(50));
        book.identified(signs(6, 60));
        assertThat(known()).containsExactly(address(60));

        book.disconnected(NOW, ALICE);
        book.connected(ALICE, Optional.empty());
        book.identified(signs(5, 50));
        assertThat(known()).containsExactly(address(60));
    }

    @Test
    @DisplayName("go-libp2p#3486: addresses kept without bound once a peer has gone")
    void aPeerHasABoundedNumberOfAddressesAndFewerOnceItIsGone() {
        book.connected(ALICE, Optional.empty());
        book.connected(ALICE, Optional.of(address(999)));
        book.identified(says(addresses(0, 5_000), null));
        assertThat(known()).hasSize(AddressBook.CLAIMS_MAX + 1);
        book.disconnected(NOW, ALICE);
        assertThat(known()).hasSize(AddressBook.CLAIMS_MAX + 1);
        book.disconnected(NOW, ALICE);
        assertThat(known())
                .hasSize(AddressBook.GONE_ADDRESSES_MAX)
                .startsWith(address(999), address(0));
    }

    @Test
    void whoIsGoneTakesABoundedMemoryHoweverLongItsAddressesAre() {
        var label = "/dns4/" + "a".repeat(190);
        var longOnes = IntStream.range(0, 60).mapToObj(i -> label.repeat(4) + "/tcp/" + (1 + i));
        var claims = new ArrayList<>(longOnes.map(Multiaddr::parse).toList());
        claims.add(address(7));
        book.connected(ALICE, Optional.empty());
        book.identified(says(claims, null));
        book.disconnected(NOW, ALICE);

        assertThat(known()).contains(claims.getFirst(), address(7));
        assertThat(known().stream().mapToInt(address -> address.encoded().size()).sum())
                .isLessThanOrEqualTo(AddressBook.GONE_BYTES_MAX);
    }

    @Test
    void whoIsGoneIsForgottenAfterAWhile() {
        book.connected(ALICE, Optional.of(address(1)));
        book.disconnected(NOW, ALICE);
        var last = NOW.plus(AddressBook.GONE_MAX);
        assertThat(book.addresses(last.minus(Duration.ofMillis(1)), ALICE)).isNotEmpty();
        assertThat(book.addresses(last, ALICE)).isEmpty();
        assertThat(book.size()).isZero();
    }

    @Test
    void aCrowdThatComesAndGoesTakesABoundedMemory() {
        for (var i = 0; i < AddressBook.GONE_PEERS_MAX + 50; i++) {
            var peer = peer(i);
            book.connected(peer, Optional.of(address(1)));
            book.disconnected(NOW.plusMillis(i), peer);
        }
        assertThat(book.size()).isEqualTo(AddressBook.GONE_PEERS_MAX);
        assertThat(book.addresses(NOW, peer(0))).isEmpty();
        assertThat(book.addresses(NOW, peer(AddressBook.GONE_PEERS_MAX))).isNotEmpty();
        var nameless = peer(-1);
        book.connected(nameless, Optional.empty());
        book.disconnected(NOW, nameless);
        assertThat(book.size()).isEqualTo(AddressBook.GONE_PEERS_MAX);
    }
}
