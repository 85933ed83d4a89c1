// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Controller} from "./Controller.sol";
import {Registered} from "./Registered.sol";

/// The pool of orchestrators: a list linked in descending stake order, with what the protocol tells of each member.
/// There is no bonding here; tests set what they need.
contract BondingManager is Registered {
    event TranscoderActivated(address indexed transcoder, uint256 activationRound);
    event TranscoderDeactivated(address indexed transcoder, uint256 deactivationRound);
    event TranscoderUpdate(address indexed transcoder, uint256 rewardCut, uint256 feeShare);
    event Reward(address indexed transcoder, uint256 amount);

    struct Transcoder {
        uint256 lastRewardRound;
        uint256 rewardCut;
        uint256 feeShare;
        uint256 lastActiveStakeUpdateRound;
        uint256 activationRound;
        uint256 deactivationRound;
        uint256 activeCumulativeRewards;
        uint256 cumulativeRewards;
        uint256 cumulativeFees;
        uint256 lastFeeRound;
    }

    struct EarningsPool {
        uint256 totalStake;
        uint256 transcoderRewardCut;
        uint256 transcoderFeeShare;
        uint256 cumulativeRewardFactor;
        uint256 cumulativeFeeFactor;
    }

    uint256 public getTranscoderPoolSize;
    uint256 public getTranscoderPoolMaxSize = 100;
    mapping(address who => uint256) public transcoderTotalStake;
    mapping(address who => Transcoder) public getTranscoder;
    mapping(address who => mapping(uint256 round => EarningsPool)) public getTranscoderEarningsPoolForRound;
    mapping(address who => bool) public isRegisteredTranscoder;

    // Zero stands for both ends of the list: the entry after it is the first member.
    mapping(address who => address) private _next;

    constructor(Controller register) Registered(register) {}

    function setPoolMaxSize(uint256 size) external {
        getTranscoderPoolMaxSize = size;
    }

    /// Puts a member where its stake places it, or moves one that is there.
    function setMember(address who, uint256 stake, uint256 rewardCut, uint256 feeShare, uint256 activation, uint256 deactivation) external {
        require(who != address(0), "nobody cannot be a member");
        _unlink(who);
        require(getTranscoderPoolSize < getTranscoderPoolMaxSize, "the pool is full");

        isRegisteredTranscoder[who] = true;
        transcoderTotalStake[who] = stake;
        Transcoder storage member = getTranscoder[who];
        member.rewardCut = rewardCut;
        member.feeShare = feeShare;
        member.activationRound = activation;
        member.deactivationRound = deactivation;

        address before = address(0);
        while (_next[before] != address(0) && transcoderTotalStake[_next[before]] >= stake) before = _next[before];
        _next[who] = _next[before];
        _next[before] = who;
        getTranscoderPoolSize++;

        emit TranscoderUpdate(who, rewardCut, feeShare);
        emit TranscoderActivated(who, activation);
    }

    /// Takes a member out of the pool; what is known of it stays, as it does in the protocol.
    function removeMember(address who, uint256 deactivation) external {
        require(_unlink(who), "not a member of the pool");
        getTranscoder[who].deactivationRound = deactivation;
        emit TranscoderDeactivated(who, deactivation);
    }

    function setReward(address who, uint256 round, uint256 amount) external {
        Transcoder storage member = getTranscoder[who];
        member.lastRewardRound = round;
        member.lastActiveStakeUpdateRound = round;
        member.activeCumulativeRewards = member.cumulativeRewards;
        member.cumulativeRewards += amount;
        emit Reward(who, amount);
    }

    function setEarningsPool(address who, uint256 round, uint256 totalStake, uint256 rewardFactor, uint256 feeFactor) external {
        Transcoder storage member = getTranscoder[who];
        getTranscoderEarningsPoolForRound[who][round] = EarningsPool(totalStake, member.rewardCut, member.feeShare, rewardFactor, feeFactor);
    }

    /// The broker tells what a winning ticket brought.
    function updateTranscoderWithFees(address who, uint256 fees, uint256) external {
        require(msg.sender == controller.getContract(keccak256("TicketBroker")), "only the ticket broker brings fees");
        Transcoder storage member = getTranscoder[who];
        member.cumulativeFees += fees;
        member.lastFeeRound = _rounds().currentRound();
    }

    function getFirstTranscoderInPool() external view returns (address) {
        return _next[address(0)];
    }

    function getNextTranscoderInPool(address who) external view returns (address) {
        return who == address(0) ? address(0) : _next[who];
    }

    function transcoderStatus(address who) external view returns (uint8) {
        return isRegisteredTranscoder[who] ? 1 : 0;
    }

    function currentRoundTotalActiveStake() external view returns (uint256 total) {
        for (address who = _next[address(0)]; who != address(0); who = _next[who]) {
            if (isActiveTranscoder(who)) total += transcoderTotalStake[who];
        }
    }

    function isActiveTranscoder(address who) public view returns (bool) {
        uint256 round = _rounds().currentRound();
        Transcoder storage member = getTranscoder[who];
        return member.activationRound <= round && round < member.deactivationRound;
    }

    function _unlink(address who) private returns (bool) {
        address before = address(0);
        while (_next[before] != address(0)) {
            if (_next[before] == who) {
                _next[before] = _next[who];
                _next[who] = address(0);
                getTranscoderPoolSize--;
                return true;
            }
            before = _next[before];
        }
        return false;
    }
}
