package org.p2prmb.cli;

import picocli.CommandLine.Option;

/// The option of commands that ask before they act.
final class YesOption {
    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    boolean yes() {
        return yes;
    }
}
