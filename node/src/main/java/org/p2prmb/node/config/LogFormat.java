package org.p2prmb.node.config;

/// How log lines look: for people, or one JSON object each.
public enum LogFormat {
    TEXT,
    JSON
}
