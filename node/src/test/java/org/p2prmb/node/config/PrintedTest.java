package org.p2prmb.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PrintedTest {
    @Test
    void lettersOfEveryScriptStay() {
        assertThat(Printed.line("Gänse, 髪, שיער, 😀")).isEqualTo("Gänse, 髪, שיער, 😀");
    }

    @Test
    void whatCommandsATerminalIsShownInstead() {
        assertThat(Printed.line("\u001b[2J\u009b1m\u0007")).isEqualTo("\\u001b[2J\\u009b1m\\u0007");
        assertThat(Printed.line("a\r\nb\tc\u0000")).isEqualTo("a\\r\\nb\\tc\\u0000");
    }

    @Test
    void whatTurnsTextAroundOrHidesItIsShownInstead() {
        assertThat(Printed.line("\u202eexe.txt\u2066\u200b\u2028\ufeff"))
                .isEqualTo("\\u202eexe.txt\\u2066\\u200b\\u2028\\ufeff");
        assertThat(Printed.line(new String(Character.toChars(0xe0041)))).isEqualTo("\\u{e0041}");
        assertThat(Printed.line("\ud800")).isEqualTo("\\ud800");
    }

    @Test
    void aBlockKeepsItsLines() {
        assertThat(Printed.block("a\n\tb\r\u001b")).isEqualTo("a\n\tb\\r\\u001b");
    }

    @Test
    void briefTextEndsAtEightyCharacters() {
        assertThat(Printed.brief("x".repeat(80))).hasSize(80).doesNotContain("…");
        assertThat(Printed.brief("x".repeat(81))).hasSize(80).endsWith("…");
    }
}
