package org.p2prmb.libp2p.gossipsub;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// Our membership of one topic: hands each message to the application, in order of arrival, on a
/// virtual thread of its own.
public final class Subscription implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Subscription.class);

    private final String topic;
    private final Validator validator;
    private final Consumer<GossipMessage> application;
    private final Consumer<Subscription> left;
    private final BlockingQueue<GossipMessage> queue;
    private final LongAdder dropped = new LongAdder();
    private final Thread thread;

    Subscription(
            String topic,
            Validator validator,
            Consumer<GossipMessage> application,
            int deliveriesMax,
            Consumer<Subscription> left) {
        this.topic = topic;
        this.validator = validator;
        this.application = application;
        this.left = left;
        this.queue = new ArrayBlockingQueue<>(deliveriesMax);
        this.thread = Thread.ofVirtual().name("gossip-topic-" + topic).start(this::run);
    }

    public String topic() {
        return topic;
    }

    /// How many messages were not delivered because the application is too slow.
    public long dropped() {
        return dropped.sum();
    }

    Validator validator() {
        return validator;
    }

    /// Never waits: what a slow application has no room for is dropped.
    void deliver(GossipMessage message) {
        if (!queue.offer(message)) {
            if (dropped.sum() == 0) {
                log.warn("the application is too slow for topic {}: messages are dropped", topic);
            }
            dropped.increment();
        }
    }

    private void run() {
        try {
            while (true) {
                hand(queue.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Closed: the thread ends here.
        }
    }

    private void hand(GossipMessage message) {
        try {
            application.accept(message);
        } catch (RuntimeException e) { // Supervisor
            log.warn("the application failed on a message of topic {}", topic, e);
        }
    }

    /// Leaves the topic; a callback that runs is not waited for.
    @Override
    public void close() {
        thread.interrupt();
        left.accept(this);
    }
}
