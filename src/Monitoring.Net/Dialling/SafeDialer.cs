using System.Net;
using System.Net.Sockets;

namespace Monitoring.Net;

/// <summary>
/// Opens TCP connections to hosts that strangers name. The name is resolved once, every address of the answer is checked, and the checked
/// addresses themselves are dialled, so neither a mixed answer nor a name that changes its mind reaches an internal service.
/// </summary>
public sealed class SafeDialer
{
    private const int MaximumAddresses = 8;

    // RFC 8305, section 8: the recommended delay before the next address is tried beside the one that has not answered yet.
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    private readonly DialPolicy _policy;
    private readonly INameResolver _resolver;
    private readonly Func<IPEndPoint, CancellationToken, Task<Socket>> _connect;

    /// <summary>Makes a dialer; it holds no connection and may be shared by any number of callers.</summary>
    /// <param name="policy">What may be dialled, and the limit of a dial.</param>
    /// <param name="resolver">Who answers for names.</param>
    /// <param name="time">The clock of the limits and of the times reported.</param>
    /// <exception cref="ArgumentOutOfRangeException">The connect timeout is not positive.</exception>
    public SafeDialer(DialPolicy policy, INameResolver resolver, TimeProvider time)
        : this(policy, resolver, time, ConnectAsync)
    {
    }

    internal SafeDialer(DialPolicy policy, INameResolver resolver, TimeProvider time, Func<IPEndPoint, CancellationToken, Task<Socket>> connect)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(resolver);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(policy.ConnectTimeout, TimeSpan.Zero, nameof(policy));
        _policy = policy;
        _resolver = resolver;
        _connect = connect;
        Time = time;
    }

    internal TimeProvider Time { get; }

    /// <summary>Connects to a host and port, Nagle's algorithm off.</summary>
    /// <param name="host">A DNS name, or an address literal in its usual form (IPv6 with or without brackets).</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="cancellationToken">Gives the dial up.</param>
    /// <returns>The connection; the caller disposes it.</returns>
    /// <exception cref="DialException">No connection was made; <see cref="DialException.Failure"/> says why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<DialledConnection> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        if (port is < 1 or > IPEndPoint.MaxPort) throw new DialException(DialFailure.BadHost, $"Port {port} cannot be dialled: 1 to 65535 is expected.");
        if (!DialHost.TryParse(host, out var target, out var reason)) throw new DialException(DialFailure.BadHost, $"The host cannot be dialled: {reason}.");
        cancellationToken.ThrowIfCancellationRequested();

        using var limit = new CancellationTokenSource(_policy.ConnectTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var start = Time.GetTimestamp();
        var addresses = target.Literal is { } literal ? [literal] : await ResolveAsync(target.Name, either.Token, cancellationToken);
        var resolved = Time.GetTimestamp();
        Check(target.Name, addresses);

        try
        {
            var (socket, remote) = await DialAsync(addresses.Take(MaximumAddresses).Select(a => new IPEndPoint(Plain(a), port)).ToArray(), either.Token);
            return new DialledConnection(
                socket, remote, target.Literal is null ? Time.GetElapsedTime(start, resolved) : TimeSpan.Zero, Time.GetElapsedTime(resolved));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DialException(DialFailure.TimedOut, $"{target.Name}:{port} accepted no connection within {_policy.ConnectTimeout.TotalSeconds:0.###} s.");
        }
        catch (SocketException e)
        {
            var failure = e.SocketErrorCode == SocketError.TimedOut ? DialFailure.TimedOut : DialFailure.Refused;
            throw new DialException(failure, $"{target.Name}:{port} cannot be reached: {e.SocketErrorCode}.", e);
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string name, CancellationToken either, CancellationToken caller)
    {
        try
        {
            // The copy is what is checked and dialled: nobody else holds it.
            IPAddress[] addresses = [.. await _resolver.ResolveAsync(name, either).WaitAsync(either)];
            return addresses.Length > 0 ? addresses : throw new DialException(DialFailure.NameNotFound, $"{name} has no address.");
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw new DialException(DialFailure.ResolverFailed, $"{name} was not resolved within {_policy.ConnectTimeout.TotalSeconds:0.###} s.");
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            throw new DialException(DialFailure.NameNotFound, $"{name} does not exist.", e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or DialException))
        {
            throw new DialException(DialFailure.ResolverFailed, $"{name} could not be resolved: look at this machine's resolver.", e);
        }
    }

    private void Check(string name, IPAddress[] addresses)
    {
        // Every address, even those beyond the number that is dialled: one bad address condemns the answer.
        foreach (var address in addresses)
        {
            if (AddressRules.IsBlocked(address, _policy, out var why)) throw new DialException(DialFailure.Blocked, $"{name} is not dialled: {why}.");
        }
    }

    /// <summary>Tries the addresses in order, the next one when the last has failed or has not answered for a while; the first to accept wins.</summary>
    private async Task<(Socket Socket, IPEndPoint Remote)> DialAsync(IPEndPoint[] remotes, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var attempts = new Dictionary<Task, IPEndPoint>();
        var next = 0;
        SocketException? refusal = null;
        try
        {
            while (next < remotes.Length || attempts.Count > 0)
            {
                if (next < remotes.Length) attempts.Add(_connect(remotes[next], stop.Token), remotes[next++]);
                var delay = next < remotes.Length ? Task.Delay(AttemptDelay, Time, stop.Token) : null;
                var first = await Task.WhenAny(delay is null ? attempts.Keys : attempts.Keys.Append(delay));
                if (first == delay)
                {
                    await first;
                    continue;
                }

                attempts.Remove(first, out var remote);
                try
                {
                    return (await (Task<Socket>)first, remote!);
                }
                catch (SocketException e)
                {
                    refusal ??= e;
                }
            }

            throw refusal!;
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var loser in attempts.Keys)
            {
                _ = loser.ContinueWith(DisposeSocket, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private static void DisposeSocket(Task attempt)
    {
        if (attempt is Task<Socket> { IsCompletedSuccessfully: true } won) won.Result.Dispose();
        else _ = attempt.Exception;
    }

    // An IPv4-mapped address that got here is loopback by permission; it is dialled as what it is.
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static async Task<Socket> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(remote, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
