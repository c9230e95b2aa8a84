package org.p2prmb.node.config;

/// After how many blocks a lock counts as there: more of them, the more it is worth (R16).
///
/// @param chain the CAIP-2 name of a chain, or the part of it before the colon, or `*`
/// @param least blocks for up to one lot, 1 to 1000
/// @param most blocks for ten lots or more; in between it grows evenly
public record DepthRule(String chain, int least, int most) {
    /// 1000 USD.
    public static final long LOT_CENTS = 100_000;

    private static final int DEPTH_MAX = 1_000;
    private static final int LOTS_MOST = 10;
    private static final int PARTS = 3;

    public DepthRule {
        if (!chain.matches("\\*|[-a-z0-9]{1,32}(:[-_a-zA-Z0-9]{1,32})?")) {
            throw new UserException(
                    "'%s' is no chain, such as bip122, eip155:1 or *"
                            .formatted(Printed.brief(chain)));
        }
        Bounds.count("depth on " + chain, least, 1, DEPTH_MAX);
        Bounds.count("greatest depth on " + chain, most, least, DEPTH_MAX);
    }

    /// Reads what [#toString] writes: chain, least, most.
    static DepthRule parse(String text) {
        var parts = text.strip().split("\\s+", -1);
        if (parts.length != PARTS) {
            throw wrong(text);
        }
        try {
            return new DepthRule(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
        } catch (NumberFormatException _) {
            throw wrong(text);
        }
    }

    private static UserException wrong(String text) {
        return new UserException(
                "'%s' is no depth: write a chain and two numbers of blocks, such as eip155 12 64"
                        .formatted(Printed.brief(text)));
    }

    /// How well it fits the chain: the name itself best, `*` least; 0 when it does not.
    int fit(String caip2) {
        if (chain.equals(caip2)) {
            return 3;
        }
        if (caip2.startsWith(chain + ":")) {
            return 2;
        }
        return chain.equals("*") ? 1 : 0;
    }

    int depth(long usdCents) {
        long above = Math.clamp(usdCents - LOT_CENTS, 0, (LOTS_MOST - 1) * LOT_CENTS);
        long more = Math.ceilDiv((most - least) * above, (LOTS_MOST - 1) * LOT_CENTS);
        return least + Math.toIntExact(more);
    }

    @Override
    public String toString() {
        return "%s %d %d".formatted(chain, least, most);
    }
}
