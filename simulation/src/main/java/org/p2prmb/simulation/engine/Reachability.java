package org.p2prmb.simulation.engine;

/// Which ways are open: `isOpen(a, b)` may differ from `isOpen(b, a)`.
@FunctionalInterface
public interface Reachability {
    Reachability FULL = (_, _) -> true;

    boolean isOpen(int from, int to);
}
