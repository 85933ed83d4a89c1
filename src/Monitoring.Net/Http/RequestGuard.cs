namespace Monitoring.Net;

/// <summary>Refuses the requests that the inner handler would carry past the dialer, or that name more than a place.</summary>
internal sealed class RequestGuard(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } uri || uri.Scheme is not ("http" or "https"))
            throw new DialException(DialFailure.BadHost, "Only absolute http and https URIs are requested from strangers.");
        if (uri.UserInfo.Length > 0) throw new DialException(DialFailure.BadHost, "A URI with user information is not requested.");

        // HTTP/3 opens its own sockets, and "or higher" lets a response header (Alt-Svc) send the next request to any host over it.
        if (request.Version.Major > 2 || request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher)
            throw new DialException(DialFailure.BadHost, "Only HTTP/1.1 and HTTP/2 go through the dialer: set the version and a policy other than 'or higher'.");
        return base.SendAsync(request, cancellationToken);
    }
}
