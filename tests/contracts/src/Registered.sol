// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Controller} from "./Controller.sol";

/// What the other contracts ask the protocol's clock.
interface IRounds {
    function currentRound() external view returns (uint256);
    function currentRoundInitialized() external view returns (bool);
    function blockHashForRound(uint256 round) external view returns (bytes32);
}

/// What the ticket broker asks and tells the pool.
interface IBonding {
    function getTranscoderPoolSize() external view returns (uint256);
    function isActiveTranscoder(address who) external view returns (bool);
    function updateTranscoderWithFees(address who, uint256 fees, uint256 round) external;
}

/// A contract that finds its neighbours through the controller, as those of the protocol do.
abstract contract Registered {
    Controller public controller;

    constructor(Controller register) {
        controller = register;
    }

    modifier whileRunning() {
        require(!controller.paused(), "the system is paused");
        _;
    }

    function _rounds() internal view returns (IRounds) {
        return IRounds(controller.getContract(keccak256("RoundsManager")));
    }

    function _bonding() internal view returns (IBonding) {
        return IBonding(controller.getContract(keccak256("BondingManager")));
    }
}
