package org.p2prmb.libp2p.host;

/// How many connections a host admits. What is above is refused at the door.
///
/// An idle connection costs some 30 KiB and a file descriptor.
///
/// @param totalMax connections of both directions
/// @param inboundMax connections that others dialled; the rest of the total stays for our own
///     dials, so that strangers cannot cut us off
/// @param pendingInboundMax inbound connections that have not proven who they are
/// @param perPeerMax connections with one peer
/// @param perAddressMax inbound connections from one IPv4 address or one IPv6 /56
/// @param exemptLoopback true when `perAddressMax` does not count connections from this machine
/// @param dialsMax addresses that are dialled at the same time, for all peers together
public record ConnectionLimits(
        int totalMax,
        int inboundMax,
        int pendingInboundMax,
        int perPeerMax,
        int perAddressMax,
        boolean exemptLoopback,
        int dialsMax) {
    public ConnectionLimits {
        if (inboundMax < 0 || inboundMax > totalMax) {
            throw new IllegalArgumentException("inboundMax must be 0 to totalMax");
        }
        if (pendingInboundMax < 1 || perPeerMax < 1 || perAddressMax < 1 || dialsMax < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    public static ConnectionLimits defaults() {
        return new ConnectionLimits(1024, 768, 128, 8, 8, true, 100);
    }

    public ConnectionLimits withTotalMax(int total, int inbound) {
        return new ConnectionLimits(
                total,
                inbound,
                pendingInboundMax,
                perPeerMax,
                perAddressMax,
                exemptLoopback,
                dialsMax);
    }

    public ConnectionLimits withPendingInboundMax(int pending) {
        return new ConnectionLimits(
                totalMax, inboundMax, pending, perPeerMax, perAddressMax, exemptLoopback, dialsMax);
    }

    public ConnectionLimits withPerPeerMax(int perPeer) {
        return new ConnectionLimits(
                totalMax,
                inboundMax,
                pendingInboundMax,
                perPeer,
                perAddressMax,
                exemptLoopback,
                dialsMax);
    }

    public ConnectionLimits withPerAddressMax(int perAddress, boolean loopbackExempt) {
        return new ConnectionLimits(
                totalMax,
                inboundMax,
                pendingInboundMax,
                perPeerMax,
                perAddress,
                loopbackExempt,
                dialsMax);
    }
}
