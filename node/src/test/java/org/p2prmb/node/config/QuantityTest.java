package org.p2prmb.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

final class QuantityTest {
    @ParameterizedTest
    @CsvSource({"500ms,500,500 ms", "1500 ms,1500,1500 ms", "30 s,30000,30 s", "90 s,90000,90 s"})
    @CsvSource({"120 s,120000,2 min", "1 h,3600000,1 h", "0 s,0,0 s"})
    void durationsReadAndShow(String text, long millis, String shown) {
        assertThat(Quantity.duration(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(Quantity.text(Duration.ofMillis(millis))).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"1 MiB,1048576,1 MiB", "64KiB,65536,64 KiB", "1000,1000,1000 B"})
    void sizesReadAndShow(String text, int bytes, String shown) {
        assertThat(Quantity.bytes(text)).isEqualTo(bytes);
        assertThat(Quantity.text(bytes)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "s", "-1 s", "1.5 s", "1 day", "1 MiB", "9999999999999 s"})
    void whatIsNoDurationIsRefused(String text) {
        assertThatThrownBy(() -> Quantity.duration(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "B", "1 MB", "-1 B", "4096 MiB", "999999999999 MiB"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> Quantity.bytes(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
