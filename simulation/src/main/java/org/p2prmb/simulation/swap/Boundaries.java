package org.p2prmb.simulation.swap;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// Everything that a party does for the first time, in that order; one of which may be its last.
final class Boundaries {
    private final Role role;
    private final Optional<Kill> kill;
    private final Set<String> reached = new LinkedHashSet<>();
    private boolean killed;

    Boundaries(Role role, @Nullable Kill kill) {
        this.role = role;
        this.kill = Optional.ofNullable(kill).filter(it -> it.role() == role);
    }

    void cross(String boundary, Runnable effect) {
        boolean isFirst = reached.add(boundary) && !killed;
        var here = kill.filter(it -> isFirst && it.boundary().equals(boundary));
        if (here.isPresent() && here.get().moment() == Kill.Moment.BEFORE) {
            killed = true;
            throw new Kill.Killed();
        }
        effect.run();
        if (here.isPresent()) {
            killed = true;
            throw new Kill.Killed();
        }
    }

    Set<String> reached() {
        return reached;
    }

    boolean killed() {
        return killed;
    }

    @Override
    public String toString() {
        return role + " " + reached;
    }
}
