namespace Monitoring.Core;

/// <summary>
/// The settings of a process as its configuration has them. Each part of the house reads its own section through this, and says here
/// everything that is wrong with it, so that whoever runs the process hears of all problems at once. A blank value is none.
/// </summary>
public interface ISettings
{
    /// <summary>Problems and warnings so far.</summary>
    int ProblemCount { get; }

    /// <summary>Says that a key cannot be used.</summary>
    /// <param name="key">The key.</param>
    /// <param name="text">What is wrong and what is expected.</param>
    void Problem(string key, string text);

    /// <summary>Says something of a key that somebody should know of; the process runs all the same.</summary>
    /// <param name="key">The key.</param>
    /// <param name="text">What is to be known.</param>
    void Warn(string key, string text);

    /// <summary>The trimmed text of a key, or null.</summary>
    string? Text(string key);

    /// <summary>Where the value of a key came from: a file's name, <c>environment</c>, <c>command line</c> or <c>default</c>.</summary>
    string OriginOf(string key);

    /// <summary>Shows the value that is in force to whoever asks for the configuration.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value; a mask where it is a secret.</param>
    void Show(string key, string value);

    /// <summary>A whole number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">Stands where there is none, or none that can be used.</param>
    /// <param name="least">The least that is taken.</param>
    /// <param name="most">The most that is taken.</param>
    int Number(string key, int otherwise, int least, int most);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">Stands where there is neither.</param>
    bool Switch(string key, bool otherwise);

    /// <summary>One of a few words, in any case.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">Stands where there is none of them.</param>
    /// <param name="choices">The words, and what each stands for.</param>
    T Choice<T>(string key, T otherwise, params (string Word, T Value)[] choices);

    /// <summary>The entries of an array, each with its key. A single text (environment, command line) is split at commas and line breaks.</summary>
    /// <param name="key">The key.</param>
    /// <param name="shown">What is shown of an entry; null shows it whole.</param>
    ImmutableArray<(string Key, string Value)> List(string key, Func<string, string>? shown = null);
}
