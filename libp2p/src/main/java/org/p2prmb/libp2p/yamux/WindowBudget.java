package org.p2prmb.libp2p.yamux;

/// Memory that a connection, or one stream of it, may take for what it receives.
public interface WindowBudget {
    /// Has no limit.
    WindowBudget UNLIMITED =
            new WindowBudget() {
                @Override
                public boolean reserve(long bytes) {
                    return true;
                }

                @Override
                public boolean hold(long bytes) {
                    return true;
                }

                @Override
                public void release(long bytes) {
                    // Nothing was counted.
                }
            };

    /// Takes `bytes` for a receive window that grows beyond the 256 KiB that the protocol grants
    /// every stream. False when so much should stay free for what is more important.
    boolean reserve(long bytes);

    /// Takes `bytes` for data that has come within those 256 KiB. False when there is none left.
    boolean hold(long bytes);

    /// Gives back what was taken.
    void release(long bytes);
}
