package org.p2prmb.simulation.kademlia;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.engine.Simulation;

import java.util.List;
import java.util.random.RandomGenerator;

/// The malicious side of a run, and whether the honest withstand it.
final class Attackers {
    /// So many peers are invented that there are a few nearer to each key than any agent.
    private static final int INVENTED_MIN = 20_000;

    /// One look-up in so many is the victim's when there is one.
    private static final int VICTIMS_SHARE = 4;

    private final Roles roles;
    private final Guard guard;
    private final @Nullable Conduct lying;
    private final @Nullable Crowd crowd;

    Attackers(
            Attack attack, Directory directory, Roles roles, Guard guard, RandomGenerator random) {
        this.roles = roles;
        this.guard = guard;
        this.crowd = attack == Attack.ECLIPSE ? new Crowd(directory, roles, random) : null;
        this.lying = attack == Attack.ANSWERS ? liar(directory, roles, guard, random) : null;
    }

    private static Conduct liar(
            Directory directory, Roles roles, Guard guard, RandomGenerator random) {
        var inventions = new Inventions(directory, Math.max(INVENTED_MIN, 2 * roles.agents()));
        return new Liar(directory, roles, guard, inventions, random);
    }

    Conduct conduct(int agent) {
        if (crowd != null && roles.isSybil(agent)) {
            return crowd;
        }
        return lying != null && roles.isLiar(agent) ? lying : Conduct.HONEST;
    }

    /// Who makes the next look-up.
    int looker(RandomGenerator random) {
        return crowd != null && random.nextInt(VICTIMS_SHARE) == 0
                ? Roles.VICTIM
                : roles.anySurvivor(random);
    }

    /// What must hold after each event at an agent.
    void check(Simulation simulation, int agent) {
        if (crowd != null && agent == Roles.VICTIM) {
            crowd.check(table(simulation));
        }
    }

    private static List<KadPeer> table(Simulation simulation) {
        return simulation.node(Roles.VICTIM, 0) instanceof KademliaNode node
                ? node.table()
                : List.of();
    }

    void report(Report.Builder report, Simulation simulation, Ledger ledger) {
        if (lying != null) {
            report.count("attackers", roles.liars())
                    .count("answersWith1000Peers", guard.lies())
                    .count("inventedPeersAsked", guard.believed());
        }
        if (crowd != null) {
            var table = table(simulation);
            int victims = ledger.begunByVictim();
            report.count("attackers", Crowd.SIZE)
                    .count("victimTableSize", table.size())
                    .count("victimTableAttackers", crowd.countIn(table))
                    .measure(
                            "victimSuccessRate",
                            KademliaScenario.share(ledger.succeededForVictim(), victims));
        }
    }
}
