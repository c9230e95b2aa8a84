package org.p2prmb.node.config;

/// What an agent does in the DHT.
///
/// @param mode a server answers strangers and keeps up to some 20 MiB for them; a client leaves
///     that to others
/// @param ownerRecord whether the owner's record is published there, so that anyone who knows the
///     owner's key finds this agent and its addresses
public record DhtConfig(DhtMode mode, boolean ownerRecord) {
    public static DhtConfig defaults() {
        return new DhtConfig(DhtMode.SERVER, false);
    }

    public DhtConfig withMode(DhtMode changed) {
        return new DhtConfig(changed, ownerRecord);
    }

    public DhtConfig withOwnerRecord(boolean changed) {
        return new DhtConfig(mode, changed);
    }
}
