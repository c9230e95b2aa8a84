package org.p2prmb.ledgers.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;

import java.security.SecureRandom;
import java.util.Collections;

class SeedPhraseTest {
    private static final String ZEROS =
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon"
                    + " abandon about";

    @Test
    void wordsAndSeedAreThoseOfBip39() {
        var phrase = new SeedPhrase(Bytes.wrap(new byte[16]));
        assertThat(String.join(" ", phrase.words())).isEqualTo(ZEROS);
        assertThat(phrase.seed().toHex())
                .isEqualTo(
                        "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1"
                            + "9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4");
    }

    @Test
    void whatIsWrittenDownComesBack() {
        var random = new SecureRandom();
        for (int round = 0; round < 20; round++) {
            var phrase = SeedPhrase.fresh(random);
            assertThat(phrase.words()).hasSize(24);
            var typed = "  " + String.join("\n ", phrase.words()).toUpperCase() + "\n";
            assertThat(SeedPhrase.parse(typed)).isEqualTo(phrase);
            assertThat(phrase).hasToString("SeedPhrase[hidden]");
        }
    }

    @Test
    void whatIsWrongIsSaid() {
        wrong("", "12 or 24 words, not 0");
        wrong("abandon about", "12 or 24 words, not 2");
        wrong(ZEROS.replace(" about", ""), "not 11");
        wrong(ZEROS.replace("about", "abuot"), "number 12");
        wrong(ZEROS.replace("about", "aboux"), "number 12 (did you mean about?)");
        wrong(ZEROS.replace("about", "able"), "do not belong together");
        wrong("x ".repeat(1_000), "12 or 24 words");
        // As many as BIP 39 allows too, but not we.
        wrong(String.join(" ", Collections.nCopies(15, "abandon")), "not 15");
    }

    private static void wrong(String text, String complaint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SeedPhrase.parse(text))
                .withMessageContaining(complaint);
    }
}
