// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// The register of the protocol's contracts. Anyone may write it: this is for tests on a chain of one's own.
contract Controller {
    event SetContractInfo(bytes32 id, address contractAddress, bytes20 gitCommitHash);

    bool public paused;
    mapping(bytes32 id => address) public getContract;

    function setContractInfo(bytes32 id, address contractAddress, bytes20 gitCommitHash) external {
        getContract[id] = contractAddress;
        emit SetContractInfo(id, contractAddress, gitCommitHash);
    }

    function setPaused(bool value) external {
        paused = value;
    }
}
