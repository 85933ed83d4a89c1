using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Monitoring.Core;

namespace Monitoring.Probing.Tests.Hub;

/// <summary>
/// What version 1 of the protocol looks like is in Golden/ and never changes: hubs and regions of other releases depend on it. A field may be added
/// (beside a new file); whoever has to change one makes version 2 and keeps answering version 1.
/// </summary>
public sealed class The_wire_keeps_its_words
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Golden, "v1-*.json").Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_message_of_version_1_is_read_and_written_as_ever(string file)
    {
        var text = (await File.ReadAllTextAsync(Path.Combine(Golden, file), TestContext.Current.CancellationToken)).TrimEnd();
        Assert.Equal(text, Again(file, text));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task What_a_later_version_adds_is_ignored(string file)
    {
        var text = (await File.ReadAllTextAsync(Path.Combine(Golden, file), TestContext.Current.CancellationToken)).TrimEnd();
        var more = text == "{}" ? """{"later":{"a":[1,null]}}""" : $$"""{"later":{"a":[1,null]},{{text[1..]}}""";
        Assert.Equal(text, Again(file, more));
    }

    [Fact]
    public void There_is_a_file_for_every_message() => Assert.Equal(
        ["done", "extend", "extended", "health", "jobs", "lease", "lease-unpaid", "liveness", "orders", "ordersAnswer", "refused", "reported", "return"],
        Files.Select(f => f.Data[3..^5]).Order(StringComparer.Ordinal));

    private static string Again(string file, string text) => file[3..^5] switch
    {
        "lease" or "lease-unpaid" => Again(text, HubJson.Default.LeaseMessage),
        "jobs" => Again(text, HubJson.Default.JobsMessage, jobs => new JobsMessage { Jobs = [.. jobs.Jobs.Select(j => JobMessage.Of(j.To(RegionId.Parse("FRA"))))] }),
        "extend" => Again(text, HubJson.Default.ExtendMessage),
        "extended" => Again(text, HubJson.Default.ExtendedMessage),
        "return" => Again(text, HubJson.Default.ReturnMessage),
        "reported" => Again(text, HubJson.Default.ReportedMessage),
        "liveness" => Again(text, HubJson.Default.LivenessReport),
        "orders" => Again(text, HubJson.Default.OrdersMessage),
        "ordersAnswer" => Again(text, HubJson.Default.LivenessOrders),
        "health" => Again(text, HubJson.Default.RegionVitals),
        "done" => Again(text, HubJson.Default.DoneMessage),
        _ => Again(text, HubJson.Default.RefusedMessage),
    };

    private static string Again<T>(string text, JsonTypeInfo<T> type, Func<T, T>? through = null)
    {
        var read = JsonSerializer.Deserialize(text, type)!;
        return JsonSerializer.Serialize(through is null ? read : through(read), type);
    }
}
