package org.p2prmb.ledgers.evm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.Secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/// The contract `Htlc.sol` where it stands on one chain: its calls, its events, and its ids of
/// locks.
///
/// @param address where it stands
public record Htlc(long chainId, Bytes address) {
    static final Bytes LOCKED =
            topic("Locked(bytes32,address,address,address,uint256,bytes32,uint64)");
    static final Bytes REDEEMED = topic("Redeemed(bytes32,bytes32)");
    static final Bytes REFUNDED = topic("Refunded(bytes32)");

    private static final String LOCK = "lock(address,address,uint256,bytes32,uint64)";
    private static final String REDEEM = "redeem(bytes32,bytes32)";
    private static final String REFUND = "refund(bytes32)";
    private static final String LOCKS = "locks(bytes32)";
    private static final int SELECTOR_BYTES = 4;

    /// As `locks` answers: the states of the contract.
    static final int STATE_LOCKED = 1;

    static final int STATE_REDEEMED = 2;
    static final int STATE_REFUNDED = 3;

    /// What it answers for an id that was never locked.
    static final Bytes NEVER_STORED = Bytes.wrap(new byte[6 * Words.BYTES]);

    private static final JsonNode COMPILED = compiled();
    private static final Bytes CREATION = Bytes.hex(COMPILED.path("creation").asText());
    private static final Bytes CODE = Bytes.hex(COMPILED.path("code").asText());

    /// The data of the transaction that makes a new one.
    public static Bytes creation() {
        return CREATION;
    }

    /// What a node shows at its address.
    public static Bytes code() {
        return CODE;
    }

    private static JsonNode compiled() {
        try (var resource = Htlc.class.getResourceAsStream("Htlc.json")) {
            if (resource == null) {
                throw new IllegalStateException("Htlc.json is missing in this jar");
            }
            return new ObjectMapper().readTree(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Bytes template() {
        return Canonical.domain("rmb/lock/evm/1")
                .longNumber(chainId)
                .bytes(address)
                .bytes(code())
                .sha256();
    }

    /// What the contract calls the lock of this leg.
    Bytes id(Leg leg, Bytes hash) {
        return sha256(
                Words.joined(
                        List.of(
                                Words.word(address),
                                Words.word(chainId),
                                Words.word(leg.refundTo()),
                                Words.word(leg.redeemTo()),
                                Words.word(leg.asset().token()),
                                Words.word(leg.amount()),
                                hash,
                                Words.word(leg.refundAt().getEpochSecond()))));
    }

    static Bytes lock(Leg leg, Bytes hash) {
        return Words.call(
                LOCK,
                Words.word(leg.redeemTo()),
                Words.word(leg.asset().token()),
                Words.word(leg.amount()),
                hash,
                Words.word(leg.refundAt().getEpochSecond()));
    }

    static Bytes redeem(Bytes id, Secret secret) {
        return Words.call(REDEEM, id, secret.value());
    }

    static Bytes refund(Bytes id) {
        return Words.call(REFUND, id);
    }

    static Bytes locks(Bytes id) {
        return Words.call(LOCKS, id);
    }

    /// Whether a call ends a lock, which must not fail: its account would have lost a number.
    static boolean isEnding(Bytes data) {
        return startsWith(data, REDEEM) || startsWith(data, REFUND);
    }

    /// Whether a call redeems this lock; the secret is its last word.
    static boolean isRedeemOf(Bytes data, Bytes id) {
        return startsWith(data, REDEEM)
                && data.size() == SELECTOR_BYTES + 2 * Words.BYTES
                && data.slice(SELECTOR_BYTES, SELECTOR_BYTES + Words.BYTES).equals(id);
    }

    private static boolean startsWith(Bytes data, String signature) {
        return data.size() >= SELECTOR_BYTES
                && data.slice(0, SELECTOR_BYTES).equals(Words.call(signature));
    }

    /// What the event `Locked` tells beside the id.
    static Bytes lockedFields(Leg leg, Bytes hash) {
        return Words.joined(
                List.of(
                        Words.word(leg.refundTo()),
                        Words.word(leg.redeemTo()),
                        Words.word(leg.asset().token()),
                        Words.word(leg.amount()),
                        hash,
                        Words.word(leg.refundAt().getEpochSecond())));
    }

    /// What `locks` answers in this state.
    static Bytes stored(Leg leg, int state) {
        return Words.joined(
                List.of(
                        Words.word(leg.refundTo()),
                        Words.word(leg.refundAt().getEpochSecond()),
                        Words.word(state),
                        Words.word(leg.redeemTo()),
                        Words.word(leg.asset().token()),
                        Words.word(leg.amount())));
    }

    private static Bytes topic(String event) {
        return Keccak.of(Bytes.utf8(event));
    }

    private static Bytes sha256(Bytes data) {
        try {
            return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(data.unsafeArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
