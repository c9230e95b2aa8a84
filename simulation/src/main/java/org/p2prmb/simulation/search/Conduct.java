package org.p2prmb.simulation.search;

/// How an agent treats the queries of others.
enum Conduct {
    HONEST,
    /// It takes part in everything, but no query that reaches it is ever answered.
    SILENT,
    /// It says to know everybody and answers with records that it altered, forged or kept for too
    /// long, and its DHT hides what it stores.
    LYING,
    /// It stands around the key of a tag, denies its providers, names only its like, and answers no
    /// query.
    ECLIPSING
}
