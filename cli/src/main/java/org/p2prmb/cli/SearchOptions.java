package org.p2prmb.cli;

import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.search.Policy;
import org.p2prmb.simulation.search.SearchSettings;

import picocli.CommandLine.Option;

/// What is searched for in `rmb simulate search`, and who is against it.
final class SearchOptions {
    private static final double PERCENT = 100;

    /// As many searches for each agent as 100,000 are for 10,000.
    private static final int QUERIES_PER_AGENT = 10;

    /// As many agents for each tag as 10,000 are for 2,000.
    private static final int AGENTS_PER_TAG = 5;

    @Option(
            names = "--queries",
            paramLabel = "N",
            description = "search: searches, of which the second half is measured (10 an agent).")
    private int queries;

    @Option(
            names = "--tags",
            paramLabel = "N",
            description = "search: tags that are offered and sought (one for each 5 agents).")
    private int tags;

    @Option(
            names = "--churn",
            paramLabel = "PERCENT",
            description = {
                "search: agents that are replaced while a tenth as many searches are made as",
                "there are agents: of 10,000, with each 1,000 searches (2)."
            })
    private double churn = 2;

    @Option(
            names = "--malicious",
            paramLabel = "PERCENT",
            description = "search: agents of which half keep silent and half lie (0).")
    private double malicious;

    @Option(
            names = "--eclipse",
            description = {
                "search: the 45 agents that are nearest to a tag's key deny its providers;",
                "every fourth search is for that tag."
            })
    private boolean eclipse;

    /// Throws `IllegalArgumentException` when they do not fit.
    SearchSettings settings(RunSettings run, SharedOptions shared) {
        return new SearchSettings(
                run,
                queries == 0 ? run.agents() * QUERIES_PER_AGENT : queries,
                tags == 0 ? Math.max(1, run.agents() / AGENTS_PER_TAG) : tags,
                churn / PERCENT,
                policy(shared.policy("staged")),
                malicious / PERCENT,
                eclipse);
    }

    private static Policy policy(String policy) {
        return switch (policy) {
            case "staged" -> Policy.STAGED;
            case "flood" -> Policy.FLOOD;
            default ->
                    throw new UserException(
                            "--policy '%s' is neither staged nor flood"
                                    .formatted(Printed.brief(policy)));
        };
    }
}
