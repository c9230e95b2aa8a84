package org.p2prmb.simulation.gossip;

import org.p2prmb.libp2p.gossipsub.GossipConfig;

/// What is published, by random honest agents in random topics.
///
/// @param topics 1 to 100
/// @param joined how many of them each agent is in, drawn at random, 1 to `topics`
/// @param messagesPerSecond of all agents together, above 0 to 1,000
/// @param messageBytes of the data of each, 8 up to what the router publishes
public record Load(int topics, int joined, double messagesPerSecond, int messageBytes) {
    public static final int TOPICS_MAX = 100;
    public static final int PER_SECOND_MAX = 1_000;
    public static final int MESSAGE_BYTES_MIN = Long.BYTES;
    public static final int MESSAGE_BYTES_MAX = GossipConfig.defaults().streams().dataBytesMax();

    /// A message a second in one topic.
    public static final Load QUIET = new Load(1, 1, 1, 256);

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Load {
        if (topics < 1 || topics > TOPICS_MAX) {
            throw new IllegalArgumentException("1 to 100 topics");
        }
        if (joined < 1 || joined > topics) {
            throw new IllegalArgumentException("each agent joins 1 to all of the topics");
        }
        if (!(messagesPerSecond > 0 && messagesPerSecond <= PER_SECOND_MAX)) {
            throw new IllegalArgumentException("up to 1,000 messages a second");
        }
        if (messageBytes < MESSAGE_BYTES_MIN || messageBytes > MESSAGE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "messages of 8 to %,d bytes".formatted(MESSAGE_BYTES_MAX));
        }
    }
}
