package org.p2prmb.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HeldEndTest {
    private static final YamuxMachine.Event FINISH = new YamuxMachine.Finish(1);
    private static final YamuxMachine.Event ABANDON = new YamuxMachine.Abandon(1);

    private final HeldEnd end = new HeldEnd();

    @Test
    void nothingWaitsUnlessAnAnswerIsWaitedFor() {
        assertThat(end.hold(FINISH)).isEqualTo(FINISH);
        assertThat(end.waits()).isFalse();
        assertThat(end.answered()).isNull();
    }

    @Test
    void theLastEndComesWithTheAnswerOnce() {
        end.untilAnswered();
        assertThat(end.hold(FINISH)).isNull();
        assertThat(end.hold(ABANDON)).isNull();
        assertThat(end.waits()).isTrue();

        assertThat(end.answered()).isEqualTo(ABANDON);
        assertThat(end.answered()).isNull();
        assertThat(end.hold(FINISH)).isEqualTo(FINISH);
    }

    @Test
    void whatIsDroppedDoesNotComeAnyMore() {
        end.untilAnswered();
        end.hold(ABANDON);

        assertThat(end.drop()).isEqualTo(ABANDON);
        assertThat(end.answered()).isNull();
    }
}
