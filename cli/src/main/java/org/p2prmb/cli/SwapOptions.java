package org.p2prmb.cli;

import org.p2prmb.simulation.swap.MatrixScenario;

import picocli.CommandLine.Option;

/// What happens to the two parties of `rmb simulate swap`.
final class SwapOptions {
    @Option(
            names = "--matrix",
            description = {
                "swap: kill each party before and after each thing that it does, with each",
                "fault beside it; without, each fault comes alone."
            })
    private boolean matrix;

    MatrixScenario scenario(long seed) {
        return new MatrixScenario(seed, matrix);
    }
}
