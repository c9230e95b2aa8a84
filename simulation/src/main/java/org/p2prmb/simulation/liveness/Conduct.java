package org.p2prmb.simulation.liveness;

import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.Optional;

/// How an agent treats the words of its own machine: [#HONEST] or as a [Liar].
interface Conduct {
    Conduct HONEST =
            new Conduct() {
                @Override
                public Optional<AliveFrame> said(AliveFrame frame) {
                    return Optional.of(frame);
                }

                @Override
                public void heard(PeerId from, AliveFrame frame) {}
            };

    /// What is sent in place of what the machine wants to send.
    Optional<AliveFrame> said(AliveFrame frame);

    /// A frame came, before the machine hears of it.
    void heard(PeerId from, AliveFrame frame);
}
