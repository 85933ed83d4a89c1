// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Controller} from "./Controller.sol";
import {Registered} from "./Registered.sol";

/// Holds what senders put aside and pays winning tickets from it, under the rules of the protocol.
/// It keeps the ether itself, where the protocol hands it to a minter.
contract TicketBroker is Registered {
    event DepositFunded(address indexed sender, uint256 amount);
    event ReserveFunded(address indexed reserveHolder, uint256 amount);
    event ReserveClaimed(address indexed reserveHolder, address claimant, uint256 amount);
    event Unlock(address indexed sender, uint256 startRound, uint256 endRound);
    event UnlockCancelled(address indexed sender);
    event Withdrawal(address indexed sender, uint256 deposit, uint256 reserve);
    event WinningTicketTransfer(address indexed sender, address indexed recipient, uint256 amount);
    event WinningTicketRedeemed(
        address indexed sender,
        address indexed recipient,
        uint256 faceValue,
        uint256 winProb,
        uint256 senderNonce,
        uint256 recipientRand,
        bytes auxData
    );

    struct Ticket {
        address recipient;
        address sender;
        uint256 faceValue;
        uint256 winProb;
        uint256 senderNonce;
        bytes32 recipientRandHash;
        bytes auxData;
    }

    struct Sender {
        uint256 deposit;
        uint256 withdrawRound;
    }

    struct ReserveInfo {
        uint256 fundsRemaining;
        uint256 claimedInCurrentRound;
    }

    // secp256k1 signatures exist in pairs; the larger s of a pair is refused. This is half the order of the curve.
    uint256 private constant LARGEST_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    uint256 public unlockPeriod = 2;
    uint256 public ticketValidityPeriod = 2;
    mapping(bytes32 ticketHash => bool) public usedTickets;

    mapping(address who => Sender) private _senders;
    mapping(address holder => uint256) private _reserves;
    mapping(address holder => mapping(uint256 round => uint256)) private _claimed;
    mapping(address holder => mapping(uint256 round => mapping(address claimant => uint256))) private _claimedBy;

    constructor(Controller register) Registered(register) {}

    function fundDeposit() external payable whileRunning {
        _addDeposit(msg.sender, msg.value);
    }

    function fundReserve() external payable whileRunning {
        _addReserve(msg.sender, msg.value);
    }

    function fundDepositAndReserve(uint256 depositAmount, uint256 reserveAmount) external payable {
        fundDepositAndReserveFor(msg.sender, depositAmount, reserveAmount);
    }

    function unlock() external whileRunning {
        Sender storage sender = _senders[msg.sender];
        require(sender.deposit > 0 || _reserves[msg.sender] > 0, "there is neither a deposit nor a reserve");
        require(sender.withdrawRound == 0, "an unlock is under way already");
        uint256 round = _rounds().currentRound();
        sender.withdrawRound = round + unlockPeriod;
        emit Unlock(msg.sender, round, sender.withdrawRound);
    }

    function cancelUnlock() external whileRunning {
        require(isUnlockInProgress(msg.sender), "no unlock is under way");
        _cancelUnlock(msg.sender);
    }

    function withdraw() external whileRunning {
        Sender storage sender = _senders[msg.sender];
        uint256 deposit = sender.deposit;
        uint256 reserve = _reserves[msg.sender];
        require(deposit > 0 || reserve > 0, "there is neither a deposit nor a reserve");
        require(sender.withdrawRound > 0, "no unlock is under way");
        require(!_isLocked(sender), "the funds are locked until the withdraw round");

        // The withdraw round stays, as it does in the protocol: only funding again or a cancellation clears it.
        sender.deposit = 0;
        _reserves[msg.sender] = 0;
        emit Withdrawal(msg.sender, deposit, reserve);
        (bool sent, ) = payable(msg.sender).call{value: deposit + reserve}("");
        require(sent, "the sender does not take ether");
    }

    function redeemWinningTicket(Ticket calldata ticket, bytes calldata signature, uint256 recipientRand) external whileRunning {
        require(_rounds().currentRoundInitialized(), "the current round is not initialized");
        bytes32 ticketHash = getTicketHash(ticket);
        _requireWinner(ticket, ticketHash, signature, recipientRand);

        Sender storage sender = _senders[ticket.sender];
        require(_isLocked(sender), "the sender is unlocked");
        require(sender.deposit > 0 || _reserves[ticket.sender] > 0, "there is neither a deposit nor a reserve");
        usedTickets[ticketHash] = true;

        uint256 fromDeposit = ticket.faceValue < sender.deposit ? ticket.faceValue : sender.deposit;
        sender.deposit -= fromDeposit;
        uint256 paid = fromDeposit + _claim(ticket.sender, ticket.recipient, ticket.faceValue - fromDeposit);
        if (paid > 0) {
            _bonding().updateTranscoderWithFees(ticket.recipient, paid, _creationRound(ticket.auxData));
            emit WinningTicketTransfer(ticket.sender, ticket.recipient, paid);
        }
        emit WinningTicketRedeemed(
            ticket.sender, ticket.recipient, ticket.faceValue, ticket.winProb, ticket.senderNonce, recipientRand, ticket.auxData);
    }

    function getSenderInfo(address who) external view returns (Sender memory sender, ReserveInfo memory reserve) {
        return (_senders[who], getReserveInfo(who));
    }

    function claimedReserve(address holder, address claimant) external view returns (uint256) {
        return _claimedBy[holder][_rounds().currentRound()][claimant];
    }

    function fundDepositAndReserveFor(address who, uint256 depositAmount, uint256 reserveAmount) public payable whileRunning {
        require(msg.value == depositAmount + reserveAmount, "the value is not the sum of deposit and reserve");
        _addDeposit(who, depositAmount);
        _addReserve(who, reserveAmount);
    }

    function isUnlockInProgress(address who) public view returns (bool) {
        return _senders[who].withdrawRound > 0;
    }

    function getReserveInfo(address holder) public view returns (ReserveInfo memory) {
        return ReserveInfo(_reserves[holder], _claimed[holder][_rounds().currentRound()]);
    }

    /// What a member of the pool may still take from a reserve in this round: its even share.
    function claimableReserve(address holder, address claimant) public view returns (uint256) {
        uint256 members = _bonding().getTranscoderPoolSize();
        if (members == 0 || !_bonding().isActiveTranscoder(claimant)) return 0;
        uint256 round = _rounds().currentRound();
        return (_reserves[holder] + _claimed[holder][round]) / members - _claimedBy[holder][round][claimant];
    }

    function getTicketHash(Ticket calldata ticket) public pure returns (bytes32) {
        return keccak256(abi.encodePacked(
            ticket.recipient, ticket.sender, ticket.faceValue, ticket.winProb, ticket.senderNonce, ticket.recipientRandHash, ticket.auxData));
    }

    function _addDeposit(address who, uint256 amount) private {
        _senders[who].deposit += amount;
        _funded(who);
        emit DepositFunded(who, amount);
    }

    function _addReserve(address who, uint256 amount) private {
        _reserves[who] += amount;
        _funded(who);
        emit ReserveFunded(who, amount);
    }

    // Putting money in takes back the wish to take it out, but only the owner's own money does.
    function _funded(address who) private {
        if (who == msg.sender && isUnlockInProgress(who)) _cancelUnlock(who);
    }

    function _cancelUnlock(address who) private {
        _senders[who].withdrawRound = 0;
        emit UnlockCancelled(who);
    }

    function _claim(address holder, address claimant, uint256 amount) private returns (uint256) {
        if (amount == 0) return 0;
        uint256 claimable = claimableReserve(holder, claimant);
        uint256 taken = amount < claimable ? amount : claimable;
        if (taken == 0) return 0;
        uint256 round = _rounds().currentRound();
        _claimed[holder][round] += taken;
        _claimedBy[holder][round][claimant] += taken;
        _reserves[holder] -= taken;
        emit ReserveClaimed(holder, claimant, taken);
        return taken;
    }

    function _requireWinner(Ticket calldata ticket, bytes32 ticketHash, bytes calldata signature, uint256 recipientRand) private view {
        require(ticket.recipient != address(0), "the ticket has no recipient");
        require(ticket.sender != address(0), "the ticket has no sender");

        require(ticket.auxData.length == 64, "the aux data is not a round and a block hash");
        uint256 created = _creationRound(ticket.auxData);
        bytes32 blockHash = _rounds().blockHashForRound(created);
        require(blockHash != 0, "the creation round has no block hash");
        require(blockHash == bytes32(ticket.auxData[32:64]), "the aux data has another block hash than the creation round");
        require(created + ticketValidityPeriod > _rounds().currentRound(), "the ticket is expired");

        require(keccak256(abi.encodePacked(recipientRand)) == ticket.recipientRandHash, "the recipientRand does not match its hash");
        require(!usedTickets[ticketHash], "the ticket was redeemed before");
        require(_signer(ticketHash, signature) == ticket.sender, "the signature is not the sender's");
        require(uint256(keccak256(abi.encodePacked(signature, recipientRand))) < ticket.winProb, "the ticket did not win");
    }

    function _isLocked(Sender storage sender) private view returns (bool) {
        return sender.withdrawRound == 0 || _rounds().currentRound() < sender.withdrawRound;
    }

    function _creationRound(bytes calldata auxData) private pure returns (uint256) {
        return uint256(bytes32(auxData[0:32]));
    }

    function _signer(bytes32 hash, bytes calldata signature) private pure returns (address) {
        require(signature.length == 65, "the signature has not 65 bytes");
        bytes32 r = bytes32(signature[0:32]);
        bytes32 s = bytes32(signature[32:64]);
        require(uint256(s) <= LARGEST_S, "the signature's s is too high");
        address signer = ecrecover(keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", hash)), uint8(signature[64]), r, s);
        require(signer != address(0), "nobody made that signature");
        return signer;
    }
}
