package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

final class GroupCountTest {
    private final Random random = new Random(1);

    private KadPeer peer(List<Multiaddr> addresses) {
        return KadPeer.of(KadWorld.randomId(random), addresses);
    }

    @Test
    void peersWithManyAddressesInManyNetworksAreCounted() {
        var count = new GroupCount(false);
        var number = 0;
        for (int named = 0; named < KademliaConfig.K; named++) {
            var addresses = new ArrayList<Multiaddr>();
            for (int index = 0; index < KadPeer.ADDRESSES_MAX; index++) {
                addresses.add(KadWorld.address(number++));
            }

            assertThat(count.admits(peer(addresses))).isTrue();
        }
    }

    @Test
    void ofOneNetworkAsManyAreAdmittedAsATableMayHold() {
        var count = new GroupCount(false);
        for (int named = 0; named < RoutingTable.GROUP_MAX; named++) {
            assertThat(count.admits(peer(List.of(KadWorld.address(1))))).isTrue();
        }

        assertThat(count.admits(peer(List.of(KadWorld.address(1), KadWorld.address(2))))).isFalse();
        assertThat(count.admits(peer(List.of(KadWorld.address(2))))).isTrue();
    }
}
