package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Liars have their share of what a query for providers finds, and no more.
final class ProviderOffersTest {
    private static final Multiaddr LOOPBACK = Multiaddr.parse("/ip4/127.0.0.1/tcp/4001");

    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    private final RandomGenerator random = new SplittableRandom(5);
    private final ProviderOffers offers = new ProviderOffers(4, true);
    private int addresses;

    private KadPeer peer() {
        return KadPeer.of(KadWorld.randomId(random), List.of(KadWorld.address(addresses++)));
    }

    private List<KadPeer> peers(int count) {
        var peers = new ArrayList<KadPeer>();
        while (peers.size() < count) {
            peers.add(peer());
        }
        return peers;
    }

    private void add(KadPeer from, List<KadPeer> providers) {
        offers.add(NOW, from, from.addresses().getFirst(), providers);
    }

    @Test
    void oneAnswerThatNamesManyIsNotEnoughAndNeitherAreManyOfOneNetwork() {
        for (int liar = 0; liar < 40; liar++) {
            offers.add(
                    NOW,
                    peer(),
                    Multiaddr.parse("/ip4/51.7.%d.1/tcp/1".formatted(liar)),
                    peers(20));
            assertThat(offers.areEnough(NOW)).isFalse();
        }
        add(peer(), peers(1));
        assertThat(offers.areEnough(NOW)).isFalse();
        add(peer(), peers(1));
        assertThat(offers.areEnough(NOW)).isTrue();
    }

    @Test
    void otherNetworksAreWaitedForAMomentOnly() {
        add(peer(), peers(3));
        assertThat(offers.areEnough(NOW.plusSeconds(60))).isFalse();
        add(peer(), peers(1));
        assertThat(offers.areEnough(NOW)).isFalse();
        assertThat(offers.waitsUntil()).isEqualTo(NOW.plus(ProviderOffers.PATIENCE));
        assertThat(offers.areEnough(offers.waitsUntil())).isTrue();
    }

    @Test
    void theNetworksTakeTurnsInTheResult() {
        var invented = peers(20);
        add(peer(), invented);
        var honest = peers(2);
        add(peer(), honest);
        add(peer(), honest);
        assertThat(offers.best())
                .containsExactly(invented.get(0), honest.get(0), honest.get(1), invented.get(1));
    }

    @Test
    void whoAloneNamesProvidersIsBelievedAndWhatWeKnewComesLast() {
        var known = peer();
        offers.known(NOW, known);
        var named = peers(3);
        add(peer(), named);
        assertThat(offers.areEnough(NOW)).isFalse();
        assertThat(offers.best()).startsWith(named.toArray(KadPeer[]::new)).endsWith(known);
    }

    @Test
    void whereAProviderIsItSaysBest() {
        var known = peer();
        offers.known(NOW, known);
        add(peer(), List.of(known.withAddresses(List.of())));
        assertThat(offers.best()).containsExactly(known);
        add(peer(), List.of(known.withAddresses(List.of(LOOPBACK))));
        assertThat(offers.best()).containsExactly(known);
    }

    @Test
    void onOneMachineEachPeerCountsForItself() {
        var named = peers(4);
        for (int peer = 0; peer < ProviderOffers.SOURCES_MIN; peer++) {
            assertThat(offers.areEnough(NOW)).isFalse();
            offers.add(NOW, peer(), LOOPBACK, named);
        }
        assertThat(offers.areEnough(NOW)).isTrue();
    }

    @Test
    void aProviderWithoutAddressesGetsThoseThatAnotherNames() {
        var provider = peer();
        add(peer(), List.of(provider.withAddresses(List.of())));
        add(peer(), List.of(provider));
        assertThat(offers.best()).containsExactly(provider);
    }

    @Test
    void howMuchIsListenedToIsBounded() {
        var many = new ProviderOffers(Query.PROVIDERS_MAX, true);
        for (int liar = 0; liar < 200; liar++) {
            var from = peer();
            many.add(NOW, from, from.addresses().getFirst(), peers(100));
        }
        assertThat(many.size()).isLessThanOrEqualTo(32 * KademliaConfig.K);
        assertThat(many.best()).hasSize(Query.PROVIDERS_MAX);
    }
}
