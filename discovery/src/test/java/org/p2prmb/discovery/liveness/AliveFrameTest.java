package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.SignedLease;

import java.time.Duration;
import java.util.List;

final class AliveFrameTest {
    private static final KeyPair ALICE = KeyPair.ed25519(Bytes.wrap(new byte[32]));

    private static SignedLease lease() {
        var interval = Duration.ofSeconds(30);
        var lease =
                new Lease(
                        ALICE.peerId(), 5, interval.multipliedBy(4), interval, List.of(), 9, false);
        return SignedLease.seal(lease, ALICE);
    }

    @Test
    void framesComeBackAsTheyWereSent() throws ProtocolException {
        var frames =
                List.of(
                        new AliveFrame.Leased(lease()),
                        new AliveFrame.Ping(-1),
                        new AliveFrame.Pong(Long.MIN_VALUE, 0));
        for (var frame : frames) {
            assertThat(AliveFrame.decode(frame.encoded())).isEqualTo(frame);
        }
    }

    @Test
    void mutatedFramesAreProtocolErrorsAndNothingElse() {
        var original = new AliveFrame.Leased(lease()).encoded();
        Seeds.forEach(
                1000,
                random -> {
                    var mutant = Bytes.wrap(Seeds.mutate(random, original.unsafeArray()));
                    try {
                        AliveFrame.decode(mutant);
                    } catch (ProtocolException e) {
                        assertThat(e).hasMessageMatching("(?s).+");
                    }
                });
    }
}
