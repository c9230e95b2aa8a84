package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// How one router builds its meshes, how long it remembers and what it accepts.
///
/// @param floodPublish whether our own messages go to every well-behaved peer of the topic instead
///     of only to the mesh; costs bandwidth, defeats a mesh that censors us
/// @param directPeers peers that always get every message, are never in the mesh, and are dialled
///     when they are gone; with their addresses
/// @param topics which topics of remote peers are remembered
/// @param ids the id of a message; every peer of a topic must compute the same
public record GossipConfig(
        Degrees degrees,
        Timing timing,
        Limits limits,
        Streams streams,
        ScoreConfig score,
        boolean floodPublish,
        Map<PeerId, List<Multiaddr>> directPeers,
        TopicFilter topics,
        MessageIds ids) {
    public GossipConfig {
        directPeers = Map.copyOf(directPeers);
    }

    public static GossipConfig defaults() {
        return new GossipConfig(
                Degrees.defaults(),
                Timing.defaults(),
                Limits.defaults(),
                Streams.defaults(),
                ScoreConfig.defaults(),
                true,
                Map.of(),
                TopicFilter.ANY,
                MessageIds.SHA256);
    }

    /// Whether the peer always gets every message, whatever its score.
    boolean direct(PeerId peer) {
        return directPeers.containsKey(peer);
    }

    public GossipConfig withDegrees(Degrees changed) {
        return new GossipConfig(
                changed, timing, limits, streams, score, floodPublish, directPeers, topics, ids);
    }

    public GossipConfig withTiming(Timing changed) {
        return new GossipConfig(
                degrees, changed, limits, streams, score, floodPublish, directPeers, topics, ids);
    }

    public GossipConfig withLimits(Limits changed) {
        return new GossipConfig(
                degrees, timing, changed, streams, score, floodPublish, directPeers, topics, ids);
    }

    public GossipConfig withStreams(Streams changed) {
        return new GossipConfig(
                degrees, timing, limits, changed, score, floodPublish, directPeers, topics, ids);
    }

    public GossipConfig withScore(ScoreConfig changed) {
        return new GossipConfig(
                degrees, timing, limits, streams, changed, floodPublish, directPeers, topics, ids);
    }

    public GossipConfig withFloodPublish(boolean changed) {
        return new GossipConfig(
                degrees, timing, limits, streams, score, changed, directPeers, topics, ids);
    }

    public GossipConfig withDirectPeers(Map<PeerId, List<Multiaddr>> changed) {
        return new GossipConfig(
                degrees, timing, limits, streams, score, floodPublish, changed, topics, ids);
    }

    public GossipConfig withTopics(TopicFilter changed) {
        return new GossipConfig(
                degrees, timing, limits, streams, score, floodPublish, directPeers, changed, ids);
    }

    public GossipConfig withIds(MessageIds changed) {
        return new GossipConfig(
                degrees,
                timing,
                limits,
                streams,
                score,
                floodPublish,
                directPeers,
                topics,
                changed);
    }

    /// How many peers of a topic are in the mesh, and how many hear of messages they did not get.
    ///
    /// Each message costs about `target` times its size in upload.
    ///
    /// @param target D: the size that the mesh is brought to
    /// @param low D_lo: below it the heartbeat grafts
    /// @param high D_hi: above it the heartbeat prunes, and from it on only peers that we dialled
    ///     may graft us
    /// @param score D_score: how many of the best-scored peers survive pruning
    /// @param out D_out: how many peers that we dialled the mesh keeps, against eclipse
    /// @param lazy D_lazy: the least number of peers that get an IHAVE
    /// @param gossipFactor the share of the topic's other peers that get an IHAVE
    public record Degrees(
            int target, int low, int high, int score, int out, int lazy, double gossipFactor) {
        /// How many better peers a mesh of poor ones invites at once.
        public static final int OPPORTUNISTIC = 2;

        public Degrees {
            if (!(0 <= low && low <= target && target <= high)) {
                throw new IllegalArgumentException("degrees must ascend: low, target, high");
            }
            if (out < 0 || out > target / 2 || (out > 0 && out >= low)) {
                throw new IllegalArgumentException("out must be below low and half of target");
            }
            if (score < 0 || score > target || lazy < 0) {
                throw new IllegalArgumentException("score is at most target, lazy not negative");
            }
            if (!(gossipFactor >= 0 && gossipFactor <= 1)) {
                throw new IllegalArgumentException("gossipFactor is between 0 and 1");
            }
        }

        /// The most peers in a mesh that we did not dial: they may graft us below `high` only, and
        /// a heartbeat may invite a few at `high`.
        public int undialledMax() {
            return high + OPPORTUNISTIC;
        }

        /// The most peers in a mesh after a heartbeat.
        public int afterBeatMax() {
            return high + out + OPPORTUNISTIC;
        }

        public static Degrees defaults() {
            return new Degrees(6, 5, 12, 4, 2, 6, 0.25);
        }
    }

    /// When things happen and for how long they are remembered.
    ///
    /// @param initialDelay from the start to the first heartbeat
    /// @param historyBeats for how many heartbeats a message can be asked for
    /// @param gossipBeats for how many heartbeats a message is announced with IHAVE
    /// @param seen how long a message is known as a duplicate; older replays pass again
    /// @param fanout how long peers of a topic that we only publish to are kept
    /// @param pruneBackoff how long nobody may graft after a PRUNE
    /// @param unsubscribeBackoff the same when we left the topic
    /// @param backoffMax what a remote's longer backoff is clamped to
    /// @param graftFlood a GRAFT this soon after a PRUNE is punished twice
    /// @param promise how long a peer has to send what we asked it for
    /// @param opportunisticBeats heartbeats between two opportunistic grafts
    /// @param directBeats heartbeats between two looks for direct peers that are gone
    /// @param validation how long a validator may take; then the message is ignored
    /// @param dontWantBeats for how many heartbeats a peer is not sent what it does not want
    public record Timing(
            Duration heartbeat,
            Duration initialDelay,
            int historyBeats,
            int gossipBeats,
            Duration seen,
            Duration fanout,
            Duration pruneBackoff,
            Duration unsubscribeBackoff,
            Duration backoffMax,
            Duration graftFlood,
            Duration promise,
            int opportunisticBeats,
            int directBeats,
            Duration validation,
            int dontWantBeats) {
        public Timing {
            if (!heartbeat.isPositive() || initialDelay.isNegative()) {
                throw new IllegalArgumentException("the heartbeat must be positive");
            }
            if (gossipBeats < 1 || gossipBeats > historyBeats || opportunisticBeats < 1) {
                throw new IllegalArgumentException("1 <= gossipBeats <= historyBeats");
            }
            if (directBeats < 1) {
                throw new IllegalArgumentException("directBeats must be positive");
            }
        }

        public static Timing defaults() {
            return new Timing(
                    Duration.ofSeconds(1),
                    Duration.ofMillis(100),
                    5,
                    3,
                    Duration.ofSeconds(120),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(3600),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(3),
                    60,
                    300,
                    Duration.ofSeconds(5),
                    3);
        }
    }

    /// What bounds each memory and each RPC. Raising one costs memory per peer or per message.
    ///
    /// @param peersMax peers that the router knows
    /// @param topicsPerPeerMax subscriptions remembered of one peer
    /// @param topicBytesMax length of a topic's name in UTF-8
    /// @param seenMax ids in the seen cache
    /// @param cacheMessagesMax messages that can be asked for
    /// @param cacheBytesMax bytes of those messages
    /// @param validationsMax messages in validation at once; more are dropped unseen
    /// @param validationBytesMax bytes of the messages in validation
    /// @param ihavesPerBeatMax IHAVE RPCs of one peer that are looked at in one heartbeat
    /// @param idsPerBeatMax ids that we ask one peer for, announce to it in one topic, or serve it
    ///     in one heartbeat
    /// @param servedMax how often one peer may ask for one message
    /// @param backoffsMax pairs of peer and topic in the backoff table
    /// @param promisesMax ids that we wait for
    /// @param fanoutTopicsMax topics that we publish to without being subscribed
    /// @param introducedMax peers that we name in one PRUNE; 0 switches that off
    /// @param introductionsMax peers accepted from one PRUNE
    /// @param dontWantBytesMin data of this size and more is worth an IDONTWANT to the mesh
    /// @param dontWantsPerBeatMax IDONTWANTs of one peer that are looked at in one heartbeat; more
    ///     are a broken rule
    /// @param dontWantIdsMax ids remembered that one peer does not want; the newest count
    public record Limits(
            int peersMax,
            int topicsPerPeerMax,
            int topicBytesMax,
            int seenMax,
            int cacheMessagesMax,
            long cacheBytesMax,
            int validationsMax,
            long validationBytesMax,
            int ihavesPerBeatMax,
            int idsPerBeatMax,
            int servedMax,
            int backoffsMax,
            int promisesMax,
            int fanoutTopicsMax,
            int introducedMax,
            int introductionsMax,
            int dontWantBytesMin,
            int dontWantsPerBeatMax,
            int dontWantIdsMax) {
        public static Limits defaults() {
            return new Limits(
                    2_000, 100, 256, 500_000, 16_384, 32L << 20, 4_096, 16L << 20, 10, 5_000, 3,
                    20_000, 10_000, 100, 16, 16, 1_024, 1_000, 1_000);
        }
    }

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
    /// @param deliveriesMax messages that wait for the application in one topic
    /// @param validatorsMax validators that run at once
    /// @param openAttemptsMax how often in a row a lost stream is opened again
    /// @param openLimit how long opening a stream may take
    public record Streams(
            List<GossipVersion> versions,
            int rpcBytesMax,
            int dataBytesMax,
            int inboxMax,
            int inboxBytesMax,
            int queuedControlsMax,
            int queuedDontWantsMax,
            long queuedBytesMax,
            int deliveriesMax,
            int validatorsMax,
            int openAttemptsMax,
            Duration openLimit) {
        public Streams {
            versions = versions.stream().distinct().sorted(Comparator.reverseOrder()).toList();
            if (versions.isEmpty()) {
                throw new IllegalArgumentException("at least one version is spoken");
            }
            if (rpcBytesMax > inboxBytesMax) {
                throw new IllegalArgumentException("the inbox has room for the largest RPC");
            }
        }

        public static Streams defaults() {
            return new Streams(
                    List.of(GossipVersion.values()),
                    1 << 20,
                    63 << 10,
                    4_096,
                    16 << 20,
                    256,
                    1_000,
                    4L << 20,
                    8_192,
                    256,
                    5,
                    Duration.ofSeconds(10));
        }

        public Streams withVersions(List<GossipVersion> changed) {
            return new Streams(
                    changed,
                    rpcBytesMax,
                    dataBytesMax,
                    inboxMax,
                    inboxBytesMax,
                    queuedControlsMax,
                    queuedDontWantsMax,
                    queuedBytesMax,
                    deliveriesMax,
                    validatorsMax,
                    openAttemptsMax,
                    openLimit);
        }

        /// The protocol ids, the newest first, as they are proposed.
        List<String> protocols() {
            return versions.stream().map(GossipVersion::protocol).toList();
        }
    }
}
