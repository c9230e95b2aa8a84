package org.p2prmb.libp2p.gossipsub;

import java.time.Duration;
import java.util.Map;

/// The weights that turn a peer's conduct into its score, and what each score entitles it to.
///
/// The default is safe for quiet topics: who delivers little (P3) is measured by what came at all,
/// and never ends below zero for that alone. What costs a peer its voice are invalid messages (P4),
/// many peers on one address (P6) and broken rules (P7).
///
/// @param topic the weights of a topic that `topics` does not name
/// @param meritsMax the most that good conduct (P1 to P3) in all topics together can earn; offences
///     are not set off against more
/// @param appWeight P5: weight of the score that the application gives
/// @param colocationWeight P6: weight, negative, of the squared surplus of peers on one address
/// @param colocationThreshold P6: how many peers may share an address for free
/// @param colocationGroups P6: which addresses count as one, and which not at all
/// @param behaviourWeight P7: weight, negative, of the squared surplus of broken rules
/// @param behaviourThreshold P7: how many broken rules are free
/// @param behaviourDecay P7: what remains of the counter after one heartbeat, as for all decays
/// @param decayToZero counters below it become 0
/// @param retain how long the score of a peer that left with a bad one is kept
/// @param retainedMax how many such scores are kept, and how many ratings of the application
public record ScoreConfig(
        Thresholds thresholds,
        Topic topic,
        Map<String, Topic> topics,
        double meritsMax,
        double appWeight,
        double colocationWeight,
        int colocationThreshold,
        IpGroups colocationGroups,
        double behaviourWeight,
        double behaviourThreshold,
        double behaviourDecay,
        double decayToZero,
        Duration retain,
        int retainedMax) {
    public ScoreConfig {
        topics = Map.copyOf(topics);
        if (colocationWeight > 0 || behaviourWeight > 0) {
            throw new IllegalArgumentException("penalties have negative weights");
        }
        if (!(behaviourDecay > 0 && behaviourDecay < 1)) {
            throw new IllegalArgumentException("decays are between 0 and 1");
        }
    }

    public static ScoreConfig defaults() {
        return new ScoreConfig(
                Thresholds.defaults(),
                Topic.defaults(),
                Map.of(),
                8,
                1,
                -5,
                10,
                IpGroups.defaults(),
                -10,
                1,
                0.9,
                0.01,
                Duration.ofHours(1),
                1_000);
    }

    /// The weights that hold in `name`.
    public Topic topic(String name) {
        return topics.getOrDefault(name, topic);
    }

    public ScoreConfig withThresholds(Thresholds changed) {
        return new ScoreConfig(
                changed,
                topic,
                topics,
                meritsMax,
                appWeight,
                colocationWeight,
                colocationThreshold,
                colocationGroups,
                behaviourWeight,
                behaviourThreshold,
                behaviourDecay,
                decayToZero,
                retain,
                retainedMax);
    }

    public ScoreConfig withTopic(Topic changed) {
        return new ScoreConfig(
                thresholds,
                changed,
                topics,
                meritsMax,
                appWeight,
                colocationWeight,
                colocationThreshold,
                colocationGroups,
                behaviourWeight,
                behaviourThreshold,
                behaviourDecay,
                decayToZero,
                retain,
                retainedMax);
    }

    public ScoreConfig withColocationGroups(IpGroups changed) {
        return new ScoreConfig(
                thresholds,
                topic,
                topics,
                meritsMax,
                appWeight,
                colocationWeight,
                colocationThreshold,
                changed,
                behaviourWeight,
                behaviourThreshold,
                behaviourDecay,
                decayToZero,
                retain,
                retainedMax);
    }

    /// What a peer needs for each courtesy.
    ///
    /// @param gossip below it no IHAVE is sent to it, and its IHAVE and IWANT are ignored
    /// @param publish below it our own messages are not flooded to it
    /// @param graylist below it its RPCs are dropped unread
    /// @param acceptPx from it on the peers that it introduces are considered
    /// @param opportunistic a mesh whose median is below it looks for better peers
    public record Thresholds(
            double gossip, double publish, double graylist, double acceptPx, double opportunistic) {
        public Thresholds {
            if (!(graylist <= publish && publish <= gossip && gossip < 0)) {
                throw new IllegalArgumentException("graylist <= publish <= gossip < 0");
            }
            if (acceptPx < 0 || opportunistic < 0) {
                throw new IllegalArgumentException("acceptPx and opportunistic are at least 0");
            }
        }

        public static Thresholds defaults() {
            return new Thresholds(-10, -50, -80, 10, 2.5);
        }
    }

    /// The weights within one topic.
    ///
    /// @param weight of this topic among all; 0 switches its score off
    /// @param meshTimeWeight P1: reward for each `meshTimeQuantum` in the mesh, up to `meshTimeCap`
    /// @param firstWeight P2: reward for being the first to deliver a message
    /// @param deliveryWeight P3: weight, negative, of the squared deficit of a mesh peer's
    ///     deliveries below `deliveryThreshold`, or below what came at all if that is less; 0
    ///     switches P3 and P3b off
    /// @param deliveryWindow P3: a duplicate this soon after the first copy counts as delivery
    /// @param deliveryActivation P3: how long a peer is in the mesh before it is judged
    /// @param failureWeight P3b: weight, negative, of the deficit that a peer was pruned with
    /// @param invalidWeight P4: weight, negative, of the squared number of invalid messages
    public record Topic(
            double weight,
            double meshTimeWeight,
            Duration meshTimeQuantum,
            double meshTimeCap,
            double firstWeight,
            double firstDecay,
            double firstCap,
            double deliveryWeight,
            double deliveryDecay,
            double deliveryCap,
            double deliveryThreshold,
            Duration deliveryWindow,
            Duration deliveryActivation,
            double failureWeight,
            double failureDecay,
            double invalidWeight,
            double invalidDecay) {
        public Topic {
            if (weight < 0 || meshTimeWeight < 0 || firstWeight < 0) {
                throw new IllegalArgumentException("rewards are not negative");
            }
            if (deliveryWeight > 0 || failureWeight > 0 || invalidWeight > 0) {
                throw new IllegalArgumentException("penalties have negative weights");
            }
            if (!meshTimeQuantum.isPositive()) {
                throw new IllegalArgumentException("the quantum must be positive");
            }
        }

        /// Good conduct earns at most 8, one invalid message costs 10 and three cost the connection
        /// its voice. Silence where others talk costs a third of what five minutes in the mesh
        /// earn, and is not looked at before. Nothing of it is held against a peer outside the mesh
        /// (P3b is 0), or a quiet one that leaves could not come back.
        public static Topic defaults() {
            return new Topic(
                    1,
                    0.01,
                    Duration.ofSeconds(1),
                    300,
                    0.5,
                    0.9,
                    10,
                    -0.25,
                    0.97,
                    100,
                    2,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(300),
                    0,
                    0.9,
                    -10,
                    0.99);
        }

        boolean judgesDeliveries() {
            return deliveryWeight != 0;
        }

        /// The same with P3 and P3b: mesh peers must deliver `threshold` messages.
        public Topic withDeliveries(double deliver, double failure, double threshold) {
            return new Topic(
                    weight,
                    meshTimeWeight,
                    meshTimeQuantum,
                    meshTimeCap,
                    firstWeight,
                    firstDecay,
                    firstCap,
                    deliver,
                    deliveryDecay,
                    deliveryCap,
                    threshold,
                    deliveryWindow,
                    deliveryActivation,
                    failure,
                    failureDecay,
                    invalidWeight,
                    invalidDecay);
        }
    }
}
