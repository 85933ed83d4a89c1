namespace Monitoring.Livepeer.Tests;

public sealed class Grpc_frames_are_read_strictly
{
    [Theory]
    [InlineData("", "holds no message")]
    [InlineData("00000000", "holds no message")]
    [InlineData("0100000000", "compressed")]
    [InlineData("000000000201", "one message is expected")]
    [InlineData("00000000010102", "one message is expected")]
    [InlineData("00ffffffff01", "one message is expected")]
    public void A_body_that_is_not_one_plain_message_says_why(string hex, string problem)
    {
        Assert.False(GrpcFrame.TryRead(Convert.FromHexString(hex), out _, out var text));
        Assert.Contains(problem, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Invalid orchestrator request: OrchestratorCapped", "Invalid orchestrator request: OrchestratorCapped")]
    [InlineData("100%25 full", "100% full")]
    [InlineData("%C3%A9t%C3%A9", "été")]
    [InlineData("%zz%4", "%zz%4")]
    [InlineData("%", "%")]
    public void A_message_is_percent_decoded(string text, string expected) => Assert.Equal(expected, GrpcFrame.DecodeMessage(text));
}
