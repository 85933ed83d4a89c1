namespace Monitoring.Simulator;

/// <summary>Sends bytes at once or, with a drip, piece by piece.</summary>
internal static class DrippedBody
{
    public static async Task SendAsync(Stream body, ReadOnlyMemory<byte> bytes, Drip? drip, TimeProvider clock, CancellationToken cancellation)
    {
        if (drip is null)
        {
            await body.WriteAsync(bytes, cancellation);
            return;
        }

        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(drip.PieceBytes, bytes.Length)];
            await body.WriteAsync(piece, cancellation);
            await body.FlushAsync(cancellation);
            await Task.Delay(drip.Pause, clock, cancellation);
            bytes = bytes[piece.Length..];
        }
    }
}
