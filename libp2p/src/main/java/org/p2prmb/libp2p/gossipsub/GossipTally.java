package org.p2prmb.libp2p.gossipsub;

import java.util.concurrent.atomic.LongAdder;

/// Counts what a [GossipSub] does; safe for many threads.
final class GossipTally {
    final LongAdder published = new LongAdder();
    final LongAdder received = new LongAdder();
    final LongAdder validated = new LongAdder();
    final LongAdder forged = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder rpcs = new LongAdder();
    final LongAdder dontWantsSent = new LongAdder();
    final LongAdder dontWantsReceived = new LongAdder();

    GossipCounters counters() {
        return new GossipCounters(
                published.sum(),
                received.sum(),
                validated.sum(),
                forged.sum(),
                delivered.sum(),
                dropped.sum(),
                rpcs.sum(),
                dontWantsSent.sum(),
                dontWantsReceived.sum());
    }
}
