namespace Monitoring.Core;

/// <summary>A text that must not be printed: every way of turning it into text gives asterisks.</summary>
public readonly record struct Secret
{
    /// <summary>What is shown in its place.</summary>
    public const string Mask = "********";

    private readonly string? _text;

    /// <summary>Hides a text.</summary>
    public Secret(string text) => _text = text;

    /// <summary>The text itself, for whoever signs with it; empty where there is none.</summary>
    public string Reveal() => _text ?? "";

    /// <summary>The mask.</summary>
    public override string ToString() => Mask;
}
