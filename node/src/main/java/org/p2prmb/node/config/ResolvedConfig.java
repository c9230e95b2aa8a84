package org.p2prmb.node.config;

import java.util.List;

/// A configuration, and where each of its values came from.
public record ResolvedConfig(AgentConfig config, List<Line> lines) {
    public ResolvedConfig {
        lines = List.copyOf(lines);
    }

    /// One setting as `rmb config show` prints it.
    ///
    /// @param origin `default`, a flag, an environment variable, or a file
    public record Line(String key, String value, String origin) {}
}
