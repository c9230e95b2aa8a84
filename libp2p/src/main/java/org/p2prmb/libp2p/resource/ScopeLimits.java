package org.p2prmb.libp2p.resource;

/// What a scope may hold at a time; [Integer#MAX_VALUE] and [Long#MAX_VALUE] are no limit.
///
/// @param connectionsIn connections that others dialled
/// @param connectionsOut connections that we dialled
/// @param connections of both kinds
/// @param streamsIn streams that others opened, whatever serves them included
/// @param streamsOut streams that we opened
/// @param streams of both kinds
/// @param bytes what came and was not read, and what receive windows have grown by
public record ScopeLimits(
        int connectionsIn,
        int connectionsOut,
        int connections,
        int streamsIn,
        int streamsOut,
        int streams,
        long bytes) {
    private static final int ANY = Integer.MAX_VALUE;

    /// Limits nothing.
    static final ScopeLimits NONE = new ScopeLimits(ANY, ANY, ANY, ANY, ANY, ANY, Long.MAX_VALUE);

    public ScopeLimits {
        if (connectionsIn < 0
                || connectionsOut < 0
                || connections < 1
                || streamsIn < 0
                || streamsOut < 0
                || streams < 1
                || bytes < 0) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /// As this, with other limits of connections.
    public ScopeLimits withConnections(int in, int out, int both) {
        return new ScopeLimits(in, out, both, streamsIn, streamsOut, streams, bytes);
    }

    /// As this, with other limits of streams.
    public ScopeLimits withStreams(int in, int out, int both) {
        return new ScopeLimits(connectionsIn, connectionsOut, connections, in, out, both, bytes);
    }

    /// As this, with another limit of memory.
    public ScopeLimits withBytes(long most) {
        return new ScopeLimits(
                connectionsIn, connectionsOut, connections, streamsIn, streamsOut, streams, most);
    }
}
