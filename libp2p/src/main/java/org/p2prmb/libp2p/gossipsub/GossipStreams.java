package org.p2prmb.libp2p.gossipsub;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/// What the streams around the router speak, and what bounds them, the queues and the threads.
///
/// @param versions what we speak in both directions, the newest first
/// @param rpcBytesMax the largest RPC that we read
/// @param dataBytesMax the most that we publish in one message; with its envelope it must fit
///     the 64 KiB that some stacks take
/// @param inboxMax events that wait for the router; then readers wait
/// @param inboxBytesMax bytes of the RPCs that wait for the router; then readers wait. Beside
///     them each stream has one RPC in hand
/// @param queuedControlsMax RPCs of control that wait for one peer
/// @param queuedDontWantsMax ids of IDONTWANT that wait for one peer; more are not said
/// @param queuedBytesMax bytes of messages that wait for one peer; then the newest are dropped
/// @param allQueuedBytesMax bytes of messages that wait for all peers together, of which each may
///     have an eighth of what is free
/// @param queuedMax how long a message waits for a peer; then it is dropped
/// @param writeMax how long a peer may keep us waiting before it takes an RPC; then the stream is
///     reset
/// @param deliveriesMax messages that wait for the application in one topic
/// @param validatorsMax validators that run at once
/// @param topicValidatorsMax validators of one topic that run at once
/// @param openAttemptsMax how often in a row a lost stream is opened again
/// @param openLimit how long opening a stream may take
public record GossipStreams(
        List<GossipVersion> versions,
        int rpcBytesMax,
        int dataBytesMax,
        int inboxMax,
        int inboxBytesMax,
        int queuedControlsMax,
        int queuedDontWantsMax,
        long queuedBytesMax,
        long allQueuedBytesMax,
        Duration queuedMax,
        Duration writeMax,
        int deliveriesMax,
        int validatorsMax,
        int topicValidatorsMax,
        int openAttemptsMax,
        Duration openLimit) {
    public GossipStreams {
        versions = versions.stream().distinct().sorted(Comparator.reverseOrder()).toList();
        if (versions.isEmpty()) {
            throw new IllegalArgumentException("at least one version is spoken");
        }
        if (rpcBytesMax > inboxBytesMax) {
            throw new IllegalArgumentException("the inbox has room for the largest RPC");
        }
    }

    public static GossipStreams defaults() {
        return new GossipStreams(
                List.of(GossipVersion.values()),
                1 << 20,
                63 << 10,
                4_096,
                16 << 20,
                256,
                1_000,
                4L << 20,
                Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 16),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                8_192,
                256,
                64,
                5,
                Duration.ofSeconds(10));
    }

    public GossipStreams withVersions(List<GossipVersion> changed) {
        return new GossipStreams(
                changed,
                rpcBytesMax,
                dataBytesMax,
                inboxMax,
                inboxBytesMax,
                queuedControlsMax,
                queuedDontWantsMax,
                queuedBytesMax,
                allQueuedBytesMax,
                queuedMax,
                writeMax,
                deliveriesMax,
                validatorsMax,
                topicValidatorsMax,
                openAttemptsMax,
                openLimit);
    }

    /// The same with another limit for one write.
    public GossipStreams withWriteMax(Duration changed) {
        return new GossipStreams(
                versions,
                rpcBytesMax,
                dataBytesMax,
                inboxMax,
                inboxBytesMax,
                queuedControlsMax,
                queuedDontWantsMax,
                queuedBytesMax,
                allQueuedBytesMax,
                queuedMax,
                changed,
                deliveriesMax,
                validatorsMax,
                topicValidatorsMax,
                openAttemptsMax,
                openLimit);
    }

    /// The protocol ids, the newest first, as they are proposed.
    List<String> protocols() {
        return versions.stream().map(GossipVersion::protocol).toList();
    }
}
