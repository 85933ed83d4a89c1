namespace Monitoring.Standalone.Configuration;

/// <summary>A text that must not be printed: every way of turning it into text gives asterisks.</summary>
internal readonly struct Secret(string text) : IEquatable<Secret>
{
    /// <summary>What is shown in its place.</summary>
    public const string Mask = "********";

    private readonly string _text = text;

    /// <summary>The text itself, for whoever signs with it.</summary>
    public string Reveal() => _text ?? "";

    public bool Equals(Secret other) => Reveal() == other.Reveal();

    public override bool Equals(object? obj) => obj is Secret other && Equals(other);

    public override int GetHashCode() => Reveal().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Mask;
}
