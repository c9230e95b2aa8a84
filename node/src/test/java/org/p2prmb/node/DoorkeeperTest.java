package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

final class DoorkeeperTest {
    private static final int PLACES = 20;
    private static final Duration STAY = Duration.ofSeconds(60);

    private Instant now = Instant.EPOCH;
    private final Doorkeeper doorkeeper = new Doorkeeper(PLACES, STAY, () -> now);

    @Test
    void whenFewPlacesAreLeftThoseWhoCameFirstMakeRoom() {
        var first = arrive(18, true);
        now = now.plus(STAY);
        assertThat(first).allMatch(Connection::isOpen);
        var newcomer = arrive(1, true);
        assertThat(first.subList(0, 4)).noneMatch(Connection::isOpen);
        assertThat(first.subList(4, 18)).allMatch(Connection::isOpen);
        assertThat(newcomer).allMatch(Connection::isOpen);
        assertThat(arrive(3, true)).allMatch(Connection::isOpen);
        assertThat(first.subList(4, 18)).allMatch(Connection::isOpen);
    }

    @Test
    void whoCameAMomentAgoStays() {
        var crowd = arrive(PLACES, true);
        now = now.plus(STAY.minusMillis(1));
        crowd.addAll(arrive(1, true));
        assertThat(crowd).allMatch(Connection::isOpen);
    }

    @Test
    void ourOwnDialsAndThisMachinesConnectionsTakeNoPlace() {
        var dialled = arrive(PLACES, false);
        var local = new ArrayList<Guest>();
        for (int i = 0; i < PLACES; i++) {
            local.add(new Guest("/ip4/127.0.0.1/tcp/1", false));
            doorkeeper.connected(local.getLast());
        }
        now = now.plus(STAY);
        arrive(1, true);
        assertThat(dialled).allMatch(Connection::isOpen);
        assertThat(local).allMatch(Connection::isOpen);
    }

    @Test
    void whoHasLeftTakesNoPlace() {
        var first = arrive(18, true);
        first.subList(0, 10).forEach(doorkeeper::disconnected);
        now = now.plus(STAY);
        arrive(5, true);
        assertThat(first).allMatch(Connection::isOpen);
    }

    private List<Guest> arrive(int count, boolean inbound) {
        var guests = new ArrayList<Guest>();
        for (int i = 0; i < count; i++) {
            guests.add(new Guest("/ip4/192.0.2.1/tcp/1", !inbound));
            doorkeeper.connected(guests.getLast());
        }
        return guests;
    }

    private static final class Guest implements Connection {
        private final KeyPair keys = KeyPair.generate(TestAgents.RANDOM);
        private final Multiaddr address;
        private final boolean outbound;
        private boolean open = true;

        Guest(String address, boolean outbound) {
            this.address = Multiaddr.parse(address);
            this.outbound = outbound;
        }

        @Override
        public PeerId remotePeer() {
            return keys.peerId();
        }

        @Override
        public PublicKey remotePublicKey() {
            return keys.publicKey();
        }

        @Override
        public Multiaddr remoteAddress() {
            return address;
        }

        @Override
        public Multiaddr localAddress() {
            return address;
        }

        @Override
        public boolean outbound() {
            return outbound;
        }

        @Override
        public Stream open(List<String> protocols, Duration limit) throws IOException {
            throw new IOException("nobody is there");
        }

        @Override
        public Traffic traffic() {
            return new Traffic(0, 0);
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
