package org.p2prmb.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;

/// Wrong input is refused with what would be right, before minutes are spent on it.
final class OptionsTest {
    @Test
    void valuesAreReadAndWhatIsNotGivenIsTheUsual() {
        var options =
                Options.of(
                        "churn",
                        List.of("--peer", "a b", "--json", "--peer", "c", "--minutes", "3"));
        assertThat(options.json()).isTrue();
        assertThat(options.all("--peer")).containsExactly("a b", "c");
        assertThat(options.number("--minutes", 10)).isEqualTo(3);
        assertThat(options.number("--seconds", 7)).isEqualTo(7);
    }

    @Test
    void unknownWordsMissingValuesAndNumbersThatAreNoneAreRefused() {
        assertThatThrownBy(() -> Options.of("chrun", List.of()))
                .isInstanceOf(WrongUse.class)
                .hasMessageContaining("benchmarks/run churn|flood");
        assertThatThrownBy(() -> Options.of("flood", List.of("--minutes", "1")))
                .isInstanceOf(WrongUse.class)
                .hasMessage("flood knows --json and --seconds, not --minutes");
        assertThatThrownBy(() -> Options.of("flood", List.of("--seconds")))
                .isInstanceOf(WrongUse.class)
                .hasMessage("--seconds is followed by a value");
        for (var wrong : List.of("many", "0", "-3")) {
            var options = Options.of("flood", List.of("--seconds", wrong));
            assertThatThrownBy(() -> options.number("--seconds", 1))
                    .isInstanceOf(WrongUse.class)
                    .hasMessage("--seconds is followed by a positive whole number, not " + wrong);
        }
    }
}
