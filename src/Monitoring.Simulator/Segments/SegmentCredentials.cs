using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>The two headers of a segment, decoded and bounded: the first three steps of protocol section 2.3.</summary>
internal sealed record SegmentCredentials(Payment Payment, SegData Segment, IReadOnlyList<VideoProfile> Profiles, TimeSpan Duration)
{
    private const int MaxProfiles = 32;
    private const int MaxDurationMilliseconds = 300_000;

    // Go's protobuf text: the space after the colon is a no-break space in half of its builds, to keep people from comparing it.
    private const string MalformedMessage = "proto:\u00a0cannot parse invalid wire-format data";

    public static (SegmentCredentials? Credentials, Refusal? Refusal) Read(IHeaderDictionary headers)
    {
        var paymentText = headers["Livepeer-Payment"].ToString();
        if (Decode(paymentText) is not { } paymentBytes)
        {
            var at = FirstIllegalCharacter(paymentText).ToString(CultureInfo.InvariantCulture);
            return (null, new Refusal(402, $"base64 decode error: illegal base64 data at input byte {at}"));
        }

        if (Parse(Payment.Parser, paymentBytes) is not { } payment) return (null, new Refusal(402, "protobuf unmarshal error: " + MalformedMessage));
        if (Decode(headers["Livepeer-Segment"].ToString()) is not { } segmentBytes) return (null, new Refusal(403, "ErrorSegEncoding"));
        if (Parse(SegData.Parser, segmentBytes) is not { } segment) return (null, new Refusal(403, MalformedMessage));

        IReadOnlyList<VideoProfile> profiles =
            segment.FullProfiles3.Count > 0 ? segment.FullProfiles3
            : segment.FullProfiles2.Count > 0 ? segment.FullProfiles2
            : segment.FullProfiles;
        if (ProblemOf(profiles) is { } problem) return (null, new Refusal(403, problem));
        if (segment.Duration is < 0 or > MaxDurationMilliseconds) return (null, new Refusal(403, "invalid duration"));
        var duration = TimeSpan.FromMilliseconds(segment.Duration == 0 ? 2000 : segment.Duration);
        return (new SegmentCredentials(payment, segment, profiles, duration), null);
    }

    /// <summary>The name of a profile on this side; an empty one becomes that of its size and bitrate.</summary>
    public static string NameOf(VideoProfile profile) => profile.Name.Length > 0
        ? profile.Name
        : string.Create(CultureInfo.InvariantCulture, $"net_{profile.Width}x{profile.Height}_{profile.Bitrate}");

    /// <summary>Encoded frames times size: what a result states as <c>pixels</c>. Without a rate in the profile, 30 a second.</summary>
    public long PixelsOf(VideoProfile profile)
    {
        var framesPerSecond = profile.Fps == 0 ? 30 : (double)profile.Fps / Math.Max(1, profile.FpsDen);
        var frames = (long)Math.Round(Duration.TotalSeconds * framesPerSecond);
        return frames * profile.Width * profile.Height;
    }

    private static string? ProblemOf(IReadOnlyList<VideoProfile> profiles)
    {
        if (profiles.Count > MaxProfiles) return "too many profiles";
        foreach (var profile in profiles)
        {
            if (!Enum.IsDefined(profile.Format)) return "unrecognized profile output format";
            if (!Enum.IsDefined(profile.Profile)) return "unrecognized encoder profile";
            if (!Enum.IsDefined(profile.Encoder)) return "unrecognized video codec";
            if (profile.Width is < 0 or > 16384 || profile.Height is < 0 or > 16384) return "TranscoderInvalidResolution";
        }

        return null;
    }

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static int FirstIllegalCharacter(string text)
    {
        var at = 0;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '+' or '/')) at++;
        return at;
    }

    private static T? Parse<T>(MessageParser<T> parser, byte[] bytes)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
