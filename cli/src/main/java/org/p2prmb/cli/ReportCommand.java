package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.protocols.reputation.Equivocation;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/// `rmb report`: the owner tells of another agent's conduct.
@Command(
        name = "report",
        description = {
            "Report how another agent behaved. Your agent signs it and tells others.",
            "Example: rmb report alice --kind soft --amount 250"
        })
final class ReportCommand implements Callable<Integer> {
    private static final String SOFT = "soft";
    private static final String EQUIVOCATION = "equivocation";
    private static final String FALSE_REPORT = "false-report";
    private static final int DOLLARS_MAX = 10_000_000;
    private static final Pattern HEX = Pattern.compile("(?:[0-9a-fA-F]{2})+");

    private final RootCommand root;

    @Parameters(paramLabel = "PEER", description = "Peer id, or a contact's name.")
    private String peer = "";

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            required = true,
            description = {
                "soft: no answer, slow, broke a promise; your opinion.",
                "equivocation: signed two statements of one number.",
                "false-report: signed a report with wrong evidence."
            })
    private String kind = "";

    @Option(
            names = "--evidence",
            paramLabel = "FILE",
            description = {
                "Signed envelopes in hexadecimal or base64, one on a line: two for",
                "equivocation, one for false-report."
            })
    private @Nullable Path evidence;

    @Option(
            names = "--amount",
            paramLabel = "USD",
            description = "What the deal was about, in whole dollars (0).")
    private int amount;

    ReportCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        var arguments = Json.object();
        arguments.put("peer", PeerText.checked(peer));
        arguments.put("kind", kind);
        if (amount < 0 || amount > DOLLARS_MAX) {
            throw new UserException(
                    "--amount %d is outside 0 to %d".formatted(amount, DOLLARS_MAX));
        }
        arguments.put("amountUsd", amount);
        arguments.put("evidence", Base64.getEncoder().encodeToString(proof().unsafeArray()));
        try (var client = OwnerClient.open(root)) {
            var answer = client.ask("reputation.report", arguments);
            root.output().object(answer);
            root.output()
                    .line(
                            "reported (%s); its score is %s now"
                                    .formatted(
                                            answer.path("verified").asBoolean()
                                                    ? "verified, so everybody is told"
                                                    : "an opinion",
                                            String.format(
                                                    Locale.ROOT,
                                                    "%.2f",
                                                    answer.path("score").asDouble())));
        }
        return Rmb.DONE;
    }

    private Bytes proof() {
        return switch (kind) {
            case SOFT -> {
                if (evidence != null) {
                    throw new UserException("an opinion has no evidence: leave out --evidence");
                }
                yield Bytes.EMPTY;
            }
            case EQUIVOCATION -> {
                var envelopes = envelopes(2);
                try {
                    yield Equivocation.of(envelopes.getFirst(), envelopes.getLast()).encoded();
                } catch (ProtocolException e) {
                    throw new UserException("the evidence is wrong: " + e.getMessage(), e);
                }
            }
            case FALSE_REPORT -> envelopes(1).getFirst();
            default ->
                    throw new UserException(
                            "--kind '%s' is none of soft, equivocation and false-report"
                                    .formatted(Printed.brief(kind)));
        };
    }

    private List<Bytes> envelopes(int wanted) {
        var file = evidence;
        if (file == null) {
            throw new UserException("%s needs --evidence FILE".formatted(kind));
        }
        var lines = Payload.ofFile(file).toUtf8().lines().filter(line -> !line.isBlank()).toList();
        if (lines.size() != wanted) {
            throw new UserException(
                    "%s must have %d lines, each with one envelope".formatted(file, wanted));
        }
        return lines.stream().map(line -> decoded(line.strip(), file)).toList();
    }

    private static Bytes decoded(String line, Path file) {
        try {
            return Bytes.wrap(
                    HEX.matcher(line).matches()
                            ? HexFormat.of().parseHex(line)
                            : Base64.getDecoder().decode(line));
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    "a line of %s is neither hexadecimal nor base64".formatted(file), e);
        }
    }
}
