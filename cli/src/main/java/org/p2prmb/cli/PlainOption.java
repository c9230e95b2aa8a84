package org.p2prmb.cli;

import picocli.CommandLine.Option;

/// The option of commands that make a wallet, which is sealed without it.
final class PlainOption {
    @Option(
            names = "--plain",
            description = "Keep the seed in clear: whoever reads its file has the coins.")
    private boolean plain;

    boolean plain() {
        return plain;
    }
}
