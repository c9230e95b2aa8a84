package org.p2prmb.node.exchange;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.p2prmb.node.config.UserException;
import org.p2prmb.node.config.WholeFile;
import org.p2prmb.protocols.exchange.WindowResult;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;

/// How many of the lots that our windows sold we kept: a seller is known for it, so it is in its
/// profile. The results themselves are signed, and anybody may count them. Safe for many threads.
final class DenialTally {
    private static final String NAME = "denials.json";
    private static final int BYTES_MAX = 1_024;
    private static final long PERCENT = 100;
    private static final ObjectMapper json = new ObjectMapper();

    private final Path file;
    private long won;
    private long denied;

    /// Throws [UserException] when the file is damaged.
    DenialTally(Path directory) {
        file = directory.resolve(NAME);
        try {
            if (Files.exists(file)) {
                var kept = json.readTree(WholeFile.read(file, "the tally", BYTES_MAX));
                won = kept.path("won").asLong();
                denied = kept.path("denied").asLong();
            }
        } catch (IOException e) {
            throw new UserException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /// Counts a result of ours: lots that bidders would have got, and those that we kept.
    synchronized void count(WindowResult result) {
        var winners =
                result.ranking().stream()
                        .filter(rank -> rank.lots() > 0)
                        .collect(Collectors.toMap(rank -> rank.bidder(), rank -> rank.lots()));
        if (winners.isEmpty()) {
            return;
        }
        won += winners.values().stream().mapToLong(Integer::longValue).sum();
        denied +=
                result.denials().stream()
                        .filter(denial -> winners.containsKey(denial.bidder()))
                        .mapToLong(denial -> denial.lots())
                        .sum();
        try {
            WholeFile.keep(file, "{\"won\":%d,\"denied\":%d}".formatted(won, denied));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// Per cent, rounded up, so that none is hidden; nothing before the first lot was won.
    synchronized Optional<Integer> percent() {
        return won == 0 ? Optional.empty() : Optional.of((int) Math.ceilDiv(denied * PERCENT, won));
    }
}
