package org.p2prmb.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;

final class KeyFileTest {
    private static final PassphraseSource NEVER_ASKED =
            () -> {
                throw new AssertionError("nothing here is sealed");
            };

    private final KeyPair keys =
            KeyPair.ed25519(
                    Bytes.hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
    private final SecureRandom random = new SecureRandom();

    @TempDir Path folder;

    @Test
    void aPlainKeyComesBack() {
        var file = folder.resolve("agent.key");
        KeyFile.create(file, keys);
        assertThat(KeyFile.read(file, NEVER_ASKED).encoded()).isEqualTo(keys.encoded());
        assertThat(KeyFile.peer(file)).isEqualTo(keys.peerId());
    }

    @Test
    void aSealedKeyComesBackWithItsPassphraseOnly() throws IOException {
        var file = folder.resolve("agent.key");
        KeyFile.create(file, keys, Passphrase.of("correct horse"), random);
        var before = Files.readString(file);
        assertThat(before).contains("argon2id: memory=65536 passes=3 lanes=1\n");
        assertThat(KeyFile.read(file, answering("correct horse")).encoded())
                .isEqualTo(keys.encoded());
        assertThat(KeyFile.peer(file)).isEqualTo(keys.peerId());
        assertThatThrownBy(() -> KeyFile.read(file, answering("battery staple")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("wrong passphrase");
        assertThatThrownBy(() -> KeyFile.read(file, PassphraseSource.none()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("RMB_PASSPHRASE");
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void noBitOfAPlainKeyFileChangesUnnoticed() throws IOException {
        var file = folder.resolve("agent.key");
        KeyFile.create(file, keys);
        var bytes = Files.readAllBytes(file);
        for (var bit = 0; bit < bytes.length * 8; bit++) {
            var flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(file, flipped);
            assertThatExceptionOfType(UserException.class)
                    .as("bit %d", bit)
                    .isThrownBy(() -> KeyFile.read(file, PassphraseSource.none()))
                    .withMessageContaining("damaged");
        }
    }

    @Test
    void aChangedByteInAnyLineOfASealedKeyFileIsNoticed() throws IOException {
        var file = folder.resolve("agent.key");
        KeyFile.create(file, keys, Passphrase.of("correct horse"), random);
        var text = Files.readString(file);
        for (var line : text.lines().toList()) {
            var last = line.charAt(line.length() - 1);
            var other = line.replaceFirst(".$", last == 'x' ? "y" : "x");
            Files.writeString(file, text.replace(line, other));
            assertThatThrownBy(() -> KeyFile.read(file, answering("correct horse")))
                    .as(line)
                    .isInstanceOf(UserException.class);
        }
        // A smaller memory would be a weaker seal: it is authenticated, too.
        Files.writeString(file, text.replace("memory=65536", "memory=8192"));
        assertThatThrownBy(() -> KeyFile.read(file, answering("correct horse")))
                .isInstanceOf(UserException.class);
    }

    @Test
    void aTruncatedKeyFileIsDamagedAtEveryLength() throws IOException {
        var file = folder.resolve("agent.key");
        KeyFile.create(file, keys);
        var bytes = Files.readAllBytes(file);
        for (var length = 0; length < bytes.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> KeyFile.read(file, PassphraseSource.none()))
                    .as("%d bytes", length)
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("damaged");
        }
    }

    @Test
    void hugeSealParametersAreRefusedWithoutTryingThem() throws IOException {
        var file = folder.resolve("agent.key");
        KeyFile.create(file, keys, Passphrase.of("correct horse"), random);
        var text = Files.readString(file);
        Files.writeString(file, text.replace("memory=65536", "memory=9999999"));
        assertThatThrownBy(() -> KeyFile.read(file, answering("correct horse")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void anExistingFileIsNeverOverwritten() throws IOException {
        var file = folder.resolve("agent.key");
        KeyFile.create(file, keys);
        var before = Files.readString(file);
        assertThatThrownBy(() -> KeyFile.create(file, KeyPair.generate(random)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("never overwritten");
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void onlyTheOwnerMayReadAKeyFile() throws IOException {
        var file = folder.resolve("agent.key");
        KeyFile.create(file, keys);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        for (var mode : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertThatThrownBy(() -> KeyFile.read(file, PassphraseSource.none()))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("chmod 600");
        }
    }

    @Test
    void aLinkToAKeyFileIsRefused() throws IOException {
        var file = folder.resolve("real.key");
        KeyFile.create(file, keys);
        var link = Files.createSymbolicLink(folder.resolve("agent.key"), file);
        assertThatThrownBy(() -> KeyFile.read(link, PassphraseSource.none()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("symbolic link");
    }

    @Test
    void aPassphraseIsTheFirstLineOfItsFile() throws IOException {
        var file = folder.resolve("passphrase");
        Files.writeString(file, "correct horse\nignored\n");
        assertThat(PassphraseSource.file(file).passphrase().orElseThrow().utf8())
                .isEqualTo(Bytes.utf8("correct horse"));
        Files.writeString(file, "");
        assertThatThrownBy(() -> PassphraseSource.file(file).passphrase())
                .isInstanceOf(UserException.class);
        assertThatThrownBy(() -> PassphraseSource.file(folder.resolve("none")).passphrase())
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void whatIsTypedTwiceMustBeTheSame() {
        var horse = answering("correct horse");
        assertThat(horse.repeated(horse).passphrase().orElseThrow().utf8())
                .isEqualTo(Bytes.utf8("correct horse"));
        assertThatThrownBy(() -> horse.repeated(answering("correct hors")).passphrase())
                .isInstanceOf(UserException.class)
                .hasMessageContaining("differ");
        assertThatThrownBy(() -> horse.repeated(PassphraseSource.none()).passphrase())
                .isInstanceOf(UserException.class);
        assertThat(PassphraseSource.none().repeated(NEVER_ASKED).passphrase()).isEmpty();
    }

    private static PassphraseSource answering(String passphrase) {
        return () -> Optional.of(Passphrase.of(passphrase));
    }
}
