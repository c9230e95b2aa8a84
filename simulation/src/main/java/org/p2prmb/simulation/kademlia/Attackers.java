package org.p2prmb.simulation.kademlia;

import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.engine.Simulation;

import java.util.random.RandomGenerator;

/// The malicious side of a run.
final class Attackers {
    static final int SYBILS = 100;

    private final Attack attack;
    private final Roles roles;
    private final Guard guard;

    Attackers(
            Attack attack, Directory directory, Roles roles, Guard guard, RandomGenerator random) {
        this.attack = attack;
        this.roles = roles;
        this.guard = guard;
    }

    Conduct conduct(int agent) {
        return Conduct.HONEST;
    }

    int looker(RandomGenerator random) {
        return roles.anySurvivor(random);
    }

    void check(Simulation simulation, int agent) {}

    void report(Report.Builder report, Simulation simulation, Ledger ledger) {}
}
