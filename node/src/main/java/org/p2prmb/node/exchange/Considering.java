package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.identity.PeerId;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Windows that are looked at, which waits for their sellers, and those in line for it. A few
/// workers at once, and fewer for each seller, so that sellers who do not answer take no place from
/// other work; the windows of one seller wait for one another, up to a number. What finds no room
/// is announced again while somebody asks for it. Safe for many threads.
///
/// @param <W> a window, equal to another announcement of the same
final class Considering<W> {
    static final int ALL_MAX = 128;

    /// So many that a buyer with a line of half a second still hears of each window of a seller
    /// who opens forty at once before they close: who is far must not miss what the near get.
    static final int OF_SELLER_MAX = 16;

    static final int WAITING_MAX = 64;

    private final Map<PeerId, Line> bySeller = new HashMap<>();
    private int workers;

    private final class Line {
        private final Set<W> waiting = new LinkedHashSet<>();
        private int workers;

        W take() {
            Iterator<W> first = waiting.iterator();
            W window = first.next();
            first.remove();
            return window;
        }
    }

    /// Puts a window in line. True when the caller has to start a worker, which looks at what
    /// [#next] gives until there is nothing; or else says [#end].
    synchronized boolean add(PeerId seller, W window) {
        var line = bySeller.get(seller);
        boolean worker = workers < ALL_MAX && (line == null || line.workers < OF_SELLER_MAX);
        if (line == null) {
            if (!worker) {
                return false;
            }
            line = new Line();
            bySeller.put(seller, line);
        }
        if (line.waiting.size() == WAITING_MAX || !line.waiting.add(window)) {
            return false;
        }
        if (worker) {
            line.workers++;
            workers++;
        }
        return worker;
    }

    /// The next window for a worker of this seller; empty when its work is over.
    synchronized Optional<W> next(PeerId seller) {
        var line = bySeller.get(seller);
        if (line == null || line.waiting.isEmpty()) {
            end(seller);
            return Optional.empty();
        }
        return Optional.of(line.take());
    }

    /// A worker of this seller is no more. What waits without any is forgotten.
    synchronized void end(PeerId seller) {
        var line = bySeller.get(seller);
        if (line == null) {
            return;
        }
        workers--;
        line.workers--;
        if (line.workers == 0) {
            bySeller.remove(seller);
        }
    }
}
