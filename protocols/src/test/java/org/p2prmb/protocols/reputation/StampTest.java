package org.p2prmb.protocols.reputation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.p2prmb.protocols.reputation.Reports.peer;

import org.junit.jupiter.api.Test;

import java.util.HashSet;

final class StampTest {
    /// As on a network, with little memory.
    private static final Stamp EASY = new Stamp(16, 64);

    @Test
    void aStampThatWasFoundFitsItsPeerAndFewOthers() throws InterruptedException {
        long stamp = EASY.find(peer(1), 1);

        assertThat(EASY.fits(peer(1), stamp)).isTrue();
        int others = 0;
        for (int other = 2; other < 66; other++) {
            others += EASY.fits(peer(other), stamp) ? 1 : 0;
        }
        assertThat(others).isLessThan(20); // 4 on average.
    }

    @Test
    void findingTakesAsManyTriesAsTheDifficultySays() throws InterruptedException {
        long tries = 0;
        for (int number = 0; number < 40; number++) {
            tries += EASY.find(peer(number), 1);
        }
        assertThat(tries / 40.0).isBetween(8.0, 32.0);
    }

    @Test
    void withoutDifficultyEverybodyHasAStamp() throws InterruptedException {
        var none = Stamp.of(0);
        assertThat(none.needed()).isFalse();
        assertThat(none.fits(peer(1), 0)).isTrue();
        assertThat(none.find(peer(1), 5)).isEqualTo(5);
    }

    @Test
    void zeroIsNoStamp() {
        var numbers = new HashSet<Boolean>();
        for (int number = 0; number < 40; number++) {
            numbers.add(EASY.fits(peer(number), 0));
        }
        assertThat(numbers).containsExactly(false);
    }

    @Test
    void aTryTakes64MebibytesOnANetwork() {
        assertThat(Stamp.of(900).memoryKib()).isEqualTo(64 * 1024);
        // A difficulty of 2 is passed by half of all numbers, so some of ten fit and some do not.
        var real = Stamp.of(2);
        int fitting = 0;
        for (int number = 1; number <= 10; number++) {
            fitting += real.fits(peer(1), number) ? 1 : 0;
        }
        assertThat(fitting).isBetween(1, 9);
    }

    @Test
    void anInterruptEndsTheSearch() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> EASY.find(peer(1), 1));
    }

    @Test
    void absurdCostsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Stamp.of(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Stamp(1, 1 << 20));
    }
}
