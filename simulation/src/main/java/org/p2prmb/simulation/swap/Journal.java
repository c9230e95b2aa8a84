package org.p2prmb.simulation.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.SwapJournal;

import java.util.LinkedHashMap;
import java.util.Map;

/// A party's disk: what was saved outlives the party.
final class Journal implements SwapJournal {
    private final Map<Bytes, Bytes> states = new LinkedHashMap<>();

    @Override
    public void save(Bytes swap, Bytes state) {
        states.put(swap, state);
    }

    @Override
    public void forget(Bytes swap) {
        states.remove(swap);
    }

    @Override
    public Map<Bytes, Bytes> load() {
        return Map.copyOf(states);
    }
}
