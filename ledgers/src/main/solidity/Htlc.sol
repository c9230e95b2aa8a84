// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Locks of the chain's own coin and of ERC-20 tokens, for whoever shows a secret before they are
/// taken back. Nobody owns or changes this contract.
///
/// The id of a lock commits to all of its terms, so nobody can take the id of somebody else's lock.
/// A redeem is judged by the state alone, not by time: one that came too late and was reverted
/// would have told the secret for nothing.
contract Htlc {
    enum State {
        None,
        Locked,
        Redeemed,
        Refunded
    }

    struct Lock {
        address from;
        uint64 refundAt;
        State state;
        address to;
        address token;
        uint256 amount;
    }

    mapping(bytes32 => Lock) public locks;

    event Locked(
        bytes32 indexed id,
        address from,
        address to,
        address token,
        uint256 amount,
        bytes32 hash,
        uint64 refundAt
    );
    event Redeemed(bytes32 indexed id, bytes32 secret);
    event Refunded(bytes32 indexed id);

    /// These terms can never be locked.
    error Unfit();
    /// The lock does not exist, or is over.
    error NotLocked();
    error WrongSecret();
    error TooEarly();
    /// The coins did not move, or not as many as was said.
    error NotMoved();

    /// @param token zero for the chain's own coin, which is sent along
    /// @param hash the SHA-256 of the secret of 32 bytes
    function lock(address to, address token, uint256 amount, bytes32 hash, uint64 refundAt)
        external
        payable
        returns (bytes32 id)
    {
        if (amount == 0 || to == address(0) || refundAt <= block.timestamp) revert Unfit();
        if (msg.value != (token == address(0) ? amount : 0)) revert Unfit();
        id = idOf(msg.sender, to, token, amount, hash, refundAt);
        if (locks[id].state != State.None) revert Unfit();
        locks[id] = Lock(msg.sender, refundAt, State.Locked, to, token, amount);
        emit Locked(id, msg.sender, to, token, amount, hash, refundAt);
        if (token != address(0)) take(token, amount);
    }

    /// Anybody may call it; the coins go to the recipient of the terms.
    function redeem(bytes32 id, bytes32 secret) external {
        Lock storage held = locks[id];
        if (held.state != State.Locked) revert NotLocked();
        bytes32 hash = sha256(abi.encodePacked(secret));
        if (id != idOf(held.from, held.to, held.token, held.amount, hash, held.refundAt)) {
            revert WrongSecret();
        }
        held.state = State.Redeemed;
        emit Redeemed(id, secret);
        give(held.token, held.to, held.amount);
    }

    /// Anybody may call it; the coins go back to who locked them.
    function refund(bytes32 id) external {
        Lock storage held = locks[id];
        if (held.state != State.Locked) revert NotLocked();
        if (block.timestamp < held.refundAt) revert TooEarly();
        held.state = State.Refunded;
        emit Refunded(id);
        give(held.token, held.from, held.amount);
    }

    function idOf(
        address from,
        address to,
        address token,
        uint256 amount,
        bytes32 hash,
        uint64 refundAt
    ) private view returns (bytes32) {
        return sha256(
            abi.encode(address(this), block.chainid, from, to, token, amount, hash, refundAt)
        );
    }

    /// A token that keeps a part of what it moves would have others pay for the rest.
    function take(address token, uint256 amount) private {
        uint256 before = balance(token);
        move(token, abi.encodeWithSelector(0x23b872dd, msg.sender, address(this), amount));
        if (balance(token) != before + amount) revert NotMoved();
    }

    function give(address token, address to, uint256 amount) private {
        if (token == address(0)) {
            (bool sent, ) = to.call{value: amount}("");
            if (!sent) revert NotMoved();
        } else {
            move(token, abi.encodeWithSelector(0xa9059cbb, to, amount));
        }
    }

    /// Some tokens answer nothing where the standard says true.
    function move(address token, bytes memory call) private {
        if (token.code.length == 0) revert NotMoved();
        (bool done, bytes memory answer) = token.call(call);
        if (!done || (answer.length != 0 && !abi.decode(answer, (bool)))) revert NotMoved();
    }

    function balance(address token) private view returns (uint256) {
        (bool done, bytes memory answer) =
            token.staticcall(abi.encodeWithSelector(0x70a08231, address(this)));
        if (!done || answer.length < 32) revert NotMoved();
        return abi.decode(answer, (uint256));
    }
}
