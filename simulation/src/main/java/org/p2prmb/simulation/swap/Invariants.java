package org.p2prmb.simulation.swap;

import org.p2prmb.ledgers.simulated.SimulatedLedger;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.Terms;

import java.util.ArrayList;
import java.util.List;

/// What must hold whatever happened, looked at from outside: on both chains and both disks.
final class Invariants {
    private final SwapWorld world;
    private final Terms terms;

    Invariants(SwapWorld world, Terms terms) {
        this.world = world;
        this.terms = terms;
    }

    List<String> violations() {
        var found = new ArrayList<String>();
        for (var role : Role.values()) {
            found.addAll(world.party(role).violations());
        }
        boolean tookA = lock(Role.SELLER, Side.A) instanceof LockView.Redeemed;
        boolean tookB = lock(Role.BUYER, Side.B) instanceof LockView.Redeemed;
        if (tookA && !tookB && !world.hindrance().isForfeit(Role.SELLER)) {
            found.add("I1: the seller has lost its leg for nothing");
        }
        if (tookB && !tookA && !world.hindrance().isForfeit(Role.BUYER)) {
            found.add("I1: the buyer has lost its leg for nothing");
        }
        for (var side : Side.values()) {
            if (world.chain(side).locks(terms.hash()) > 1) {
                found.add("I2: more than one lock on " + side);
            }
        }
        for (var role : Role.values()) {
            var party = world.party(role);
            if (!world.hindrance().isForfeit(role)
                    && party.saved().isPresent()
                    && !party.isOver()) {
                found.add("I5: the %s still waits: %s".formatted(role, party.saved().get()));
            }
        }
        return found;
    }

    private LockView lock(Role owner, Side side) {
        var outside = new SimulatedLedger(world.chain(side), Bytes.utf8("outside"));
        var leg = side == Side.A ? terms.a() : terms.b();
        return world.party(owner)
                .lock()
                .map(lock -> outside.view(leg, terms.hash(), lock.ref(), 0, List.of()))
                .orElse(new LockView.Absent());
    }
}
