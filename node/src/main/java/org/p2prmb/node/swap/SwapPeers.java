package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.swap.SwapClient;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.TermsCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Tells the other parties of swaps what the engine says, over `/rmb/swap/1.0.0`. The engine says
/// it again at each look, so what is on its way already is not sent twice, and what fails is
/// forgotten. Safe for many threads.
public final class SwapPeers implements SwapEngine.Peers {
    private static final Logger log = LoggerFactory.getLogger(SwapPeers.class);
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(10);

    private final Host host;
    private final ContactBook book;
    private final Predicate<Runnable> errands;

    /// At most one for each swap and kind of message.
    private final Set<Pending> pending = ConcurrentHashMap.newKeySet();

    private record Pending(Bytes swap, Class<?> kind) {}

    /// @param errands runs something that may wait, on another thread; false when it will not
    public SwapPeers(Host host, ContactBook book, Predicate<Runnable> errands) {
        this.host = host;
        this.book = book;
        this.errands = errands;
    }

    @Override
    public void tell(PeerId to, TermsCodec.Told told) {
        var one = new Pending(told.swap(), told.message().getClass());
        if (pending.add(one) && !errands.test(() -> run(to, told, one))) {
            pending.remove(one);
        }
    }

    private void run(PeerId to, TermsCodec.Told told, Pending one) {
        try {
            var open = host.connections(to);
            var connection =
                    open.isEmpty()
                            ? host.connect(
                                    to,
                                    book.find(to).map(Contact::addresses).orElse(List.of()),
                                    DIAL_LIMIT)
                            : open.getLast();
            SwapClient.tell(connection, told);
        } catch (IOException e) {
            log.debug("{} was not told of a swap: {}", to.shortText(), e.getMessage());
        } finally {
            pending.remove(one);
        }
    }
}
