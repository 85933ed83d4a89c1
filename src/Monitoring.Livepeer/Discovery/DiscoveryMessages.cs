using Google.Protobuf;
using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>The messages of <c>GetOrchestrator</c> (protocol reference, 1.3): what is asked and what an answer means, however it travels.</summary>
public static class DiscoveryMessages
{
    /// <summary>The request: capabilities always, because without them a node answers more than a gateway ever sees.</summary>
    public static Wire.OrchestratorRequest Request(GatewayIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return new Wire.OrchestratorRequest
        {
            Address = ByteString.CopyFrom(identity.Address.Span),
            Sig = ByteString.CopyFrom(identity.Signature.Span),
            Capabilities = CapabilityOffer.StreamTest.ToWire(),
        };
    }

    /// <summary>Reads an <c>OrchestratorInfo</c>: a session or a fault, and the version stated. What the connection told is the caller's to add.</summary>
    /// <param name="message">The message without its frame; any bytes.</param>
    public static DiscoveryAnswer Read(ReadOnlyMemory<byte> message)
    {
        Wire.OrchestratorInfo info;
        try
        {
            info = Wire.OrchestratorInfo.Parser.ParseFrom(message.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            return Fault(OutcomeCode.ProtocolViolation, $"the discovery answer is not an OrchestratorInfo: {e.Message}");
        }

        var version = SoftwareVersion.Clean(info.Capabilities?.Version);
        return OrchestratorSession.TryRead(info, out var session, out var fault)
            ? new DiscoveryAnswer { Session = session, Outcome = new Outcome(OutcomeCode.Completed), Version = version }
            : new DiscoveryAnswer { Outcome = fault, Version = version };
    }

    /// <summary>An answer without a session, for this reason.</summary>
    public static DiscoveryAnswer Fault(OutcomeCode code, string detail) => new() { Outcome = new Outcome(code, Outcome.Clean(detail)) };
}
