package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.kademlia.Lookup.Candidate;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// One look-up at a time, whose answers the test makes up.
final class LookupTest {
    private static final KademliaConfig CONFIG = KademliaConfig.defaults();
    private final RandomGenerator random = new SplittableRandom(11);
    private final Key self = Key.of(KadWorld.randomId(random));
    private final Key target = Key.of(KadWorld.randomId(random));
    private int addresses;

    private KadPeer peer() {
        return KadPeer.of(KadWorld.randomId(random), List.of(KadWorld.address(addresses++)));
    }

    private List<KadPeer> peers(int count) {
        var peers = new ArrayList<KadPeer>();
        for (int number = 0; number < count; number++) {
            peers.add(peer());
        }
        return peers;
    }

    private Lookup lookup(List<KadPeer> seeds, int paths) {
        return new Lookup(self, target, seeds, paths, true, CONFIG);
    }

    private static List<Candidate> asked(Lookup lookup) {
        var asked = new ArrayList<Candidate>();
        for (var next = lookup.next(); next != null; next = lookup.next()) {
            asked.add(next);
        }
        return asked;
    }

    @Test
    void aThousandPeersInAnAnswerAreNoMoreThanK() {
        var lookup = lookup(peers(1), 1);
        var liar = asked(lookup).getFirst();
        lookup.answered(liar, peers(1_000));
        int asked = 0;
        for (var next = asked(lookup); !next.isEmpty(); next = asked(lookup)) {
            asked += next.size();
            next.forEach(lookup::failed);
        }
        assertThat(asked).isEqualTo(KademliaConfig.K);
        assertThat(lookup.isDone()).isTrue();
    }

    @Test
    void theOrderInWhichPeersAreNamedIsNotBelieved() {
        var lookup = lookup(peers(1), 1);
        var named = peers(20);
        named.sort((a, b) -> target.compareDistances(b.key(), a.key()));
        lookup.answered(asked(lookup).getFirst(), named);
        Collections.reverse(named);
        assertThat(asked(lookup))
                .extracting(Candidate::peer)
                .containsExactlyElementsOf(named.subList(0, CONFIG.alpha()));
    }

    @Test
    void peersOfOneNetworkInAnAnswerAreNoMoreThanAnHonestTableHolds() {
        var lookup = lookup(peers(1), 1);
        var sybils = new ArrayList<KadPeer>();
        for (int number = 0; number < KademliaConfig.K; number++) {
            var address = Multiaddr.parse("/ip4/51.7.%d.1/tcp/4001".formatted(number));
            sybils.add(KadPeer.of(KadWorld.randomId(random), List.of(address)));
        }
        lookup.answered(asked(lookup).getFirst(), sybils);
        assertThat(asked(lookup)).hasSize(RoutingTable.GROUP_MAX);
    }

    @Test
    void aSlowPeerGivesItsPlaceToAnotherAndItsAnswerStillCounts() {
        var lookup = lookup(peers(10), 1);
        var first = asked(lookup);
        assertThat(first).hasSize(CONFIG.alpha());
        first.forEach(lookup::slow);
        first.forEach(lookup::slow); // Once is enough.
        var second = asked(lookup);
        assertThat(second).hasSize(CONFIG.alpha());
        lookup.answered(first.getFirst(), List.of());
        assertThat(lookup.answered(KademliaConfig.K)).containsExactly(first.getFirst());
        assertThat(asked(lookup)).isEmpty();
        second.forEach(candidate -> lookup.answered(candidate, List.of()));
        assertThat(lookup.isDone()).as("the slow ones may be nearer").isFalse();
        first.subList(1, first.size()).forEach(lookup::failed);
        for (var next = asked(lookup); !next.isEmpty(); next = asked(lookup)) {
            next.forEach(lookup::failed);
        }
        assertThat(lookup.isDone()).isTrue();
    }

    @Test
    void noPeerIsAskedTwiceAndPathsShareNone() {
        var seeds = peers(20);
        var lookup = lookup(seeds, 3);
        var asked = new HashSet<Key>();
        var answer = peers(20);
        for (var next = asked(lookup); !next.isEmpty(); next = asked(lookup)) {
            for (var candidate : next) {
                assertThat(asked.add(candidate.peer().key())).isTrue();
                lookup.answered(candidate, answer);
            }
        }
        assertThat(lookup.answered(KademliaConfig.K)).hasSize(KademliaConfig.K);
    }

    @Test
    void aLiarOnOnePathCannotHideThePeersOfTheOther() {
        var liar = peer();
        var honest = peer();
        var near = peers(20);
        var lookup = lookup(List.of(liar, honest), 2);
        for (var candidate : asked(lookup)) {
            lookup.answered(candidate, candidate.peer().equals(honest) ? near : List.of());
        }
        var answered = new HashSet<KadPeer>();
        for (var next = asked(lookup); !next.isEmpty(); next = asked(lookup)) {
            next.forEach(candidate -> {
                lookup.answered(candidate, List.of());
                answered.add(candidate.peer());
            });
        }
        assertThat(answered).containsAll(near.subList(0, 5));
    }

    @Test
    void whoWasGivenAWrongAddressIsTriedAgainAtTheRightOne() {
        var lookup = lookup(peers(2), 1);
        var seeds = asked(lookup);
        var wanted = peer();
        var wrong = wanted.withAddresses(List.of(KadWorld.address(5_000)));
        lookup.answered(seeds.getFirst(), List.of(wrong));
        var first = asked(lookup);
        assertThat(first).extracting(Candidate::peer).containsExactly(wrong);
        lookup.failed(first.getFirst());
        lookup.answered(seeds.getLast(), List.of(wanted));
        assertThat(asked(lookup)).extracting(Candidate::peer).containsExactly(wanted);
    }

    @Test
    void aNetworkOfLiarsWithoutEndCostsABoundedNumberOfRequests() {
        var lookup = lookup(peers(3), 2);
        int asked = 0;
        for (var next = asked(lookup); !next.isEmpty(); next = asked(lookup)) {
            asked += next.size();
            next.forEach(candidate -> lookup.answered(candidate, everNearer()));
        }
        assertThat(asked).isLessThanOrEqualTo(Lookup.REQUESTS_MAX);
        assertThat(lookup.isDone()).isTrue();
    }

    private List<KadPeer> everNearer() {
        var peers = peers(60);
        peers.sort((a, b) -> target.compareDistances(a.key(), b.key()));
        return peers.subList(0, KademliaConfig.K);
    }

    @Test
    void weAreNeverAskedOurselves() {
        var own = KadWorld.randomId(random);
        var lookup = new Lookup(Key.of(own), target, peers(1), 1, true, CONFIG);
        var us = KadPeer.of(own, List.of(KadWorld.address(1)));
        lookup.answered(asked(lookup).getFirst(), List.of(us));
        assertThat(asked(lookup)).isEmpty();
    }
}
