using System.Text;
using Monitoring.Alerting;
using Monitoring.Storage;

namespace Monitoring.Web;

/// <summary>Answers what alerting is asked, in the process that tells of alerts.</summary>
public static class AlertAnswers
{
    /// <summary>The answer to a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="desk">Whoever tells.</param>
    /// <param name="board">Who may be subscribed to.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">What is kept cannot be read or written just now.</exception>
    /// <exception cref="ObjectDisposedException">The desk was given up meanwhile.</exception>
    public static Task<AlertAnswer> OfAsync(AlertQuestion question, AlertDesk desk, ILeaderboard board, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(desk);
        return OfAsync(question, desk.Store, desk.Canary, desk.Subscriptions, board, cancellationToken);
    }

    internal static async Task<AlertAnswer> OfAsync(
        AlertQuestion question, IOutboxStore? outbox, Canary? canary, SubscriptionBook? book, ILeaderboard board, CancellationToken cancellationToken) => question.Subject switch
    {
        AlertSubject.DeadLetters when outbox is not null => AlertAnswer.Of(await DeadAsync(outbox, cancellationToken)),
        AlertSubject.Canary when canary is not null => new AlertAnswer(
            await canary.ArrivedAsync(Encoding.UTF8.GetString(question.Body.Span), cancellationToken) ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound, default),
        AlertSubject.Nonce when book is not null => AlertAnswer.Of(SubscriptionAnswers.Issue(question.Body, board, book)),
        AlertSubject.Subscription when book is not null => AlertAnswer.Of(await SubscriptionAnswers.DoAsync(question.Body, book, cancellationToken)),
        _ => AlertAnswer.Nobody,
    };

    private static async Task<Reply> DeadAsync(IOutboxStore outbox, CancellationToken cancellationToken)
    {
        var letters = await outbox.ReadDeadAsync(cancellationToken);
        return Reply.Ok(JsonBytes.Of(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("waiting", outbox.Waiting);
            json.WriteNumber("count", letters.Length);
            json.WriteStartArray("dead");
            foreach (var letter in letters)
            {
                json.WriteStartObject();
                json.WriteString("key", letter.Delivery.Notification.Incident.Key.Text);
                json.WriteNumber("sequence", letter.Delivery.Notification.Sequence);
                json.WriteString("kind", letter.Delivery.Notification.Kind.ToString().ToLowerInvariant());
                json.WriteString("channel", letter.Delivery.Channel);
                json.WriteString("accepted_at", letter.Delivery.AcceptedAt.UtcDateTime);
                json.WriteString("given_up_at", letter.At.UtcDateTime);
                json.WriteNumber("attempts", letter.Delivery.Attempts);
                json.WriteNumber("status", letter.Status);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }
}
