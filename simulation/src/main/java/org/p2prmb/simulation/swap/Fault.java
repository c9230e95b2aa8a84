package org.p2prmb.simulation.swap;

/// What goes wrong besides the kill, from that moment on.
enum Fault {
    NONE,
    /// The other party is never heard of again.
    PEER_VANISHES,
    /// The other party comes back after a day.
    PEER_AWAY,
    /// The other party does everything as late as it can: a seller shows the secret when the buyer
    /// takes back, a buyer locks when the seller shows the secret. The killed one is down then.
    PEER_LATE,
    /// The other party's lock holds less than the terms say.
    WRONG_LOCK,
    /// Each chain loses its last block once.
    REORG_ONE,
    /// Each chain loses one block less than a lock is deep, once.
    REORG_DEEP,
    /// Four times the usual fee is asked for.
    FEE_SPIKE,
    /// Nodes do not answer for half an hour.
    NODES_DOWN,
    /// Nodes take transactions, and the answer is lost.
    REPLIES_LOST,
    /// Messages are lost, doubled and out of order.
    MESSAGES_LOST,
    /// The killed party's clock is wrong by a minute.
    CLOCK_SKEWED,
    /// The killed party's clock jumps an hour ahead, and stays there.
    CLOCK_AHEAD,
    /// The killed party's nodes do not know the last twenty blocks for half an hour.
    NODE_ROLLBACK,
    /// No node does, of either party.
    NODES_BEHIND,
    /// Where the killed party is to redeem, another lock of its account waits at too low a fee.
    LOCK_STUCK,
    /// Transactions wait as long as the margins allow.
    SLOW_BLOCKS,
    /// The mempools are emptied every ten minutes.
    MEMPOOLS_FORGET,
    /// The killed party starts again with its owner's keys locked away, for good.
    KEYS_LOCKED,
    /// Three swaps at once, and the killed party has coins for two.
    CROWD,
    /// The same, and the other party has.
    PEER_CROWD;

    boolean isCrowd() {
        return this == CROWD || this == PEER_CROWD;
    }
}
