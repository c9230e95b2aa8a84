package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;

import java.util.Map;

/// Where the states of swaps are before anything is done about them.
public interface SwapJournal {
    /// Returns once the state is on disk and would be there after a power cut. When it cannot be,
    /// it throws, and the engine must stop: what follows would be done without a record.
    void save(Bytes swap, Bytes state);

    /// A swap that is over need not be kept any more.
    void forget(Bytes swap);

    /// The last state of each swap.
    Map<Bytes, Bytes> load();
}
