package org.p2prmb.libp2p.yamux;

/// Memory that the receive windows of a connection may take, beyond the 256 KiB that every stream
/// is granted by the protocol.
public interface WindowBudget {
    /// Takes `bytes` if they are left; false leaves the budget as it is.
    boolean reserve(long bytes);

    /// Gives back what was taken.
    void release(long bytes);
}
