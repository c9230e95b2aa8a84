package org.p2prmb.libp2p.gossipsub;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;

/// How one peer behaves in one topic: the counters P1 to P4 of its score.
@Pure
final class TopicConduct {
    private final ScoreConfig.Topic weights;
    private @Nullable Instant grafted;
    private Duration meshTime = Duration.ZERO;
    private boolean judged;
    private double first;
    private double deliveries;
    private double failures;
    private double invalid;

    TopicConduct(ScoreConfig.Topic weights) {
        this.weights = weights;
    }

    void grafted(Instant now) {
        grafted = now;
        meshTime = Duration.ZERO;
        judged = false;
    }

    /// Out of the mesh; what it owed, where `came` messages did, stays on its record (P3b).
    void pruned(double came) {
        if (grafted != null && judged) {
            failures += squaredDeficit(came);
        }
        grafted = null;
        meshTime = Duration.ZERO;
        judged = false;
    }

    void firstDelivery() {
        first = Math.min(weights.firstCap(), first + 1);
        delivery();
    }

    void delivery() {
        if (grafted != null) {
            deliveries = Math.min(weights.deliveryCap(), deliveries + 1);
        }
    }

    void invalid() {
        invalid++;
    }

    void forgetMerits() {
        first = 0;
    }

    /// One interval has passed: what is in the mesh ages, all counters decay.
    void refresh(Instant now, double toZero) {
        first = decayed(first, weights.firstDecay(), toZero);
        deliveries = decayed(deliveries, weights.deliveryDecay(), toZero);
        failures = decayed(failures, weights.failureDecay(), toZero);
        invalid = decayed(invalid, weights.invalidDecay(), toZero);
        if (grafted != null) {
            meshTime = Duration.between(grafted, now);
            judged = meshTime.compareTo(weights.deliveryActivation()) > 0;
        }
    }

    /// P1 to P3: time in the mesh and messages, when `came` messages have come lately, from
    /// whomever. Below 0 only where silence costs more than the time before it is judged earns.
    double conduct(double came) {
        var score = weights.firstWeight() * first;
        if (grafted != null) {
            var quanta = (double) meshTime.toNanos() / weights.meshTimeQuantum().toNanos();
            score += weights.meshTimeWeight() * Math.min(quanta, weights.meshTimeCap());
        }
        if (weights.judgesDeliveries() && judged) {
            score += weights.deliveryWeight() * squaredDeficit(came);
        }
        return weights.weight() * score;
    }

    /// P3b and P4: what no merit makes up for; at most 0.
    double offences() {
        var score = weights.invalidWeight() * invalid * invalid;
        if (weights.judgesDeliveries()) {
            score += weights.failureWeight() * failures;
        }
        return weights.weight() * score;
    }

    private double squaredDeficit(double came) {
        var expected = Math.min(weights.deliveryThreshold(), came);
        var deficit = Math.max(0, expected - deliveries);
        return deficit * deficit;
    }

    static double decayed(double counter, double decay, double toZero) {
        var left = counter * decay;
        return left < toZero ? 0 : left;
    }
}
