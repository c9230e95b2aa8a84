package org.p2prmb.ledgers.seed;

import org.bitcoinj.crypto.MnemonicCode;
import org.bitcoinj.crypto.MnemonicException;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// The words from which all keys of a wallet come (BIP 39): 12 or 24 of them, whose last one holds
/// a checksum. Whoever has them has the coins.
///
/// @param entropy what the words stand for: 16 or 32 bytes
public record SeedPhrase(Bytes entropy) {
    private static final int SHORT_BYTES = 16;
    private static final int LONG_BYTES = 32;
    private static final int SHORT_WORDS = 12;
    private static final int LONG_WORDS = 24;

    /// All words of the list differ within so many letters.
    private static final int LETTERS = 4;

    private static final int TEXT_MAX = 1_024;

    public SeedPhrase {
        Limits.require(
                entropy.size() == SHORT_BYTES || entropy.size() == LONG_BYTES,
                "a seed phrase stands for 16 or 32 bytes");
    }

    /// A new one of 24 words.
    ///
    /// @param random a secure one
    public static SeedPhrase fresh(RandomGenerator random) {
        var entropy = new byte[LONG_BYTES];
        random.nextBytes(entropy);
        return new SeedPhrase(Bytes.wrap(entropy));
    }

    /// Reads words with any space between them; throws `IllegalArgumentException` that says which
    /// word is wrong, or that the checksum is.
    public static SeedPhrase parse(String text) {
        Limits.require(text.length() <= TEXT_MAX, "a seed phrase has 12 or 24 words");
        var words = List.of(text.strip().toLowerCase(Locale.ROOT).split("\\s+"));
        Limits.require(
                words.size() == SHORT_WORDS || words.size() == LONG_WORDS,
                "a seed phrase has 12 or 24 words, not " + (text.isBlank() ? 0 : words.size()));
        requireKnown(words);
        try {
            return new SeedPhrase(Bytes.wrap(MnemonicCode.INSTANCE.toEntropy(words)));
        } catch (MnemonicException.MnemonicChecksumException e) {
            throw new IllegalArgumentException(
                    "these words do not belong together: one is another, or their order is", e);
        } catch (MnemonicException e) {
            throw new IllegalStateException("number of words and words were looked at", e);
        }
    }

    private static void requireKnown(List<String> words) {
        var known = MnemonicCode.INSTANCE.getWordList();
        var wrong = new ArrayList<String>();
        for (int place = 0; place < words.size(); place++) {
            if (!known.contains(words.get(place))) {
                wrong.add("%d%s".formatted(place + 1, meant(words.get(place), known)));
            }
        }
        Limits.require(
                wrong.isEmpty(),
                "not in the list of words: number %s".formatted(String.join(", ", wrong)));
    }

    private static String meant(String word, List<String> known) {
        if (word.length() < LETTERS) {
            return "";
        }
        return known.stream()
                .filter(candidate -> candidate.startsWith(word.substring(0, LETTERS)))
                .findFirst()
                .map(" (did you mean %s?)"::formatted)
                .orElse("");
    }

    /// As they are written down.
    public List<String> words() {
        return MnemonicCode.INSTANCE.toMnemonic(entropy.toArray());
    }

    /// 64 bytes, from which keys are derived: BIP 39's, without a further password.
    public Bytes seed() {
        var seed = MnemonicCode.toSeed(words(), "");
        var copy = Bytes.copyOf(seed);
        Arrays.fill(seed, (byte) 0);
        return copy;
    }

    @Override
    public String toString() {
        return "SeedPhrase[hidden]";
    }
}
