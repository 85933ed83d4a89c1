namespace Monitoring.Web;

/// <summary>A read of the store that is not carried out, with the answer the client gets.</summary>
internal sealed class RefusedReadException(int status, string text) : Exception(text)
{
    public Reply Reply { get; } = Reply.Error(status, text);
}
