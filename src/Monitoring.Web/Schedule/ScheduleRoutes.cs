using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Monitoring.Web;

/// <summary>Publishes the plans of the days, so that anybody can check that no test was left out or picked.</summary>
public static class ScheduleRoutes
{
    /// <summary>Maps <c>/api/v1/schedule/{day}</c>, with the day as <c>yyyy-MM-dd</c>.</summary>
    public static IEndpointRouteBuilder MapSchedule(this IEndpointRouteBuilder endpoints)
    {
        var book = endpoints.ServiceProvider.GetRequiredService<IScheduleBook>();
        endpoints.MapMethods("/api/v1/schedule/{day}", [HttpMethods.Get, HttpMethods.Head], context => AnswerAsync(context, book));
        return endpoints;
    }

    private static async Task AnswerAsync(HttpContext context, IScheduleBook book)
    {
        var response = context.Response;
        response.Headers.AccessControlAllowOrigin = "*";
        var text = context.Request.RouteValues["day"] as string;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            await ProblemAsync(response, StatusCodes.Status400BadRequest, "The day must be written as yyyy-MM-dd, for example 2026-11-20.");
            return;
        }

        if (book.Find(day) is not { } published)
        {
            await ProblemAsync(response, StatusCodes.Status404NotFound, "Nothing is published for that day: it is further ahead than tomorrow, or nothing was planned on it.");
            return;
        }

        response.Headers.CacheControl = published.Secret is null ? "public, max-age=60" : "public, max-age=86400";
        response.ContentType = "application/json";
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(published, ScheduleJson.Default.PublishedDay), context.RequestAborted);
    }

    private static Task ProblemAsync(HttpResponse response, int status, string detail)
    {
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.ContentType = "application/problem+json";
        return response.WriteAsync(JsonSerializer.Serialize(new ScheduleProblem(status, detail), ScheduleJson.Default.ScheduleProblem));
    }
}

/// <summary>An RFC 9457 problem.</summary>
internal sealed record ScheduleProblem(int Status, string Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PublishedDay))]
[JsonSerializable(typeof(ScheduleProblem))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
