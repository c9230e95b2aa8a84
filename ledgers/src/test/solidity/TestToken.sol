// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// An ERC-20 token with 7 decimals, as TFT has them, which may keep a part of each transfer, and may
/// answer nothing where the standard says true, as some do.
contract TestToken {
    uint8 public constant decimals = 7;
    uint256 public immutable feePercent;
    bool public immutable silent;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    constructor(uint256 supply, uint256 fee, bool isSilent) {
        balanceOf[msg.sender] = supply;
        feePercent = fee;
        silent = isSilent;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return done();
    }

    function transfer(address to, uint256 value) external returns (bool) {
        move(msg.sender, to, value);
        return done();
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        allowance[from][msg.sender] -= value;
        move(from, to, value);
        return done();
    }

    function done() private view returns (bool) {
        if (silent) {
            assembly {
                return(0, 0)
            }
        }
        return true;
    }

    function move(address from, address to, uint256 value) private {
        balanceOf[from] -= value;
        uint256 kept = value * feePercent / 100;
        balanceOf[to] += value - kept;
        emit Transfer(from, to, value - kept);
    }
}
