// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Controller} from "./Controller.sol";
import {Registered} from "./Registered.sol";

/// The protocol's clock: a round is a fixed number of blocks, and somebody has to initialize each.
contract RoundsManager is Registered {
    event NewRound(uint256 indexed round, bytes32 blockHash);

    uint256 public immutable roundLength;
    uint256 public lastInitializedRound;
    mapping(uint256 round => bytes32) public blockHashForRound;

    // The round that the first block of this contract lies in, and that block.
    uint256 private immutable _firstRound;
    uint256 private immutable _firstBlock;

    constructor(Controller register, uint256 blocks, uint256 firstRound) Registered(register) {
        require(blocks > 0, "a round needs blocks");
        roundLength = blocks;
        _firstRound = firstRound;
        _firstBlock = block.number;
    }

    function initializeRound() external whileRunning {
        uint256 round = currentRound();
        require(lastInitializedRound < round, "the round is initialized already");
        lastInitializedRound = round;
        blockHashForRound[round] = blockhash(block.number - 1);
        emit NewRound(round, blockHashForRound[round]);
    }

    /// For tests: what an Arbitrum node sometimes leaves behind, a round whose block hash is zero.
    function setBlockHashForRound(uint256 round, bytes32 value) external {
        blockHashForRound[round] = value;
    }

    function currentRoundInitialized() external view returns (bool) {
        return lastInitializedRound == currentRound();
    }

    function currentRoundLocked() external pure returns (bool) {
        return false;
    }

    function currentRoundStartBlock() external view returns (uint256) {
        return _firstBlock + (currentRound() - _firstRound) * roundLength;
    }

    function currentRound() public view returns (uint256) {
        return _firstRound + (blockNum() - _firstBlock) / roundLength;
    }

    function blockNum() public view returns (uint256) {
        return block.number;
    }
}
