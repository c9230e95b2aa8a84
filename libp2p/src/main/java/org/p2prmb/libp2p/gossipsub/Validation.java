package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/// Judges messages off the router's thread: first the signature, on as many threads as there are
/// cores, then the topic's validator, which may block, on one of its own.
final class Validation implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Validation.class);

    /// Where verdicts go; may wait.
    interface Verdicts {
        void put(Event event) throws InterruptedException;
    }

    private final GossipCodec codec;
    private final Function<String, Validator> validators;
    private final Verdicts verdicts;
    private final BlockingQueue<GossipMessage> queue;
    private final Semaphore blocking;
    private final int topicValidatorsMax;

    /// How many validators of each topic run: a slow one has no more than its share of all.
    private final Map<String, Integer> running = new ConcurrentHashMap<>();

    private final List<Thread> workers = new ArrayList<>();

    /// `validators` finds the validator of a topic; at most `validatorsMax` run at once, of one
    /// topic at most `topicValidatorsMax`, and at most `waitingMax` messages wait.
    Validation(
            GossipCodec codec,
            Function<String, Validator> validators,
            Verdicts verdicts,
            int waitingMax,
            int validatorsMax,
            int topicValidatorsMax) {
        this.codec = codec;
        this.validators = validators;
        this.verdicts = verdicts;
        this.queue = new ArrayBlockingQueue<>(waitingMax);
        this.blocking = new Semaphore(validatorsMax);
        this.topicValidatorsMax = topicValidatorsMax;
        var cores = Runtime.getRuntime().availableProcessors();
        for (var worker = 0; worker < cores; worker++) {
            workers.add(Thread.ofVirtual().name("gossip-verify-" + worker).start(this::run));
        }
    }

    /// Never waits; false when the message was not taken, and no verdict will come.
    boolean offer(GossipMessage message) {
        return queue.offer(message);
    }

    private void run() {
        try {
            while (true) {
                judge(queue.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Closed: the thread ends here.
        }
    }

    private void judge(GossipMessage message) throws InterruptedException {
        if (!codec.verify(message)) {
            verdicts.put(new Event.Forged(message.id()));
            return;
        }
        var validator = validators.apply(message.topic());
        if (validator.equals(Validator.ACCEPT_ALL)) {
            verdicts.put(new Event.Validated(message.id(), Verdict.ACCEPT));
        } else if (enter(message.topic())) {
            Thread.ofVirtual()
                    .name("gossip-validate-" + message.topic())
                    .start(() -> judge(message, validator));
        } else {
            verdicts.put(new Event.Postponed(message.id()));
        }
    }

    private void judge(GossipMessage message, Validator validator) {
        try {
            verdicts.put(new Event.Validated(message.id(), verdict(message, validator)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The verdict does not come, which is IGNORE.
        } finally {
            leave(message.topic());
        }
    }

    private boolean enter(String topic) {
        if (!blocking.tryAcquire()) {
            return false;
        }
        if (running.merge(topic, 1, Integer::sum) <= topicValidatorsMax) {
            return true;
        }
        leave(topic);
        return false;
    }

    private void leave(String topic) {
        running.computeIfPresent(topic, (_, count) -> count == 1 ? null : count - 1);
        blocking.release();
    }

    private static Verdict verdict(GossipMessage message, Validator validator)
            throws InterruptedException {
        try {
            return validator.validate(message);
        } catch (RuntimeException e) { // Supervisor
            log.warn("the validator of topic {} failed", message.topic(), e);
            return Verdict.IGNORE;
        }
    }

    @Override
    public void close() {
        workers.forEach(Thread::interrupt);
    }
}
