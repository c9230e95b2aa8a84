package org.p2prmb.node.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.ledgers.seed.SeedPhrase;
import org.p2prmb.ledgers.utxo.UtxoChain;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.Passphrase;
import org.p2prmb.node.config.PassphraseSource;
import org.p2prmb.node.config.UserException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;

final class WalletFilesTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final SeedPhrase PHRASE = new SeedPhrase(Bytes.wrap(new byte[16]));
    private static final PassphraseSource RIGHT = () -> Optional.of(Passphrase.of("horse"));
    private static final PassphraseSource WRONG = () -> Optional.of(Passphrase.of("hors"));

    @TempDir Path folder;
    private Home home;
    private WalletFiles files;

    @BeforeEach
    void makeHome() {
        home = Home.of(folder.resolve("home"));
        home.create();
        files = new WalletFiles(home);
    }

    private void plain() {
        files.create(PHRASE, Optional.empty(), RANDOM);
    }

    private void sealed() {
        files.create(PHRASE, RIGHT.passphrase(), RANDOM);
    }

    private WalletKeys open(PassphraseSource passphrases) {
        return files.open(passphrases).orElseThrow();
    }

    @Test
    void keysAreThoseThatOtherWalletsMakeOfThePhrase() {
        plain();
        var keys = open(PassphraseSource.none());
        // m/44'/60'/0'/0/0 and m/84'/0'/0'/0/0 of BIP 39's first example (BIP 84 has the latter).
        assertThat(keys.address()).isEqualTo("0x9858EfFD232B4033E47d90003D41EC34EcaEda94");
        assertThat(keys.utxo(UtxoChain.BITCOIN).address(UtxoChain.BITCOIN))
                .isEqualTo("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
        assertThat(keys.secret(1)).isEqualTo(open(PassphraseSource.none()).secret(1));
        assertThat(keys.secret(1)).isNotEqualTo(keys.secret(2));
        assertThat(keys).hasToString("WalletKeys of 0x9858EfFD232B4033E47d90003D41EC34EcaEda94");
    }

    @Test
    void aSealedWalletIsLockedWithoutItsPassphraseButKnowsItsAddresses() {
        sealed();
        var open = open(RIGHT);
        assertThat(open.isLocked()).isFalse();
        assertThat(files.phrase(RIGHT)).isEqualTo(PHRASE);
        for (var without : new PassphraseSource[] {PassphraseSource.none(), WRONG}) {
            var locked = open(without);
            assertThat(locked.isLocked()).isTrue();
            assertThat(locked.why())
                    .contains(without == WRONG ? "wrong passphrase" : "RMB_WALLET_PASSPHRASE");
            assertThat(locked.secret(1)).isEmpty();
            assertThat(locked.address()).isEqualTo(open.address());
            assertThat(locked.evm().refunderAddress(3)).isEqualTo(open.evm().refunderAddress(3));
            for (var chain : WalletKeys.UTXO_CHAINS) {
                assertThat(locked.utxo(chain).publicHalves())
                        .isEqualTo(open.utxo(chain).publicHalves());
            }
            assertThatExceptionOfType(UserException.class).isThrownBy(() -> files.phrase(without));
        }
    }

    @Test
    void aWalletWhoseSeedIsElsewhereIsLocked() throws IOException {
        sealed();
        Files.delete(home.walletKey());
        assertThat(open(RIGHT).why()).contains("not in its place");
    }

    @Test
    void theOpenHalfComesBackWithTheSeed() throws IOException {
        sealed();
        var before = Files.readString(home.walletOpen());
        Files.delete(home.walletOpen());
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> open(WRONG));
        assertThat(open(RIGHT).isLocked()).isFalse();
        assertThat(Files.readString(home.walletOpen())).isEqualTo(before);
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        plain();
        var before = Files.readString(home.walletKey());
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> files.create(SeedPhrase.fresh(RANDOM), Optional.empty(), RANDOM))
                .withMessageContaining("already");
        assertThat(Files.readString(home.walletKey())).isEqualTo(before);
    }

    @Test
    void filesAreForTheirOwnerAlone() throws IOException {
        plain();
        for (var file : new Path[] {home.walletKey(), home.walletOpen()}) {
            var modes = Files.getPosixFilePermissions(file);
            assertThat(PosixFilePermissions.toString(modes)).isEqualTo("rw-------");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> open(PassphraseSource.none()))
                    .withMessageContaining("chmod 600");
            Files.setPosixFilePermissions(file, modes);
        }
    }

    @Test
    void noCharacterOfAFileChangesUnnoticed() throws IOException {
        plain();
        for (var file : new Path[] {home.walletKey(), home.walletOpen()}) {
            var text = Files.readString(file);
            for (int at = 0; at < text.length(); at++) {
                var other = text.charAt(at) == 'a' ? 'b' : 'a';
                Files.writeString(file, text.substring(0, at) + other + text.substring(at + 1));
                assertThatExceptionOfType(UserException.class)
                        .as("%s at %d", file.getFileName(), at)
                        .isThrownBy(() -> open(PassphraseSource.none()));
            }
            Files.writeString(file, text.substring(0, text.length() / 2));
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> open(PassphraseSource.none()));
            Files.writeString(file, text);
        }
    }

    @Test
    void halvesOfTwoWalletsAreRefused() throws IOException {
        plain();
        var first = Files.readString(home.walletOpen());
        Files.delete(home.walletKey());
        Files.delete(home.walletOpen());
        files.create(SeedPhrase.fresh(RANDOM), Optional.empty(), RANDOM);
        Files.writeString(home.walletOpen(), first);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> open(PassphraseSource.none()))
                .withMessageContaining("of another wallet");
    }

    @Test
    void withoutFilesThereIsNoWallet() {
        assertThat(files.exist()).isFalse();
        assertThat(files.open(WRONG)).isEmpty();
    }
}
