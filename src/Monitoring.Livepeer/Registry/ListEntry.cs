using System.Diagnostics.CodeAnalysis;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>Reads entries of a list of orchestrators: <c>0xaddress=https://host:port</c>, or a URI alone.</summary>
public static class ListEntry
{
    private const int GatewayPort = 8935;

    /// <summary>Reads an entry as the operator wrote it.</summary>
    /// <param name="text">The entry.</param>
    /// <param name="entry">The orchestrator; without an address its id comes from the URI and it is unverified.</param>
    /// <param name="why">What is wrong and what is expected; empty where nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out RegistryEntry? entry, out string why)
    {
        entry = null;
        text = text.Trim();
        var (address, uri) = ("", text);
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                why = $"'{text}' has an address and no URI; 0xaddress=https://host:port is expected.";
                return false;
            }

            (address, uri) = (text[..equals].Trim(), text[(equals + 1)..].Trim());
            if (!Address.TryParse(address, out _))
            {
                why = OrchestratorId.TryParse(address, out _)
                    ? $"The upper and lower case of the address '{address}' do not match its checksum; copy it again, or write it in lower case."
                    : $"'{address}' is not an address; 0x and 40 hex digits are expected.";
                return false;
            }
        }

        var complete = Complete(uri);
        if (!ServiceUris.TryParse(complete, out _, out why)) return false;
        entry = address.Length > 0 ? new RegistryEntry(OrchestratorId.Parse(address), complete, Verified: true) : Unverified(complete);
        return true;
    }

    /// <summary>The entry of a URI whose owner nobody named.</summary>
    public static RegistryEntry Unverified(string serviceUri) => new(Address.FromUri(serviceUri).ToOrchestratorId(), serviceUri, Verified: false);

    /// <summary>
    /// Fills in what an entry leaves out, as go-livepeer does (protocol section 5.1): a text without any colon gets port 8935, one that begins
    /// with a colon host 127.0.0.1, one that does not begin with <c>http</c> <c>https://</c>. <c>none</c> stands for no URI.
    /// </summary>
    public static string Complete(string text)
    {
        text = text.Trim();
        if (text.Length == 0 || text == "none") return "";
        if (text.StartsWith(':')) text = "127.0.0.1" + text;
        if (!text.Contains(':', StringComparison.Ordinal)) text = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{text}:{GatewayPort}");
        return text.StartsWith("http", StringComparison.Ordinal) ? text : "https://" + text;
    }
}
