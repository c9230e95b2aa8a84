package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

final class RememberedPeersTest {
    private static final Multiaddr HERE = Multiaddr.parse("/ip4/127.0.0.1/tcp/1");
    private static final Multiaddr THERE = Multiaddr.parse("/ip4/127.0.0.1/tcp/2");

    @TempDir private Path directory;

    @Test
    void peersAreThereAgainAfterARestartNewestFirst() {
        var alice = peer();
        var bob = peer();
        var before = new RememberedPeers(directory);
        before.note(alice, List.of(HERE, THERE), true);
        before.note(bob, List.of(HERE), false);

        var after = new RememberedPeers(directory);
        assertThat(after.all()).isEqualTo(before.all()).containsEntry(alice, List.of(HERE, THERE));
        assertThat(after.all().keySet()).containsExactly(bob, alice);
        after.note(alice, List.of(THERE), false);
        assertThat(new RememberedPeers(directory).all().keySet()).containsExactly(alice, bob);
    }

    @Test
    void theNewestOfManyStay() {
        var remembered = new RememberedPeers(directory);
        var first = peer();
        remembered.note(first, List.of(HERE), true);
        for (int i = 0; i < RememberedPeers.PEERS_MAX; i++) {
            remembered.note(peer(), List.of(HERE), true);
        }
        assertThat(remembered.all()).hasSize(RememberedPeers.PEERS_MAX).doesNotContainKey(first);
        remembered.close();
        assertThat(new RememberedPeers(directory).all()).isEqualTo(remembered.all());
    }

    @Test
    void strangersWhoCalledUsTakeNobodysPlace() {
        var remembered = new RememberedPeers(directory);
        for (int i = 0; i < RememberedPeers.PEERS_MAX; i++) {
            remembered.note(peer(), List.of(HERE), true);
        }
        var friends = remembered.all();
        remembered.note(peer(), List.of(THERE), false);
        assertThat(remembered.all()).isEqualTo(friends);
    }

    @Test
    void aPeerWithoutAnAddressIsNotWorthALine() {
        var remembered = new RememberedPeers(directory);
        remembered.note(peer(), List.of(), true);
        assertThat(remembered.all()).isEmpty();
    }

    @Test
    void aDamagedFileIsAsGoodAsNoneAndIsReplaced() throws IOException {
        for (var damage : List.of("junk\n", "/ip4/127.0.0.1/tcp/1\n", "\0".repeat(200_000))) {
            Files.writeString(directory.resolve("peers.txt"), damage);
            var remembered = new RememberedPeers(directory);
            assertThat(remembered.all()).isEmpty();
            remembered.note(peer(), List.of(HERE), true);
            assertThat(new RememberedPeers(directory).all()).hasSize(1);
        }
    }

    @Test
    void anAddressThatIsNotReadWithItsPeerBehindItCostsNobodyHisPlace() {
        var remembered = new RememberedPeers(directory);
        var friend = peer();
        remembered.note(friend, List.of(HERE), true);
        var full = Multiaddr.parse(THERE + "/ws".repeat(30));
        var path = Multiaddr.parse("/unix/tmp/socket");
        remembered.note(peer(), List.of(full, path), true);
        remembered.note(peer(), List.of(full, THERE, path), true);
        remembered.close();
        var after = new RememberedPeers(directory).all();
        assertThat(after)
                .isEqualTo(remembered.all())
                .hasSize(2)
                .containsEntry(friend, List.of(HERE));
    }

    @Test
    void theLongestAddressesOfAllAreReadAgain() {
        var remembered = new RememberedPeers(directory);
        for (int i = 0; i < RememberedPeers.PEERS_MAX; i++) {
            var longest = new ArrayList<Multiaddr>();
            for (int letter = 'a'; letter < 'j'; letter++) {
                var name = Character.toString(letter);
                longest.add(Multiaddr.parse("/dns4/" + name.repeat(900) + "/tcp/1"));
                longest.add(Multiaddr.parse("/dns4/" + name.repeat(430) + "/tcp/1"));
            }
            remembered.note(peer(), longest, true);
        }
        remembered.close();
        assertThat(new RememberedPeers(directory).all())
                .isEqualTo(remembered.all())
                .hasSize(RememberedPeers.PEERS_MAX);
    }

    private static PeerId peer() {
        return KeyPair.generate(TestAgents.RANDOM).peerId();
    }
}
