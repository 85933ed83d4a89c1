using System.Globalization;
using Monitoring.Probing;

namespace Monitoring.Web.Tests.Hub;

/// <summary>A request made by hand, so that a test can make it wrongly.</summary>
internal static class RawRequest
{
    /// <summary>The session of the hub, which it tells to anybody.</summary>
    public static async Task<string> SessionAsync(HubSiteUnderTest site, CancellationToken cancellationToken)
    {
        using var answer = await site.Http.PostAsync(HubWire.Extend, new ByteArrayContent([]), cancellationToken);
        return answer.Headers.GetValues(HubWire.SessionHeader).Single();
    }

    public static async Task<(int Status, string Body)> SendAsync(HubSiteUnderTest site, RegionKey key, string path, byte[] body, CancellationToken cancellationToken)
    {
        var headers = Headers(key, path, body, await SessionAsync(site, cancellationToken), site.Clock.Now, Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()));
        return await SendAsync(site, path, body, headers, cancellationToken);
    }

    public static Dictionary<string, string> Headers(RegionKey key, string path, byte[] body, string session, DateTimeOffset at, string nonce)
    {
        var signed = new SignedRequest(path, key.Region.Code, session, at.ToUnixTimeMilliseconds(), nonce);
        return new Dictionary<string, string>
        {
            [HubWire.VersionHeader] = "1",
            [HubWire.RegionHeader] = key.Region.Code,
            [HubWire.KeyHeader] = key.Id,
            [HubWire.SessionHeader] = session,
            [HubWire.TimeHeader] = signed.UnixMilliseconds.ToString(CultureInfo.InvariantCulture),
            [HubWire.NonceHeader] = nonce,
            [HubWire.SignatureHeader] = key.Sign(signed, body),
        };
    }

    public static async Task<(int Status, string Body)> SendAsync(HubSiteUnderTest site, string path, byte[] body, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await site.Http.SendAsync(request, cancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
    }
}
