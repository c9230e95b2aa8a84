package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Canonical;

import java.util.stream.IntStream;

/// Sellers who announce windows and then do not answer.
final class ConsideringTest {
    private static final int WINDOWS = Considering.OF_SELLER_MAX + 10;

    private final Considering<Integer> considering = new Considering<>();

    private static PeerId seller(int number) {
        return KeyPair.ed25519(Canonical.domain("test/seller").number(number).sha256()).peerId();
    }

    /// How many workers start when a seller announces so many windows.
    private long started(PeerId seller, int windows) {
        return IntStream.range(0, windows)
                .filter(window -> considering.add(seller, window))
                .count();
    }

    @Test
    void oneSellerTakesFewPlacesAndItsOtherWindowsWait() {
        assertThat(started(seller(1), WINDOWS)).isEqualTo(Considering.OF_SELLER_MAX);
        assertThat(started(seller(2), 1)).isOne();
        for (int window = 0; window < WINDOWS; window++) {
            assertThat(considering.next(seller(1))).contains(window);
        }
        for (int worker = 0; worker < Considering.OF_SELLER_MAX; worker++) {
            assertThat(considering.next(seller(1))).isEmpty();
        }
        assertThat(started(seller(1), WINDOWS)).isEqualTo(Considering.OF_SELLER_MAX);
    }

    @Test
    void aBoundedNumberWaitsAndNoneTwice() {
        var _ = started(seller(1), 3 * Considering.WAITING_MAX);
        assertThat(started(seller(1), 3 * Considering.WAITING_MAX)).isZero();
        int seen = 0;
        while (considering.next(seller(1)).isPresent()) {
            seen++;
        }
        assertThat(seen).isEqualTo(Considering.WAITING_MAX);
    }

    @Test
    void allSellersTogetherTakeABoundedNumber() {
        for (int number = 0; number < Considering.ALL_MAX; number++) {
            assertThat(started(seller(number), 1)).isOne();
        }
        assertThat(started(seller(Considering.ALL_MAX), 1)).isZero();
        considering.end(seller(0));
        assertThat(started(seller(Considering.ALL_MAX), 1)).isOne();
    }

    @Test
    void whatWaitsWithoutAWorkerIsForgotten() {
        assertThat(started(seller(1), WINDOWS)).isEqualTo(Considering.OF_SELLER_MAX);
        for (int worker = 0; worker < Considering.OF_SELLER_MAX; worker++) {
            considering.end(seller(1));
        }
        assertThat(started(seller(1), 1)).isOne();
        assertThat(considering.next(seller(1))).contains(0);
        assertThat(considering.next(seller(1))).isEmpty();
    }
}
