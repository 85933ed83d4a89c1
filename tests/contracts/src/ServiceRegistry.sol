// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Where each orchestrator says it can be reached: free text, unchecked.
contract ServiceRegistry {
    event ServiceURIUpdate(address indexed addr, string serviceURI);

    mapping(address owner => string) public getServiceURI;

    function setServiceURI(string calldata uri) external {
        setServiceURIFor(msg.sender, uri);
    }

    /// For tests: the text of somebody who signs nothing here.
    function setServiceURIFor(address owner, string calldata uri) public {
        getServiceURI[owner] = uri;
        emit ServiceURIUpdate(owner, uri);
    }
}
