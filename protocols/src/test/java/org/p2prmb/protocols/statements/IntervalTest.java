package org.p2prmb.protocols.statements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;

import java.util.Map;

final class IntervalTest {
    @ParameterizedTest
    @CsvSource({
        // offered, wanted, whether it fits
        "Ghent, Ghent, true",
        "Ghent, ghent, false",
        "20, 20, true",
        "20, 20.0, true",
        "20, 21, false",
        "020, 20, true",
        "25..40, 30, true",
        "25..40, 25, true",
        "25..40, 40.000001, false",
        "25..40, ..30, true",
        "25..40, 40.., true",
        "25..40, 41.., false",
        "25..40, ..24.999999, false",
        "30, 25..40, true",
        "25..40, 25..40, true",
        "-5, -10..0, true",
        "-5, 0.., false",
        "25.., ..25, true",
        "cheap, ..40, false",
        "20, cheap, false",
        "1..2..3, 1..2..3, true",
        "1..2..3, 1..3, false",
        ".., .., true",
        "1e3, 1000, false",
    })
    void aValueFitsWhenTextsAreEqualOrNumbersMeet(String offered, String wanted, boolean fits) {
        var offering = Offering.of("barber", Map.of("price", offered));
        assertThat(SearchCondition.of("barber", Map.of("price", wanted)).matches(offering))
                .isEqualTo(fits);
    }

    @Test
    void aRangeThatBeginsAboveItsEndIsRefused() {
        assertThatThrownBy(() -> Offering.of("barber", Map.of("price", "40..25")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("begins above its end");
    }

    @ParameterizedTest
    @CsvSource({
        "20, 16..32",
        "16, 16..16",
        "25..40, 16..64",
        "..40, ..64",
        "0.5, 0..1",
        "0, 0..0",
        "-3, -4..-2",
        "999999999999, 549755813888..1099511627776",
    })
    void similarNumbersHaveOneBucket(String value, String bucket) {
        var bounds = bucket.equals("..64") ? null : bucket.split("\\.\\.");
        var low = bounds == null ? Interval.UNBOUNDED_LOW : Long.parseLong(bounds[0]) * 1_000_000;
        var high = (bounds == null ? 64 : Long.parseLong(bounds[1])) * 1_000_000;
        assertThat(Interval.parse(value).orElseThrow().bucket()).isEqualTo(new Interval(low, high));
    }

    @Test
    void aBucketContainsItsNumbersAndIsItsOwnBucket() {
        Seeds.forEach(
                2_000,
                random -> {
                    long one = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
                    long other = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
                    var numbers = new Interval(Math.min(one, other), Math.max(one, other));
                    var bucket = numbers.bucket();
                    assertThat(bucket.low()).isLessThanOrEqualTo(numbers.low());
                    assertThat(bucket.high()).isGreaterThanOrEqualTo(numbers.high());
                    assertThat(bucket.bucket()).isEqualTo(bucket);
                });
    }

    @Test
    void similarConditionsHaveOneKeyAndOthersHaveNot() {
        var key = key("price", "20");
        assertThat(key("price", "31.5")).isEqualTo(key);
        assertThat(key("price", "17..30")).isEqualTo(key);
        assertThat(key("price", "33")).isNotEqualTo(key);
        assertThat(key("price", "twenty")).isNotEqualTo(key);
        assertThat(key("cost", "20")).isNotEqualTo(key);
    }

    private static Bytes key(String name, String value) {
        return SearchCondition.of("barber", Map.of(name, value)).conditionKey();
    }
}
