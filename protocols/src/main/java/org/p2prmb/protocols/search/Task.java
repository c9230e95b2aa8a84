package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.search.SearchMachine.Action;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Instant;
import java.util.List;

/// A query in work: one of others that passes us, or one of our own.
@Pure
sealed interface Task permits Quest, Relay {
    /// What our own memory holds; `own` is our own record if it fits.
    void found(Instant now, List<SignedContact> own, List<SignedContact> cached, List<Action> out);

    void answered(Instant now, PeerId from, SearchAnswer answer, List<Action> out);

    /// Nothing more comes from that peer.
    void ended(Instant now, PeerId from, List<Action> out);

    void tick(Instant now, List<Action> out);

    Instant nextTick();

    boolean isOver();
}
