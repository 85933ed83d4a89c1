using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Standalone.Regions;

/// <summary>A key that was issued to a region, as the hub keeps it: its public half.</summary>
internal sealed record IssuedKey
{
    /// <summary>The region.</summary>
    public required RegionId Region { get; init; }

    /// <summary>Names the key; see <see cref="Probing.RegionKey.Id"/>.</summary>
    public required string Id { get; init; }

    /// <summary>SubjectPublicKeyInfo in DER, base64.</summary>
    public required string PublicKey { get; init; }

    /// <summary>When it was issued, UTC.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it was revoked, UTC; null while it speaks for the region.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>SHA-256 of the client certificate that its connections must show, lower-case hex; null for none.</summary>
    public string? ClientCertificateSha256 { get; init; }
}

/// <summary>The file of the keys.</summary>
internal sealed record IssuedKeys
{
    /// <summary>The format that this program reads and writes.</summary>
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public IssuedKey[] Keys { get; init; } = [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IssuedKeys))]
internal sealed partial class IssuedKeysJson : JsonSerializerContext;
