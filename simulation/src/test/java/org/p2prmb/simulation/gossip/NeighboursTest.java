package org.p2prmb.simulation.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.resource.AddressLimits;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.engine.Population;
import org.p2prmb.simulation.engine.Seat;
import org.p2prmb.simulation.engine.Simulation;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Whom an agent lets in.
final class NeighboursTest {
    private static final int AGENTS = 200;
    private static final int PER_ADDRESS_MAX = AddressLimits.defaults().connectionsMax();
    private static final int FEW_ADDRESSES = 4;

    private final GossipSettings settings =
            GossipSettings.of(RunSettings.of(AGENTS, 1, 1)).withAttack(Attack.COLOCATION, 0.8);
    private final Simulation simulation = new Simulation(1, AGENTS, (_, _) -> List.of());
    private final Roles roles = new Roles(settings, new SplittableRandom(1));
    private final World world =
            new World(settings, new Population(1, AGENTS), roles, new Ledger(simulation, roles));
    private final int self = roles.anyHonest(new SplittableRandom(1));
    private final Neighbours neighbours =
            new Neighbours(world, new Seat(simulation, self, 0), new SplittableRandom(1));

    private List<Integer> admitted(IntPredicate who) {
        return IntStream.range(0, AGENTS)
                .filter(peer -> peer != self)
                .filter(who)
                .filter(neighbours::up)
                .boxed()
                .toList();
    }

    @Test
    void whoSharesFewAddressesGetsFewPlaces() {
        var attackers = admitted(roles::isAttacker);

        assertThat(attackers).hasSize(FEW_ADDRESSES * PER_ADDRESS_MAX);
        neighbours.down(attackers.getFirst());
        assertThat(admitted(peer -> roles.isAttacker(peer) && !neighbours.contains(peer)))
                .hasSize(1);
    }

    @Test
    void whoHasAnAddressOfItsOwnGetsIn() {
        assertThat(admitted(peer -> !roles.isAttacker(peer))).hasSize(AGENTS / 5 - 1);
    }

    @Test
    void whomWeDialTakesNoPlaceOfItsAddress() {
        var attackers = admitted(roles::isAttacker);
        int next =
                IntStream.range(0, AGENTS)
                        .filter(peer -> roles.isAttacker(peer) && !attackers.contains(peer))
                        .findFirst()
                        .orElseThrow();
        neighbours.dial(next);
        assertThat(neighbours.up(next)).isTrue();
        assertThat(neighbours.isDialled(next)).isTrue();
    }
}
