package org.p2prmb.simulation.engine;

import org.jspecify.annotations.Nullable;

/// Has the memory that the events of the next millisecond will read fetched before they happen.
///
/// An agent among thousands is in no cache when its next event comes, and an event leads through
/// ten objects of which each names the next: the processor would wait for one after the other,
/// longer than it computes. Read for all events of a slot, depth by depth, they arrive side by
/// side.
public final class Foresight {
    /// Instead of a peer: the event is a tick.
    public static final int NOBODY = -1;

    private static final int DEPTHS = 9;
    private static final int LINK_DEPTHS = 2;

    /// With fewer events in a slot there is too little to fetch side by side.
    private static final int EVENTS_MIN = 8;

    /// Events of one round: what they read must fit in the nearer caches.
    private static final int EVENTS_MAX = 256;

    private final Residents residents;
    private final Alarms alarms;
    private final Network network;

    private final @Nullable ProtocolNode[] nodes = new ProtocolNode[EVENTS_MAX];
    private final int[] agents = new int[EVENTS_MAX];
    private final int[] peers = new int[EVENTS_MAX];
    private int count;

    /// Depends on all that was read, or the compiler would drop the reading.
    private int read;

    Foresight(Residents residents, Alarms alarms, Network network) {
        this.residents = residents;
        this.alarms = alarms;
        this.network = network;
    }

    /// Looks at what is left of the open slot.
    void look(EventQueue queue) {
        if (queue.waiting() < EVENTS_MIN) {
            return;
        }
        count = 0;
        for (int place = 0; place < queue.waiting() && count < EVENTS_MAX; place++) {
            int event = queue.waiting(place);
            int agent = queue.node(event);
            int kind = queue.kind(event);
            if (!residents.isUp(agent)) {
                continue;
            }
            if (Kind.isFrame(kind)) {
                expect(agent, Kind.protocol(kind), queue.peer(event));
                if (queue.payload(event) instanceof byte[] frame) {
                    read += frame.length;
                }
            } else if (kind == Kind.WAKE && alarms.isDue(agent, queue.openEnd())) {
                for (int protocol = 0; protocol < residents.protocols(); protocol++) {
                    expect(agent, protocol, NOBODY);
                }
            }
        }
        for (int depth = 0; depth < DEPTHS; depth++) {
            read += look(depth);
        }
    }

    /// The sum of all that was read.
    int read() {
        return read;
    }

    private void expect(int agent, int protocol, int peer) {
        if (count < EVENTS_MAX) {
            nodes[count] = residents.node(agent, protocol);
            agents[count] = agent;
            peers[count] = peer;
            count++;
        }
    }

    private int look(int depth) {
        int sum = 0;
        for (int event = 0; event < count; event++) {
            var node = nodes[event];
            if (node != null) {
                sum += node.foresee(peers[event], depth);
            }
            if (depth < LINK_DEPTHS && peers[event] != NOBODY) {
                sum += network.foresee(agents[event], peers[event], depth);
            }
        }
        return sum;
    }
}
