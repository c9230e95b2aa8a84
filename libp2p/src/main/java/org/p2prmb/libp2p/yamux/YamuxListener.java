package org.p2prmb.libp2p.yamux;

/// Hears of what the remote does with a [YamuxSession].
///
/// Both methods run on the session's reader, which serves every stream of the connection: they
/// hand over (to a virtual thread, to a queue) and return without waiting. They may run before
/// [YamuxSession#start] has returned.
public interface YamuxListener {
    /// The remote opened a stream, which is ours to close.
    void onStream(YamuxStream stream);

    /// The session ended, for whatever reason: the last call, made once. Every stream has failed.
    void onClosed(String reason);
}
