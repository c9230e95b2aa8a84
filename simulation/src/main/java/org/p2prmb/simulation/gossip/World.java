package org.p2prmb.simulation.gossip;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipCodec;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.Rpc;
import org.p2prmb.simulation.engine.Population;
import org.p2prmb.simulation.engine.Seat;
import org.p2prmb.simulation.engine.Violation;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/// What the shells of all agents share.
final class World {
    /// Attackers of [Attack#COLOCATION] have so many addresses.
    private static final int FEW_ADDRESSES = 4;

    private static final int FIRST_ADDRESS = 11 << 24;

    private final GossipSettings settings;
    private final Population population;
    private final GossipCodec codec;
    private final GossipConfig config;
    private final Roles roles;
    private final Ledger ledger;
    private final List<String> topics;
    private boolean flashed;

    World(GossipSettings settings, Population population, Roles roles, Ledger ledger) {
        this.settings = settings;
        this.population = population;
        this.roles = roles;
        this.ledger = ledger;
        config = settings.router();
        codec = new GossipCodec(config.ids(), settings.run().crypto().signatures());
        topics =
                IntStream.range(0, settings.load().topics())
                        .mapToObj("simulated/1/%d"::formatted)
                        .toList();
    }

    GossipSettings settings() {
        return settings;
    }

    Population population() {
        return population;
    }

    GossipCodec codec() {
        return codec;
    }

    GossipConfig config() {
        return config;
    }

    Roles roles() {
        return roles;
    }

    Ledger ledger() {
        return ledger;
    }

    String topic(int number) {
        return topics.get(number);
    }

    List<String> topics() {
        return topics;
    }

    /// The address that others see an agent at.
    Bytes address(int agent) {
        boolean shared = settings.attack() == Attack.COLOCATION && roles.isAttacker(agent);
        int number = shared ? roles.agents() + agent % FEW_ADDRESSES : agent;
        var ip = ByteBuffer.allocate(Integer.BYTES).putInt(FIRST_ADDRESS + number);
        return Bytes.wrap(ip.array());
    }

    /// The attackers of [Attack#FLASH] are silent from now on.
    void flash() {
        flashed = true;
    }

    boolean isMute(int agent) {
        return flashed && roles.isAttacker(agent);
    }

    /// Says `rpc`, subscriptions or control, over the connection with `to`.
    void say(Seat seat, int to, Rpc rpc) {
        var frames = codec.encode(rpc);
        if (seat.isLinked(to) && rpc.messages().isEmpty()) {
            frames.forEach(frame -> ledger.control(frame.size()));
        }
        send(seat, to, frames);
    }

    /// Sends over the connection with `to`; without one nobody hears it.
    void send(Seat seat, int to, List<Bytes> frames) {
        if (!seat.isLinked(to)) {
            return;
        }
        for (var frame : frames) {
            if (frame.size() > GossipCodec.WRITTEN_BYTES_MAX) {
                throw new Violation("writes a frame of %,d bytes".formatted(frame.size()));
            }
            seat.send(to, frame.unsafeArray());
        }
    }
}
