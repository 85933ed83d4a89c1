namespace Monitoring.Probing;

/// <summary>
/// The names of the protocol between regions and the hub: JSON over HTTPS, every request a POST that the region signs
/// (<see cref="RequestSignature"/>). What an answer holds beyond what is known is ignored; what is missing has its default.
/// </summary>
public static class HubWire
{
    /// <summary>The version that this program speaks. Fields are only added within a version; what cannot be added needs the next one.</summary>
    public const int Version = 1;

    /// <summary>The oldest version that a hub of this program still answers: the one before, so that hub and regions need not be updated at once. The hub goes first.</summary>
    public const int OldestVersion = Version > 1 ? Version - 1 : 1;

    /// <summary>What all paths begin with.</summary>
    public const string Root = "/hub/v1/";

    /// <summary>Asks for work (long poll).</summary>
    public const string Lease = Root + "lease";

    /// <summary>Says that a test is still worked on.</summary>
    public const string Extend = Root + "extend";

    /// <summary>Gives a job back.</summary>
    public const string Return = Root + "return";

    /// <summary>Reports a result.</summary>
    public const string Report = Root + "report";

    /// <summary>Tells what liveness checks saw.</summary>
    public const string Liveness = Root + "liveness";

    /// <summary>Asks whom to check (long poll).</summary>
    public const string Orders = Root + "orders";

    /// <summary>Tells how the region itself is.</summary>
    public const string Health = Root + "health";

    /// <summary>Request and answer: the version spoken.</summary>
    public const string VersionHeader = "Monitor-Wire";

    /// <summary>Request: the region.</summary>
    public const string RegionHeader = "Monitor-Region";

    /// <summary>Request: which of the region's keys signs, <see cref="RegionKey.Id"/>.</summary>
    public const string KeyHeader = "Monitor-Key";

    /// <summary>Request: when it was signed, Unix milliseconds.</summary>
    public const string TimeHeader = "Monitor-Time";

    /// <summary>Request: 32 hex digits that the region never used before.</summary>
    public const string NonceHeader = "Monitor-Nonce";

    /// <summary>Request: the signature, base64.</summary>
    public const string SignatureHeader = "Monitor-Signature";

    /// <summary>
    /// Request: the hub's session, by which nothing signed for an earlier process of the hub is of any use. Answer: the session there is; a region
    /// that named another signs again.
    /// </summary>
    public const string SessionHeader = "Monitor-Session";

    /// <summary>Answer: when the request came, by the hub's clock, Unix milliseconds.</summary>
    public const string ReceivedHeader = "Monitor-Received";

    /// <summary>Answer: when it was given, by the hub's clock, Unix milliseconds.</summary>
    public const string AnsweredHeader = "Monitor-Answered";

    /// <summary>
    /// How far the time of a request may be from the hub's. A region signs by the hub's clock as it has learnt it, so what remains is the way: 30 s is
    /// longer than any request is under way and short enough for the hub to remember every nonce.
    /// </summary>
    public static TimeSpan TimeTolerance { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait of a long poll; a longer one is cut to it. 60 s.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The largest request body, bytes: a liveness report of the most checks, or a result of the most streams, fits. 1 MiB.</summary>
    public const int MostRequestBytes = 1 << 20;

    /// <summary>The largest answer, bytes: the targets of 10,000 orchestrators fit. 8 MiB.</summary>
    public const int MostAnswerBytes = 8 << 20;
}
