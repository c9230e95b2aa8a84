package org.p2prmb.ledgers.evm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;

/// What is committed as compiled is what the sources say.
final class HtlcResourceTest {
    private static final Path SOURCE = Path.of("src/main/solidity/Htlc.sol");
    private static final Path COMPILED =
            Path.of("src/main/resources/org/p2prmb/ledgers/evm/Htlc.json");
    private static final Path TOKEN_SOURCE = Path.of("src/test/solidity/TestToken.sol");
    private static final Path TOKEN_COMPILED =
            Path.of("src/test/resources/org/p2prmb/ledgers/testing/TestToken.json");
    private static final long COMPILER_SECONDS_MAX = 60;

    @Test
    void theContractIsThatOfTheSource() throws IOException, NoSuchAlgorithmException {
        check(SOURCE, COMPILED);
        check(TOKEN_SOURCE, TOKEN_COMPILED);
    }

    private static void check(Path source, Path compiled)
            throws IOException, NoSuchAlgorithmException {
        var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(source));
        assertThat(Files.readString(compiled))
                .as("compile it anew: node src/test/chains/compile.js %s > %s", source, compiled)
                .contains("\"sourceSha256\": \"%s\"".formatted(Bytes.wrap(digest).toHex()));
    }

    @Test
    @Program.Needed(Program.NODE)
    void compilingAgainGivesTheSameBytes() throws IOException, InterruptedException {
        assertThat(compile(SOURCE)).isEqualTo(Files.readString(COMPILED));
        assertThat(compile(TOKEN_SOURCE)).isEqualTo(Files.readString(TOKEN_COMPILED));
    }

    private static String compile(Path source) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(
                                Program.NODE.found().getFirst(),
                                "src/test/chains/compile.js",
                                source.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            var output = process.getInputStream().readAllBytes();
            assertThat(process.waitFor(COMPILER_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            return new String(output, StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void theContractHasTheFunctionsThatAreCalled() throws IOException {
        var compiled = Files.readString(COMPILED);
        for (var selector :
                new String[] {
                    "lock(address,address,uint256,bytes32,uint64)",
                    "redeem(bytes32,bytes32)",
                    "refund(bytes32)",
                    "locks(bytes32)"
                }) {
            assertThat(compiled).contains("\"" + selector + "\": \"" + Words.call(selector));
        }
    }
}
