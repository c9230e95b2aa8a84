package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.store.Store;
import org.p2prmb.store.StoreConfig;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

final class HotContactsTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final List<Multiaddr> SOMEWHERE =
            List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/4001"));

    @TempDir private Path directory;
    private Store store;
    private ContactBook book;

    private final List<PeerId> neighbours = new ArrayList<>();
    private final Set<PeerId> strangers = new HashSet<>();

    @BeforeEach
    void open() {
        store = Store.open(directory, StoreConfig.defaults());
        book = store.contacts();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void neighboursComeFirstThenTheNamedThenThoseHandedOutThenTheBest() {
        var neighbour = known(0.1);
        neighbours.add(neighbour);
        var named = known(0.2);
        name(named);
        var handedOut = known(0.3);
        var best = known(0.9);
        var worst = known(0.0);
        assertThat(hot(1).choose()).containsExactly(neighbour);
        assertThat(hot(2).choose()).containsExactlyInAnyOrder(neighbour, named);
        var three = hot(3);
        three.handedOut(handedOut);
        assertThat(three.choose()).containsExactlyInAnyOrder(neighbour, named, handedOut);
        assertThat(hot(3).choose()).containsExactlyInAnyOrder(neighbour, named, best);
        assertThat(hot(4).choose()).doesNotContain(worst);
        assertThat(hot(64).choose()).hasSize(5);
    }

    @Test
    void theHiddenTheUnreachableAndStrangersAreNotHot() {
        var hidden = known(0.9);
        book.hide(hidden);
        Eventually.holds("it is hidden", () -> book.find(hidden).orElseThrow().hidden());
        var stranger = known(0.9);
        strangers.add(stranger);
        neighbours.add(stranger);
        var good = known(0.5);
        assertThat(hot(64).choose()).containsExactly(good);
    }

    @Test
    void aContactStaysHotUntilAMuchBetterOneCompetes() {
        var hot = hot(1);
        var first = known(0.50);
        assertThat(hot.choose()).containsExactly(first);
        known(0.52);
        assertThat(hot.choose()).containsExactly(first);
        var better = known(0.60);
        assertThat(hot.choose()).containsExactly(better);
    }

    @Test
    void onlySomeOfManyNeighboursComeFirst() {
        var named = known(0.1);
        name(named);
        for (int count = 0; count < 10; count++) {
            neighbours.add(known(0.2));
        }
        var chosen = new HotContacts(book, () -> neighbours, _ -> true, 3, 4).choose();
        assertThat(chosen).contains(named).containsAll(neighbours.subList(0, 3));
    }

    private HotContacts hot(int max) {
        return new HotContacts(book, () -> neighbours, peer -> !strangers.contains(peer), 16, max);
    }

    private void name(PeerId peer) {
        book.name(peer, "alice");
        Eventually.holds("it is named", () -> book.named("alice").isPresent());
    }

    private PeerId known(double reputation) {
        var peer = KeyPair.generate(RANDOM).peerId();
        var expiry = Instant.now().plus(Duration.ofHours(1));
        book.remember(
                List.of(Contact.newcomer(peer, Bytes.EMPTY, 0, SOMEWHERE, List.of(), expiry)));
        book.rate(peer, reputation);
        Eventually.holds(
                "it is written",
                () -> book.find(peer).filter(it -> it.reputation() == reputation).isPresent());
        return peer;
    }
}
