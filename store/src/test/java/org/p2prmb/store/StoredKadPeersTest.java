package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.KnownPeers;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

final class StoredKadPeersTest {
    @TempDir Path folder;
    private Store store;
    private KnownPeers peers;

    @BeforeEach
    void open() {
        store = Store.open(folder.resolve("data"), StoreConfig.defaults());
        peers = store.kadPeers();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static List<KadPeer> peers(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(number ->
                        KadPeer.of(Samples.peer(number), List.of(Samples.address(number))))
                .toList();
    }

    @Test
    void theLastTableIsThereAtTheNextStartInItsOrder() {
        assertThat(peers.load()).isEmpty();
        peers.save(peers(0, 50));
        peers.save(peers(10, 40));
        close();
        open();
        assertThat(peers.load()).containsExactlyElementsOf(peers(10, 40));
    }

    @Test
    void aPeerWithoutAnAddressIsKeptToo() {
        var peer = KadPeer.of(Samples.peer(1), List.of());
        peers.save(List.of(peer));
        assertThat(peers.load()).containsExactly(peer);
    }

    @Test
    void noMoreAreKeptThanAnyoneAsksAgain() {
        peers.save(peers(0, KnownPeers.PEERS_MAX + 10));
        assertThat(peers.load()).containsExactlyElementsOf(peers(0, KnownPeers.PEERS_MAX));
    }
}
